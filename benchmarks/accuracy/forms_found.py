"""Claim: forms are found, to a fifth of a cell, in pale, copied, screened, distant and upside-down pictures; other forms are told.

    python benchmarks/run.py forms_found [--forms 3]

Fills forms of the generator's layouts with MNIST's test digits and makes bad pictures of them: a quarter and an eighth of the
contrast, lines of a drop-out colour, a photocopy of a photocopy, a photograph of a screen (moire), a sheet that fills a ninth of
the picture, one upside down, and one beside another. For each kind of picture the table says how many were found, how far off
their cells are at most, and how many characters were read right; a picture of another form must be refused.

About 5 minutes on two cores; n=162 pictures.
"""
import argparse, sys

import cv2
import numpy as np

from common import claims, machine, table
from hcr.core import ImageError
from hcr.data.load import get_data
from hcr.forms.made import fill_form, form_layouts, sample_template, spoil
from hcr.forms.read import read_form

def pale(g, rng, share):
    "Grey values with a share of the contrast, and the noise of a scanner"
    return np.clip(215+(g-255)*share+rng.normal(0, 1.5, g.shape), 0, 255)

def copied(g, rng):
    "A photocopy: blurred, hardened, with specks"
    soft = cv2.GaussianBlur(g, (0, 0), .9)+rng.normal(0, 14, g.shape)
    hard = np.clip((soft-120)*2.2+150, 0, 255)
    hard[rng.random(g.shape) < .0008] = 20
    return hard

def screened(g, rng):
    "A screen's grid of pixels, seen by a camera whose pixels are a little larger"
    y, x = np.mgrid[:g.shape[0], :g.shape[1]]
    grid = 1+.16*np.sin(2*np.pi*(x*.47+y*.02))+.16*np.sin(2*np.pi*(y*.46-x*.015))
    return np.clip(cv2.GaussianBlur(g*grid*.85+18, (0, 0), .7)+rng.normal(0, 4, g.shape), 0, 255)

def distant(g, rng):
    "A sheet that fills a ninth of the picture"
    out = np.full((3*g.shape[0], 3*g.shape[1]), 95.)+rng.normal(0, 6, (3*g.shape[0], 3*g.shape[1]))
    out[g.shape[0]:2*g.shape[0], g.shape[1]:2*g.shape[1]] = g
    return out, np.array([[1, 0, g.shape[1]], [0, 1, g.shape[0]], [0, 0, 1.]])

def turned(g, rng): return g[::-1, ::-1].copy(), np.array([[-1, 0, g.shape[1]-1], [0, -1, g.shape[0]-1], [0, 0, 1.]])

def beside(g, rng): return np.hstack([g, g]), np.eye(3)

kinds = {
    'as it is': lambda g, rng: g, 'a quarter of the contrast': lambda g, rng: pale(g, rng, .25),
    'an eighth of the contrast': lambda g, rng: pale(g, rng, .125), 'a copy of a copy': lambda g, rng: copied(copied(g, rng), rng),
    'a screen': screened, 'a ninth of the picture': distant, 'upside down': turned, 'two beside each other': beside}

def one(layout, i, kind, data):
    "A picture read: (found, error of the cells as a part of a cell, characters, right ones)"
    rng, t = np.random.default_rng([7, i]), sample_template(layout)
    sheet, truth = fill_form(t, data, rng, 150)
    photo, m = spoil(sheet, rng, t.size, rotation=2, shadow=.2)
    made = kinds[kind](np.asarray(photo.convert('L')).astype(np.float64), rng)
    g, more = made if isinstance(made, tuple) else (made, np.eye(3))
    try: r = read_form(g.clip(0, 255).astype(np.uint8), t)
    except ImageError: return 0, 0., 0, 0
    corners = np.float64([[x, y] for f in t.fields for x, y, w, h in [f.box]]).reshape(-1, 1, 2)
    off = np.abs(cv2.perspectiveTransform(corners, r.matrix@more@m)-corners).max()/min(f.cell_boxes()[0][3] for f in t.fields)
    if kind == 'two beside each other': off = 0. # either of them will do
    texts = [(truth[f.name].text, r[f.name].text) for f in t.fields if f.kind != 'marks']
    return 1, float(off), sum(len(a) for a, _ in texts), sum(c == d for a, b in texts if len(a) == len(b) for c, d in zip(a, b))

def refused(layout, i, data):
    "Is a form of another layout refused?"
    names = [o for o in form_layouts if o != layout]
    other = sample_template(names[i % len(names)])
    photo, _ = spoil(fill_form(other, data, np.random.default_rng([8, i]), 150)[0], np.random.default_rng(i), other.size)
    try: read_form(photo, sample_template(layout))
    except ImageError: return 1
    return 0

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--forms', type=int, default=3, help='of each layout')
    p.add_argument('--layouts', nargs='+', default=list(form_layouts), choices=list(form_layouts))
    a = p.parse_args()
    cv2.setNumThreads(1)
    data, lines, missing, worst = [get_data('mnist', split='test')], [], 0, 0.
    for kind in kinds:
        rows = np.array([one(o, i, kind, data) for o in a.layouts for i in range(a.forms)])
        found, off, n, right = rows[:, 0].sum(), rows[:, 1].max(), rows[:, 2].sum(), rows[:, 3].sum()
        missing, worst = missing+len(rows)-found, max(worst, off)
        lines.append([kind, f'{found:.0f} of {len(rows)}', f'{off:.2f}', f'{100*right/max(n, 1):.1f}%'])
        print(f'  {lines[-1]}', file=sys.stderr, flush=True)
    told = sum(refused(o, i, data) for o in a.layouts for i in range(a.forms))
    n = len(a.layouts)*a.forms
    table([*lines, ['another form', f'{told} of {n} refused', '', '']], ['picture', 'found', 'off, cells', 'characters right'])
    print(f'\n{machine()}')
    return claims(('forms not found', int(missing), '<=', 0), ('cells off, at most', worst, '<=', .2), ('other forms read', n-told, '<=', 0))

if __name__ == '__main__': sys.exit(main())
