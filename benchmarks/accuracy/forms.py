"""Claim: of the fields that are marked ok, at most 1 in 500 is wrong; one core reads 1,000 forms of 72 fields an hour at 300 dpi.

    python benchmarks/run.py forms [--forms 20] [--part test] [--chars MODEL] [--names]

Makes forms of all six layouts with real handwriting that no model was trained on (MNIST's test set for digits, EMNIST's for
letters), spoils them (turned by up to 10 degrees, perspective, shadow, JPEG, 100, 150 or 300 dpi), reads them on one core and
prints one table. `--part valid` does the same with the parts that were held back from training, and with other seeds: what
was tuned was tuned on those. Fields of letters hold random letters, in which every letter is equally likely after every other.
`--names` writes names of people, towns and streets there instead (of `names.txt`, every second line for
`valid`, the others for the test; the weight of the language was chosen with all of them), as people do, and tells the fields that they are words of a language: the claim is then that 70% of these fields are
marked ok. The names were not looked at when the language models were counted, but common ones occur in any text.

About 12 minutes on two cores; n=360 forms.
"""
import argparse, io, json, sys, time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from common import claims, machine, table
from hcr.core import ImageError, alphabets, label_mask
from hcr.data import get_data
from hcr.forms.made import fill_form, form_layouts, sample_template, spoil
from hcr.forms.read import read_form
from hcr.forms.template import expand_pattern
from hcr.inference import Recognizer, shipped_models

dpis = 100, 150, 300
names_of = {o: [f.name for f in sample_template(o, True).fields if f.only == 'upper'] for o in form_layouts}

def characters(part, chars):
    "Handwriting that the models have not seen: digits of MNIST, letters of EMNIST where a model reads letters"
    if part == 'test': data = [get_data('mnist', split='test')]
    else: data = [get_data('mnist', split='train').split_off(.1, 1)[1]] # what the shipped models were not trained on: their seed is 1
    if not chars: return data
    split = get_data('emnist-byclass', split='test' if part == 'test' else 'train')
    return [*data, split if part == 'test' else split.split_off(.1, 1)[1]]

def alphabet(f, text, k):
    "Which characters the `k`-th written character of a field may be"
    if f.pattern is None or not isinstance(f.pattern, str): return alphabets.get(f.only, f.only) or None
    fit = next(v for v in expand_pattern(f.pattern) if len(v) == len(text))
    return [c for c, literal in fit if not literal][k]

def with_names(t, rng, part):
    "The template whose fields of capitals know that they hold words, and such words for them"
    lines = (Path(__file__).parent/'names.txt').read_text(encoding='utf-8').split()[part == 'test'::2]
    holds = [f for f in t.fields if f.only == 'upper']
    words = {f.name: str(rng.choice([o for o in lines if len(o) <= f.n])) for f in holds}
    return replace(t, fields=[replace(f, language='en+fr+de') if f in holds else f for f in t.fields]), words

def free(t):
    "The template without check digits and lists: what is read from the ink alone"
    return replace(t, fields=[replace(f, check=None, pattern=f.pattern if isinstance(f.pattern, str) else None, only='digits'
        if isinstance(f.pattern, list) else f.only) for f in t.fields])

def distance(a, b):
    "Edit distance of two texts"
    row = np.arange(len(b)+1)
    for i, c in enumerate(a):
        new = np.minimum(row[1:]+1, row[:-1]+np.array([c != d for d in b]) if b else row[1:])
        out = [i+1]
        for o in new: out.append(min(int(o), out[-1]+1))
        row = np.array(out)
    return int(row[-1])

def same_characters(t, truth, reading, data, recs):
    "Characters: how many there are, how many are right on the form, and right when the same images are read clean"
    n = form = clean = 0
    for f, r in zip(t.fields, reading.fields):
        if f.kind == 'marks': continue
        src = truth[f.name].sources
        n += len(src)
        plain = ''.join(c for c, *_ in src)
        form += max(0, len(src)-distance(plain, ''.join(c for c, *_ in r.chars)))
        for k, (c, d, i) in enumerate(src):
            only = alphabet(f, truth[f.name].text, k) if f.pattern is None or isinstance(f.pattern, str) else 'digits'
            rec = recs['digits'] if not set(alphabets.get(only, only))-set('0123456789') else recs['chars']
            clean += c == rec.vocab[np.where(label_mask(rec.vocab, ''.join(only) if only else None), read_clean(data[d], rec)[i], -1).argmax()]
    return n, form, clean

def read_clean(data, rec, known={}):
    "The probabilities of all images in the geometry that the model was trained on, computed once"
    name = data.name, id(rec)
    if name not in known: known[name] = rec.predict_array(data.with_geometry(rec.card.geometry).images)
    return known[name]

def one_form(layout, seed, dpi, data, recs, named=''):
    "Make a form, read it, and count: a dictionary; `named` is the part whose names are written"
    rng, t, words = np.random.default_rng(seed), sample_template(layout, 'chars' in recs), None
    if named: t, words = with_names(t, rng, named)
    sheet, truth = fill_form(t, data, rng, max(dpi, 150), words)
    photo, m = spoil(sheet, rng, t.size, dpi)
    out = io.BytesIO()
    photo.save(out, 'JPEG', quality=85)
    start = time.process_time()
    try: r = read_form(out.getvalue(), t, recs)
    except ImageError as e: return dict(layout=layout, dpi=dpi, seed=seed, fields=len(t.fields), lost=len(t.fields), error=str(e))
    spent = time.process_time()-start
    corners = np.float64([[[x, y], [x+w, y], [x, y+h], [x+w, y+h]] for x, y, w, h in (f.box for f in t.fields)])
    back = cv2.perspectiveTransform(corners.reshape(1, -1, 2), r.matrix@m).reshape(corners.shape)
    off = np.abs(back-corners).max((1, 2))/[min(f.cell_boxes()[0][2:]) for f in t.fields]
    n, form, clean = same_characters(t, truth, read_form(out.getvalue(), free(t), recs), data, recs)
    fields = [(f.name, truth[f.name].text, g.text, g.confidence, g.status, f.kind, g.why) for f, g in zip(t.fields, r.fields)]
    return dict(layout=layout, dpi=dpi, seed=seed, fields=len(t.fields), lost=int((off > .2).sum()), seconds=spent, read=fields,
                off=float(off.max()), score=r.score, n=n, form=form, clean=clean)

def marked_ok(rows):
    "The fields marked ok, and how many of them are wrong"
    ok = [f for r in rows for f in r.get('read', []) if f[4] == 'ok']
    return ok, sum(f[1] != f[2] for f in ok)

def named(rows):
    "The claim of the fields that hold names"
    held = [f for r in rows for f in r.get('read', []) if f[0] in names_of[r['layout']]]
    ok = [f for f in held if f[4] == 'ok']
    print(f'{len(held)} fields of names: {len(ok)} marked ok, {sum(f[1] != f[2] for f in ok)} of these wrong; '
          f'{sum(f[1] == f[2] for f in held)} read right')
    return 'share of the fields of names marked ok', len(ok)/len(held), '>=', .7

def summary(rows):
    "One line of the table"
    ok, wrong = marked_ok(rows)
    n, form, clean = (sum(r.get(k, 0) for r in rows) for k in ('n', 'form', 'clean'))
    fields, lost = sum(r['fields'] for r in rows), sum(r['lost'] for r in rows)
    seconds = [r['seconds'] for r in rows if r['dpi'] == 300 and 'seconds' in r]
    return [len(rows), fields, f'{100*(1-lost/fields):.2f}%', n, f'{100*form/max(n, 1):.2f}%', f'{100*clean/max(n, 1):.2f}%',
            f'{100*(form-clean)/max(n, 1):+.2f}', f'{100*len(ok)/fields:.1f}%', f'{wrong} of {len(ok)}',
            f'{100*wrong/max(len(ok), 1):.2f}%', f'{np.median(seconds):.2f} (max {max(seconds):.2f})' if seconds else '-']

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--forms', type=int, default=20, help='of each layout at each of three resolutions')
    p.add_argument('--part', choices=('test', 'valid'), default='test')
    p.add_argument('--layouts', nargs='+', default=list(form_layouts), choices=list(form_layouts))
    p.add_argument('--digits', default='digits')
    p.add_argument('--chars', default='chars' if 'chars' in shipped_models() else '', help='a model of letters; without, digits only')
    p.add_argument('--names', action='store_true', help='write names into fields of letters')
    p.add_argument('--json', help='write everything to this file')
    a = p.parse_args()
    cv2.setNumThreads(1)
    recs = {k: Recognizer.load(v, threads=1) for k, v in dict(digits=a.digits, chars=a.chars).items() if v}
    data, rows = characters(a.part, a.chars), []
    for layout in a.layouts:
        read_form(fill_form(sample_template(layout, 'chars' in recs), data, np.random.default_rng(0), 150)[0],
                  sample_template(layout, 'chars' in recs), recs) # what is computed once for a template
        for i in range(a.forms):
            rows += [one_form(layout, [i, a.part == 'test', dpi], dpi, data, recs, a.part*a.names) for dpi in dpis]
        print(f'  {layout}: {summary([r for r in rows if r["layout"] == layout])}', file=sys.stderr, flush=True)
        if a.json: open(a.json, 'w').write(json.dumps(rows))
    head = ['', 'forms', 'fields', 'found', 'characters', 'right', 'clean', 'gap', 'ok', 'ok but wrong', '', 'CPU s at 300 dpi']
    lines = [[n, *summary([r for r in rows if r['layout'] == n])] for n in a.layouts]
    lines += [[f'{d} dpi', *summary([r for r in rows if r['dpi'] == d])] for d in dpis]
    table([*lines, ['all', *summary(rows)]], head)
    print(machine('numpy', 'opencv-python-headless', 'onnxruntime'))
    ok, wrong = marked_ok(rows)
    more = [named(rows)] if a.names else []
    slowest = max((np.median([r['seconds'] for r in rows if r['dpi'] == 300 and r['layout'] == o and 'seconds' in r])
                   for o in a.layouts), default=np.nan)
    return claims(*more, ('wrong among the fields marked ok', wrong/len(ok), '<=', 1/500),
                  ('scans an hour on one core at 300 dpi, of the slowest layout', 3600/float(slowest), '>=', 1000))

if __name__ == '__main__': sys.exit(main())
