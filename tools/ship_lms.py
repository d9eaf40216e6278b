"""Make the language models that come with hcr: English, French, German, and codes.

    HCR_DATA=... python tools/ship_lms.py [--out hcr/weights] [--order 6]

They count running text (`texts/` of the data folder; public domain, Project Gutenberg), cut into pieces of 3 to 12 words as
lines are, and the labels of the training parts of the data that `latin` learns from; `codes` counts 20,000 dates, amounts,
numbers and codes of `hcr.pens.random_code`. No text of a validation part is seen, but some sentences and names were
written by people of both parts. Curly quotation marks and long dashes count as straight and short ones.
"""
import argparse, sys
from pathlib import Path

import numpy as np

from hcr.core import data_root
from hcr.lines.data import table_rows
from hcr.lines.language import CharLM
from hcr.pens import random_code
from hcr.strokes import get_strokes, stroke_sets

sys.path[:0] = [str(Path(__file__).resolve().parent.parent/'benchmarks'/o) for o in ('', 'accuracy')]
from many_hands import plain

LABELS = dict(en=('unipen-lines', 'unipen-words', 'words'), fr=('lines-today', 'lines'), de=('words-de',))

def labels(name):
    "The texts of a training part"
    if name in stroke_sets: return get_strokes(name).text
    folder = data_root(None)/name
    if (folder/'train.tsv').exists(): return [row.text for row in table_rows(folder/'train.tsv')]
    held = set((folder/'val_lines.txt').read_text().split())
    fields = [o.split(' ', 8) for o in (folder/'words.txt').read_text('utf-8').splitlines() if o.strip() and o[0] != '#']
    return [f[8] for f in fields if '-'.join(f[0].split('-')[:3]) not in held]

def pieces(language, rng):
    "Running text in pieces of 3 to 12 words"
    for paragraph in (data_root(None)/'texts'/f'{language}.txt').read_text('utf-8').splitlines():
        words = plain(paragraph).split()
        while words:
            n = int(rng.integers(3, 13))
            yield ' '.join(words[:n])
            words = words[n:]

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--out', type=Path, default=Path(__file__).resolve().parent.parent/'hcr'/'weights')
    p.add_argument('--order', type=int, default=6)
    args = p.parse_args()
    rng = np.random.default_rng(0)
    for language, sets in LABELS.items():
        texts = [*pieces(language, rng), *(plain(t) for name in sets for t in labels(name))]
        report(CharLM.train([t for t in texts if t], args.order), args.out/f'{language}.charlm')
    report(CharLM.train([random_code(rng) for _ in range(20_000)], 3), args.out/'codes.charlm')

def report(lm, path): print(f'{lm.save(path)}: {lm}, {path.stat().st_size/1000:,.0f} kB')

if __name__ == '__main__': main()
