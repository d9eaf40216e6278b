"""Claim: templates whose fields are wrong by up to 4 pixels at 150 dpi give the readings of the exact template in 99.5% of fields.

    python benchmarks/run.py template_errors [--forms 5] [--error 4]

Fills forms of the generator's layouts with MNIST's and EMNIST's test characters, spoils them as a scanner or a camera does, and
reads each with the exact template and with one whose fields are moved and resized by random whole pixels, up to `--error` at each
side. The template has its blank form, whose print says where the fields really are. Free rows move too, though only their lower
edge is printed. Prints, for each layout, how many fields read the same, text and status, and how many were misread in a way in which
the exact template did not misread them.

About 6 minutes on two cores; n=30 forms, 720 fields.
"""
import argparse, sys
from dataclasses import replace

import numpy as np

from common import claims, machine, table
from hcr.core import ImageError
from hcr.data import get_data
from hcr.forms.made import draw_blank, fill_form, form_layouts, sample_template, spoil
from hcr.forms.read import read_form
from hcr.forms.template import Template

def with_blank(t):
    "The template with the picture of its blank form"
    return Template(t.name, t.size, t.fields, t.marks, t.mark_size, np.asarray(draw_blank(t).convert('L')))

def moved(f, rng, error, size):
    "A field whose sides are off by up to `error` pixels each; its cells move with it"
    dx, dy, ex, ey = rng.integers(-error, error+1, 4)
    x, y, w, h = f.box
    x, y = max(0, x+int(dx)), max(0, y+int(dy))
    w, h = min(w+int(ex-dx), size[0]-x), min(h+int(ey-dy), size[1]-y)
    cells = f.cells and [(a+int(dx), b+int(dy), c, d) for a, b, c, d in f.cells]
    return replace(f, box=(x, y, w, h), cells=cells)

def one(layout, seed, error, data):
    "A form read twice: (fields, with the same text, with the same text and status, newly wrong)"
    rng, t = np.random.default_rng(seed), with_blank(sample_template(layout, True))
    sheet, truth = fill_form(t, data, rng, 150)
    photo, _ = spoil(sheet, rng, t.size)
    wrong = replace(t, fields=[moved(f, rng, error, t.size) for f in t.fields])
    try: a, b = (read_form(photo, o) for o in (t, wrong))
    except ImageError: return len(t.fields), 0, 0, len(t.fields)
    pairs = [(x, y, truth[x.name].text) for x, y in zip(a.fields, b.fields)]
    return (len(pairs), sum(x.text == y.text for x, y, _ in pairs),
            sum((x.text, x.status) == (y.text, y.status) for x, y, _ in pairs),
            sum(x.text == true != y.text and y.status == 'ok' for x, y, true in pairs))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--forms', type=int, default=5, help='of each layout')
    p.add_argument('--error', type=int, default=4, help='pixels')
    p.add_argument('--layouts', nargs='+', default=list(form_layouts), choices=list(form_layouts))
    a = p.parse_args()
    data = [get_data('mnist', split='test'), get_data('emnist-byclass', split='test')]
    rows = {o: np.sum([one(o, 100+i, a.error, data) for i in range(a.forms)], 0) for o in a.layouts}
    rows['all'] = np.sum(list(rows.values()), 0)
    table([[k, n, f'{100*same/n:.2f}%', f'{100*status/n:.2f}%', new] for k, (n, same, status, new) in rows.items()],
          ['layout', 'fields', 'same text', 'same text and status', 'new and marked ok'])
    print(f'\n{machine()}; {a.forms} forms of each layout, seeds 100 to {99+a.forms}, errors up to {a.error} pixels')
    n, same, _, new = rows['all']
    return claims((f'share of {n} fields with the same text', same/n, '>=', .995), ('newly wrong and marked ok', int(new), '<=', 0))

if __name__ == '__main__': sys.exit(main())
