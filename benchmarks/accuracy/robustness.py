"""How well a model reads spoiled characters: MNIST-C's fifteen corruptions, moved, thin and thick, and inverted ones.

    HCR_DATA=... python benchmarks/run.py robustness MODEL [MODEL...] [--data mnist] [--split test|valid] [--n N] [--json FILE]

Four tables a model, in percent right. The data set's own 28x28 images are spoiled, then read in two ways. As arrays:
brought to the model's geometry and given to the network, with no preprocessing. As pictures: sent through
`hcr.preprocess` like any picture; one that it refuses counts as wrong, and is counted; `of those read` leaves it out.
Corruptions: those of `corruptions.py` beside this file, with MNIST-C's severities. Movement: drawn evenly, one at a time and together.
Stroke: the images as they are, in ten parts of equal size from the thinnest strokes to the thickest.
Polarity: black on white.

Tune on `--split valid`, never on `test`: the tenth of the training part that `hcr train --seed 1` holds back, by which
a model chose its epoch. (A model that was trained on a sample of the data set held back others, and knows some of these.)
All draws are seeded, and an image is spoiled alike for every model.

About 15 minutes on two cores; n=1 model.
"""
import argparse, json, sys
from dataclasses import replace
from pathlib import Path
import numpy as np
import torch
from common import machine, table
from corruptions import corrupt, corruptions
from hcr.augment import affine_mats, resample
from hcr.data import get_data
from hcr.data.explore import stroke_width
from hcr.inference import Recognizer

HEAD = ['', 'arrays', 'pictures', 'refused', 'of those read']
FULL = dict(rotation=15., shift=3., scale=.15, shear=10.) # degrees, pixels, part, degrees; each way

def load(name, split, n):
    "`n` images of a data set, drawn with a seed; the validation part is that of seed 1"
    data = get_data(name, split='test' if split == 'test' else 'train')
    if split == 'valid': data = replace(data[data.split_rows(.1, 1)[1]], split='valid')
    return data if n is None or n >= len(data) else data[np.random.default_rng(0).permutation(len(data))[:n]]

def is_right(rec, data, only):
    "Three masks: right as an array, right as a picture, refused as a picture"
    truth = np.array(data.vocab)[data.labels]
    probs = rec.predict_array(data.with_geometry(rec.card.geometry).images, only)
    preds = rec.predict(list(data.images), only, 1, errors='keep')
    read = np.array([p.label or '' for p in preds])
    return np.array(rec.vocab)[probs.argmax(1)] == truth, read == truth, read == ''

def row(name, right, shown, refused):
    "One line of a table: name, percent, percent, number, percent"
    read = 100*shown.sum()/max(1, (~refused).sum())
    return [name, 100*right.mean(), 100*shown.mean(), int(refused.sum()), read]

def mean_row(name, rows): return [name, *np.mean([r[1:] for r in rows], 0).tolist()]

def corruption_rows(rec, data, only):
    rows = [row('clean', *is_right(rec, data, only))]
    for name in corruptions: rows.append(row(name, *is_right(rec, replace(data, images=corrupt(data.images, name)), only)))
    return [*rows, mean_row('mean of the fifteen', rows[1:])]

def moved(images, rotation=0., shift=0., scale=0., shear=0., seed=0):
    "Each image turned, moved, scaled and slanted at random"
    u = torch.from_numpy(np.random.default_rng(seed).uniform(-1, 1, (len(images), 5)).astype(np.float32))
    mats = affine_mats(rotation*u[:, 0], shift*u[:, 1:3], 1+scale*u[:, 3:4].expand(-1, 2), shear*u[:, 4])
    out = resample(torch.from_numpy(images).float()[:, None], mats)[:, 0]
    return out.round().clamp(0, 255).byte().numpy()

def movement_rows(rec, data, only):
    sets = {f'{k} {v:g} each way': {k: v} for k, v in FULL.items()} | {'all four': FULL}
    return [row(k, *is_right(rec, replace(data, images=moved(data.images, **kw)), only)) for k, kw in sets.items()]

def stroke_rows(rec, data, only):
    width, masks = stroke_width(data.images), is_right(rec, data, only)
    rows = []
    for part in np.array_split(np.argsort(width, kind='stable'), 10):
        name = f'{width[part].min():.2f} to {width[part].max():.2f} pixels'
        rows.append(row(name, *(o[part] for o in masks)))
    return rows

def polarity_rows(rec, data, only): return [row('inverted', *is_right(rec, replace(data, images=255-data.images), only))]

TABLES = dict(corruptions=corruption_rows, movement=movement_rows, stroke=stroke_rows, polarity=polarity_rows)

def judge(model, data, only):
    "Print the tables of one model: name -> rows"
    rec, out = Recognizer.load(model), {}
    data = data.with_vocab(rec.vocab)
    for name, f in TABLES.items():
        out[name] = f(rec, data, only)
        print(f'\n{model}, {name}', flush=True)
        table([[r[0], f'{r[1]:.2f}', f'{r[2]:.2f}', f'{r[3]:.0f}', f'{r[4]:.2f}'] for r in out[name]], HEAD)
    return out

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('model', nargs='+', help='model files, or names of shipped models')
    p.add_argument('--data', default='mnist', help='mnist, emnist-byclass or another data set')
    p.add_argument('--split', default='test', choices=('test', 'valid'))
    p.add_argument('--n', type=int, help='how many images, drawn with a seed; default: all')
    p.add_argument('--only', help='restrict the answers, say to digits')
    p.add_argument('--json', help='write the tables to this file')
    a = p.parse_args()
    data = load(a.data, a.split, a.n)
    print(f'{data.name} {data.split}, {len(data):,} images; {machine("opencv-python-headless", "onnxruntime")}')
    out = dict(data=data.name, split=data.split, n=len(data), head=HEAD, models={m: judge(m, data, a.only) for m in a.model})
    if a.json: Path(a.json).write_text(json.dumps(out, indent=1))

if __name__ == '__main__': sys.exit(main())
