"""Everyday writing by people whom the reader has not met: six validation parts, greedily and with a language model.

Claim: `latin` makes fewer errors than `lines-fr` and `words-en` on every part that neither of those was made for.

    HCR_DATA=... python benchmarks/run.py many_hands [--model latin] [--limit 200] [--greedy]

No writer of these parts was trained on (`words` has one writer: other lines of his). The language models are those that
come with hcr, each line's chosen by the text itself (`--lm auto`; the lines of a part are given together), with the weight
and bonus of the model's card. They know running text and the labels of the training parts; some sentences and names of
UNIPEN's and the German parts were written by people of both parts. Curly quotation marks and long dashes count as straight
and short ones, in the truth and in every reading. `--limit` judges so many lines of each part, drawn with seed 0; 0 judges
all.

About 5 minutes on two cores; n=1,200 words and lines.
"""
import argparse, time
from collections import defaultdict

import numpy as np

from hcr.core import data_root
from hcr.lines.ctc import greedy
from hcr.lines.data import clean_text, get_lines, read_rows, stroke_rows, table_rows
from hcr.lines.decode import make_decoder
from hcr.lines.evaluate import TextEvaluation
from hcr.lines.inference import LineRecognizer
from hcr.modelfile import read_model
from hcr.inference import model_path
from hcr.strokes import get_strokes, stroke_sets

from common import claims, machine

PARTS = 'lines-today', 'unipen-lines', 'unipen-words', 'words-de', 'lines', 'words'
PLAIN = str.maketrans({'’': "'", '‘': "'", '´': "'", '`': "'", '“': '"', '”': '"', '–': '-', '—': '-', '…': '...'})

def plain(text): return clean_text(text.translate(PLAIN))

def valid_part(name, limit, geometry):
    "Images and texts of a part, or of `limit` of its lines"
    def few(o): return [o[i] for i in sorted(np.random.default_rng(0).permutation(len(o))[:limit or None])]
    if name == 'words':
        data = get_lines(name, split='valid', geometry=geometry)
        return data[few(range(len(data)))]
    rows = stroke_rows(get_strokes(name, split='valid')) if name in stroke_sets else table_rows(data_root(None)/name/'val.tsv')
    return read_rows(few(rows), name, 'valid', geometry)

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--model', action='append')
    p.add_argument('--part', action='append', choices=PARTS)
    p.add_argument('--limit', type=int, default=200)
    p.add_argument('--greedy', action='store_true')
    args = p.parse_args()
    models, cer = args.model or ['latin', 'lines-fr', 'words-en'], defaultdict(dict)
    geometries = {m: read_model(model_path(m))[0].geometry for m in models}
    print(f'{"part":13} {"model":12} {"reading":15} {"n":>6} {"CER":>7} {"95%":>15} {"WER":>7} {"right":>7} {"sure":>7} {"lines/s":>8}')
    for name in args.part or PARTS:
        data = {g: valid_part(name, args.limit, g) for g in set(geometries.values())}
        for m in models:
            rec, lines = LineRecognizer.load(m), data[geometries[m]]
            ways = {'greedy': greedy}
            if not args.greedy: ways['language model'] = make_decoder('auto', reading=rec.card.reading)
            for way, rec.decoder in ways.items():
                start = time.time()
                found = rec.read_lines(lines.images)
                rate = len(lines)/(time.time()-start)
                refs, hyps = [plain(t) for t in lines.texts], [plain(d.text) for d in found]
                e = TextEvaluation(refs, hyps, [d.confidence for d in found]).summary()
                if way == 'greedy': cer[name][m] = e['cer']
                print(f'{name:13} {str(m)[-12:]:12} {way:15} {e["n"]:6,} {e["cer"]:7.2%} {e["cer_low"]:7.2%}-{e["cer_high"]:7.2%} '
                      f'{e["wer"]:7.2%} {e["exact"]:7.2%} {e["mean_confidence"]:7.2%} {rate:8.1f}', flush=True)
    print(machine('numpy', 'onnxruntime'))
    own = {'lines-fr': 'lines', 'words-en': 'words'}
    return claims(*((f'CER of {models[0]} less that of {m} on {name}', o[models[0]]-o[m], '<=', 0.)
        for name, o in cer.items() for m in models[1:] if own.get(m) != name))

if __name__ == '__main__': raise SystemExit(main())
