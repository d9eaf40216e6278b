"""Make the model file `latin` of a checkpoint of its training: calibrate it, measure it, write the file and its card.

    HCR_DATA=... python tools/ship_latin.py experiments/reader_run/latin-best.pt [--limit 150] [--out hcr/weights]

The checkpoint is what `torch.save` wrote of a dict with `ema` (weights), `alphabet`, `mean`, `std` and `step`. The
temperature is fitted on `--limit` lines of each validation part; the figures are of those lines, read greedily.
"""
import argparse, sys
from pathlib import Path

import numpy as np
import torch

from hcr.core import as_arrays, as_torch
from hcr.modelfile import versions
from hcr.core import atomic_write
from hcr.lines.ctc import Codec
from hcr.lines.data import LineData
from hcr.lines.evaluate import TextEvaluation
from hcr.lines.image import LineGeometry
from hcr.lines.inference import LineRecognizer
from hcr.lines.loaders import LineDataset, usable
from hcr.lines.models import start_line_model
from hcr.lines.train import fit_line_temperature, validation_line_logits
from hcr.modelfile import ModelCard, dequantize, model_info, quantize, save_model

sys.path[:0] = [str(Path(__file__).resolve().parent.parent/'benchmarks'/o) for o in ('', 'accuracy')]
from many_hands import PARTS, plain, valid_part
from ship import md, percent

sources = {
    'unipen-words, unipen-lines, unipen-chars': 'pen strokes of 256, 213 and 226 writers, rendered afresh for each epoch; UNIPEN train_r01_v07, '
        'International Unipen Foundation, doi 10.5281/zenodo.1195803; CC BY 4.0; Guyon et al. 1994',
    'lines-today': "4,292 lines of 160 of today's French hands; Copiste d'un jour, Bibliothèque et Archives nationales du Québec; CC BY 4.0",
    'words-de': '4,538 German place and street names by 28 writers; DHSD, N. Riaz et al.; CC BY 4.0',
    'lines': '2,259 lines of French wills, 1898-1918, by 108 writers; CREMMA-AN-TestamentsDePoilus, doi 10.5281/zenodo.10177106; CC BY 4.0',
    'words': '14,243 English words of one writer; J. Ballard; MIT'}
parts = {'lines-today': 'lines of 30 of today\'s French hands', 'unipen-lines': 'English lines by 31 writers, strokes drawn with a plain pen',
    'unipen-words': 'words by 68 writers, strokes drawn with a plain pen', 'words-de': 'German names by 6 writers',
    'lines': 'wills of 1900 by 13 writers', 'words': 'other words of the one English writer; some labels are wrong'}

def as_text(path, card):
    "The card as Markdown"
    info, t = model_info(path), card.trained_on
    about = [['reads', f'`{"".join(info["vocab"])}`'], ['network', f'`{info["arch"]}`, {info["weights"]:,} weights, {info["bytes"]/1e6:.2f} MB, {info["precision"]}'],
        ['how', f'started from `{t["init"]}`, {t["steps"]:,} steps of two processes in bfloat16, Muon and Adam, learning rate {t["lr"]} falling to 0 by the clock, '
                'mean of the weights of decay 0.998; no language model'],
        ['temperature', f'{info["temperature"]:.3f}, fitted on the validation lines below']]
    rows = [[f'{k}: {parts[k]}', f'{e["n"]:,}', percent(e['cer']), f'{percent(e["cer_low"])} to {percent(e["cer_high"])}', percent(e['wer']), percent(e['exact'])]
        for k, e in ((k.split(' valid')[0], e) for k, e in card.figures.items())]
    return '\n'.join(['# latin\n', "`LineRecognizer.load('latin')`, or `hcr read --model latin`: words and lines of everyday handwriting, "
        'in Latin letters, by many hands.\n', md(['', ''], about), '\n## Trained on\n', md(['data', 'what it is, where it is from'], list(map(list, sources.items()))),
        '\n## How well it reads\n\nPeople whom it has not met (but for `words`), read greedily. Curly quotation marks and long dashes count as straight '
        'and short ones.\n', md(['validation part', 'lines', 'CER', '95% interval', 'WER', 'entirely right'], rows),
        '\nThe parts were looked at during the training, to see how it went; nothing but the temperature was chosen by them in this file.\n'
        '\nMost hands it knows were written on tablets, in English; real ink was mostly French and German. Quotation marks and dashes '
        'come out straight and short. Capitals and digits in codes are rarer in its training than in forms.', ''])

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('checkpoint', type=Path)
    p.add_argument('--limit', type=int, default=150)
    p.add_argument('--out', type=Path, default=Path(__file__).resolve().parent.parent/'hcr'/'weights')
    p.add_argument('--stretch', type=float, default=1.5)
    p.add_argument('--lr', type=float, default=1.5e-3)
    args = p.parse_args()
    ck, geometry = torch.load(args.checkpoint, weights_only=True), LineGeometry(stretch=args.stretch)
    net = start_line_model(None, ck['alphabet'])
    net.load_state_dict(as_torch(dequantize(quantize(as_arrays(ck['ema'])))))
    trained_on = dict(data=', '.join(sources), init='lines-fr', steps=ck['step'], lr=args.lr)
    card = ModelCard(net.arch, net.arch_args, ck['alphabet'], ck['mean'], ck['std'], geometry, task='line', precision='int8',
                     trained_on=trained_on, versions=versions())
    data = {name: valid_part(name, args.limit, geometry) for name in PARTS}
    for o in data.values(): o.texts = [plain(t) for t in o.texts]
    every = LineData(*(sum((getattr(o, k) for o in data.values()), []) for k in ('images', 'texts')), name='validation', geometry=geometry)
    codec = Codec(ck['alphabet'])
    held, bad = usable(every, codec)
    print(f'{len(held)} validation lines, {len(bad)} left out: {bad[:3]}')
    net.card, path = card, args.out/'latin.safetensors'
    card.temperature = fit_line_temperature(validation_line_logits(net.eval(), card, LineDataset(held, codec)))
    save_model(net, path, card)
    rec = LineRecognizer(path)
    for name, o in data.items():
        found = rec.read_lines(o.images)
        e = TextEvaluation(o.texts, [d.text for d in found], [d.confidence for d in found], data=name, split='valid').summary()
        card.figures[f'{name} valid, greedy'] = e
        print(name, e)
    save_model(net, path, card)
    with atomic_write(args.out/'latin.md', 'w') as f: f.write(as_text(path, card))
    print(f'{path}: {path.stat().st_size/1e6:.2f} MB, temperature {card.temperature:.3f}')

if __name__ == '__main__': main()
