"""How many photographed characters are read: real ones, made ones, the same image in other formats, and pictures of nothing.

    HCR_DATA=... python benchmarks/run.py photographs MODEL [--plain MODEL] [--n 300] [--json FILE]

Four tables. Ideas: the 620 photographs in HCR_DATA/photos, none of which was trained on (they were looked at while
preprocessing was made), with one idea after another switched on; --plain is a model trained without photographs in mind.
Scenes: test characters of EMNIST ByClass as `hcr.pictures` makes them, under each condition by itself, beside the same
characters clean; a letter whose cases look alike counts as right in either. Formats: made pictures, and the
photographs again (most of them are 25 to 45 pixels large), inverted, turned, in other modes and sizes. Nothing: what comes with scikit-learn, scikit-image and matplotlib, and crops of it.

About 10 minutes on two cores; n=620 photographs.
"""
import argparse, csv, io, json, sys
from importlib.util import find_spec
from pathlib import Path
import numpy as np
from PIL import Image
from common import claims, machine, table
from hcr.core import ImageError, alphabets, data_root
from hcr.data import get_data
from hcr.image import read_grey
from hcr.inference import Recognizer
from hcr.paper import clean_ink, remove_lines, to_ink
from hcr.pictures import picture, scenes
from hcr.preprocess import char_image, examine, fit_box, fit_work_size, place, plain_ink, preprocess

def photos():
    "Paths and labels"
    folder = data_root()/'photos'
    with open(folder/'labels.tsv', newline='') as f: rows = list(csv.DictReader(f, delimiter='\t'))
    return [folder/'images'/r['image'] for r in rows], np.array([r['label'] for r in rows])

def by_ideas(path, geometry, ideas):
    "The way of preprocessing with some of its ideas"
    grey = read_grey(path)
    ink = to_ink(fit_work_size(grey)) if 'paper' in ideas else plain_ink(grey)
    if ink is None: raise ImageError('no ink found')
    if 'lines' in ideas: ink = remove_lines(ink)
    if 'specks' in ideas: ink = clean_ink(ink)
    return char_image(ink, geometry) if 'stroke' in ideas else place(fit_box(ink, geometry.box), geometry)

def figures(rec, images, labels):
    "Percent right: of all classes, with both cases as one, among the first five, digits among digits; images are None if refused"
    size, vocab = rec.card.geometry.size, np.array(rec.vocab)
    ok = np.array([o is not None for o in images])
    x = np.stack([np.zeros((size, size), np.uint8) if o is None else o for o in images])
    probs, small = rec.predict_array(x, alphabets['digits']+alphabets['letters']), np.char.lower(vocab)
    order, digit = np.argsort(-probs, 1), np.char.isdigit(labels)
    letters = sorted(set(small))
    merged = np.array(letters)[np.stack([probs[:, small == c].sum(1) for c in letters], 1).argmax(1)]
    among = vocab[rec.predict_array(x[digit], only='digits').argmax(1)]
    right = ((vocab[order[:, 0]] == labels) & ok, (merged == np.char.lower(labels)) & ok,
             (vocab[order[:, :5]] == labels[:, None]).any(1) & ok, (among == labels[digit]) & ok[digit])
    return [*(f'{100*o.mean():.1f}' for o in right), str((~ok).sum())]

def attempt(f, *args):
    try: return f(*args)
    except ImageError: return None

HEAD = ['', 'top 1', 'case merged', 'top 5', 'digits', 'refused']

def ideas_table(model, plain):
    paths, labels = photos()
    steps = [('rim for paper, box, centre', ()), ('+ paper level, local threshold', ('paper',)), ('+ printed lines', ('paper', 'lines')),
             ('+ specks and neighbours', ('paper', 'lines', 'specks')), ('+ width of strokes', ('paper', 'lines', 'specks', 'stroke'))]
    rows, rec = [], Recognizer.load(plain)
    for name, ideas in steps: rows.append([name, *figures(rec, [attempt(by_ideas, p, rec.card.geometry, ideas) for p in paths], labels)])
    rows.append(['+ second look, refusing what is no character', *figures(rec, [attempt(preprocess, p, rec.card.geometry) for p in paths], labels)])
    for name, kw in (('+ the shipped model', {}), ('+ each character equally likely', dict(prior='uniform'))):
        rec = Recognizer.load(model, **kw)
        rows.append([name, *figures(rec, [attempt(preprocess, p, rec.card.geometry) for p in paths], labels)])
    return rows

def alike(c): return c.lower() if c.lower() in 'cijklmopsuvwxyz' else c

def scenes_table(rec, n):
    data = get_data('emnist-byclass', split='test')
    at = np.random.default_rng(0).choice(len(data), n, replace=False)
    truth, fold = [alike(data.vocab[i]) for i in data.labels[at]], np.array([alike(c) for c in rec.vocab])
    def right(images): return 100*np.mean([o is not None and fold[rec.predict_array(o[None]).argmax()] == t for o, t in zip(images, truth)])
    rows = [['clean', f'{right(data.with_geometry(rec.card.geometry).images[at]):.1f}', '0']]
    for k, (name, scene) in enumerate(scenes.items()):
        rng = np.random.default_rng(k)
        images = [attempt(preprocess, picture(data.images[i], rng, **scene), rec.card.geometry) for i in at]
        rows.append([name, f'{right(images):.1f}', str(sum(o is None for o in images))])
    return rows

def encoded(im, kind, **kw):
    f = io.BytesIO()
    im.save(f, kind, **kw)
    return f.getvalue()

def formats(im):
    "The same picture in other ways, by name"
    grey, exif = im.convert('L'), Image.Exif()
    exif[0x0112] = 6
    yield 'as it is', im
    yield 'inverted', Image.fromarray(255-np.asarray(im))
    yield 'turned by EXIF', encoded(im.rotate(90, expand=True), 'PNG', exif=exif)
    yield 'CMYK', encoded(im.convert('CMYK'), 'TIFF')
    yield '16 bit', encoded(Image.fromarray(np.asarray(grey).astype(np.uint16)*257), 'PNG')
    for s in (.5, 2, 4, 8): yield f'scaled {s}x', im.resize([max(5, round(o*s)) for o in im.size], Image.BICUBIC if s > 1 else Image.BOX)
    a = np.asarray(im)
    rim = np.median(np.concatenate([a[0], a[-1], a[:, 0], a[:, -1]]), 0)
    page = np.full((2*a.shape[0], 3*a.shape[1], 3), rim, np.uint8)
    page[a.shape[0]//3:][:a.shape[0], a.shape[1]//2:][:, :a.shape[1]] = a
    yield 'padded', Image.fromarray(page)
    yield 'JPEG of quality 60', encoded(im, 'JPEG', quality=60)

def made(n):
    "Pictures of test characters, the ink 60 to 200 pixels large, and their labels"
    data, rng = get_data('emnist-byclass', split='test'), np.random.default_rng(1)
    at = rng.choice(len(data), n, replace=False)
    images = [picture(data.images[i], rng, size=int(rng.integers(60, 200))) for i in at]
    return images, np.array([data.vocab[i] for i in data.labels[at]])

def formats_table(rec, images, labels):
    found = {}
    for im in images:
        im = Image.fromarray(im) if isinstance(im, np.ndarray) else Image.open(im).convert('RGB')
        for name, x in formats(im): found.setdefault(name, []).append(attempt(preprocess, x, rec.card.geometry))
    return [[name, *figures(rec, images, labels)] for name, images in found.items()]

def nothing():
    "Pictures without a character, by name"
    from sklearn.datasets import load_sample_images
    yield from zip(('china', 'flower'), load_sample_images().images)
    places = [Path(find_spec('matplotlib').origin).parent/'mpl-data/sample_data/grace_hopper.jpg']
    if find_spec('skimage'): # what scikit-image brings: a cat, a page of print, and others
        folder = Path(find_spec('skimage').origin).parent/'data'
        places += [folder/f'{o}.png' for o in 'astronaut brick camera chelsea coffee coins grass gravel page text'.split()]
    for p in places:
        if p.exists(): yield p.stem, np.asarray(Image.open(p).convert('RGB'))
    for name, a in (('white', 255), ('grey', 128)): yield name, np.full((300, 400, 3), a, np.uint8)

def nothing_table(rec, crops=20):
    rng, rows = np.random.default_rng(0), []
    for name, a in nothing():
        found = examine(a)
        cut = []
        for _ in range(crops):
            s = int(rng.integers(40, min(a.shape[:2])//2+41))
            y, x = rng.integers(0, a.shape[0]-s+1), rng.integers(0, a.shape[1]-s+1)
            cut.append(a[y:y+s, x:x+s])
        probs = [p.prob for p in rec.predict(cut, errors='keep') if p.error is None]
        rows.append([name, found.kind, f'{found.sure:.2f}', str(crops-len(probs)), str(sum(p >= .9 for p in probs))])
    return rows

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('model')
    p.add_argument('--plain', help='a model trained without photographs in mind; default: the same model')
    p.add_argument('--n', type=int, default=300, help='characters for each scene')
    p.add_argument('--json', help='write the tables to this file')
    a = p.parse_args()
    print(machine('opencv-python-headless', 'onnxruntime'))
    rec, out = Recognizer.load(a.model), {}
    for name, head, rows in (('ideas', HEAD, lambda: ideas_table(a.model, a.plain or a.model)), ('scenes', ['', 'right', 'refused'], lambda: scenes_table(rec, a.n)),
                             ('formats, made pictures', HEAD, lambda: formats_table(rec, *made(a.n))),
                             ('formats, photographs', HEAD, lambda: formats_table(rec, *photos())), ('nothing', ['', 'kind', 'sure', 'crops refused of 20', 'sure crops'], lambda: nothing_table(rec))):
        out[name] = [head, *rows()]
        print(f'\n{name}')
        table(out[name][1:], head)
    if a.json: Path(a.json).write_text(json.dumps(out, indent=1))
    last = dict(zip(HEAD, out['ideas'][-1]))
    return claims(*[(f'photographs, {k}, percent', float(last[k]), '>=', v) for k, v in {'top 1': 73, 'case merged': 86}.items()] if a.model == 'chars' else [])

if __name__ == '__main__': sys.exit(main())
