"""Make the model file `latin` of a checkpoint of its training: calibrate it, measure it, write the file and its card.

    HCR_DATA=... python tools/ship_latin.py experiments/reader_run/latin-best.pt [--limit 100] [--out hcr/weights]

The checkpoint is what `torch.save` wrote of a dict with `ema` (weights), `alphabet`, `mean`, `std` and `step`. Of each
validation part `--limit` lines are drawn. Half of their writers choose: the temperature, whether a language model is used
and with which weight and bonus, and the coefficients that make the confidences of lines and words probabilities, greedily
and with a language model. The other half judges. The language models (`tools/ship_lms.py`) are made first if they are not there.
"""
import argparse, subprocess, sys
from pathlib import Path

import numpy as np
import torch

from hcr.core import as_arrays, as_torch, atomic_write
from hcr.inference import shipped_models
from hcr.lines.ctc import Codec, greedy, words
from hcr.lines.data import LineData
from hcr.lines.decode import AutoDecoder, confidence, evidence
from hcr.lines.evaluate import TextEvaluation, cer, right_words
from hcr.lines.image import LineGeometry
from hcr.lines.inference import LineRecognizer, word_confidences, word_evidence
from hcr.lines.language import languages
from hcr.lines.loaders import LineDataset, usable
from hcr.lines.models import start_line_model
from hcr.lines.train import fit_confidence, fit_line_temperature, validation_line_logits
from hcr.modelfile.file import ModelCard, dequantize, model_info, quantize, save_model, versions

sys.path[:0] = [str(Path(__file__).resolve().parent.parent/'benchmarks'/o) for o in ('', 'accuracy')]
from many_hands import PARTS, plain, valid_part
from ship import md, percent

sources = {
    'unipen-words, unipen-lines, unipen-chars': 'pen strokes of 256, 213 and 226 writers, rendered afresh for each epoch; UNIPEN train_r01_v07, '
        'International Unipen Foundation, doi 10.5281/zenodo.1195803; CC BY 4.0; Guyon et al. 1994',
    'lines-today': "4,292 lines of 160 of today's French hands; Copiste d'un jour, Bibliothèque et Archives nationales du Québec; CC BY 4.0",
    'words-de': '4,538 German place and street names by 28 writers; DHSD, N. Riaz et al.; CC BY 4.0',
    'lines': '2,259 lines of French wills, 1898-1918, by 108 writers; CREMMA-AN-TestamentsDePoilus, doi 10.5281/zenodo.10177106; CC BY 4.0',
    'words': '14,243 English words of one writer; J. Ballard; MIT',
    'fonts': 'running text (Project Gutenberg, public domain) and codes in 73 handwriting fonts; SIL OFL 1.1 or Apache 2.0; an eighth of the made lines'}
parts = {'lines-today': 'lines of 30 of today\'s French hands', 'unipen-lines': 'English lines by 31 writers, strokes drawn with a plain pen',
    'unipen-words': 'words by 68 writers, strokes drawn with a plain pen', 'words-de': 'German names by 6 writers',
    'lines': 'wills of 1900 by 13 writers', 'words': 'other words of the one English writer; some labels are wrong'}
weights_to_try = [(.4, 1.), (.6, 1.25), (.6, 2.), (.8, 1.75)]

def halves(data):
    "Lines of half of the writers, and of the others; of one writer, half of the lines"
    rng = np.random.default_rng(1)
    writers = data.writers if data.writers and len(set(data.writers)) > 1 else [str(i) for i in range(len(data))]
    chosen = set(rng.permutation(sorted(set(writers)))[::2])
    mask = np.array([w in chosen for w in writers])
    return data[np.flatnonzero(mask)], data[np.flatnonzero(~mask)]

def remembering(log_probs):
    "A function that computes no line twice"
    known = {}
    def recalled(lines):
        key = lines.shape, hash(lines.tobytes())
        if key not in known: known[key] = log_probs(lines)
        return known[key]
    return recalled

def read(rec, decoder, data):
    "What `decoder` reads in each part"
    rec.decoder = decoder
    return {name: rec.read_lines(o.images) for name, o in data.items()}

def is_right(found, data): return [plain(d.text).split() == t.split() for name in data for d, t in zip(found[name], data[name].texts)]

def mean_cer(found, data): return float(np.mean([cer(o.texts, [plain(d.text) for d in found[name]]) for name, o in data.items()]))

def turned(data, share=5):
    "A fifth of the lines of each part, upside down"
    return {name: LineData([o[::-1, ::-1] for o in d.images[::share]], ['']*len(d.images[::share]), geometry=d.geometry) for name, d in data.items()}

def words_right(d, text): return right_words(text, ' '.join(plain(w) for w, *_ in words(d)))

def fit_words(facts, wrong, of, coefs):
    "Coefficients for the words of lines of several, from lines and their texts, and from lines that are wrong, a tenth of the weight"
    x, right, weight = [], [], []
    for lines in (facts, wrong):
        for d, text in lines:
            found, line = words(d), confidence(of(d), coefs)
            if len(found) < 2: continue
            x += [word_evidence(p, line, len(found)) for _, p, *_ in found]
            right += words_right(d, text)
        weight += [1.]*(len(x)-len(weight)) if lines is facts else [len(weight)/max(len(x)-len(weight), 1)/9]*(len(x)-len(weight))
    return fit_confidence(x, right, weight)

def choose(rec, data):
    "How a card should say that lines are read, chosen on `data`"
    found, upside = read(rec, greedy, data), turned(data)
    best = [mean_cer(found, data), 'none', 0., 0., found, greedy]
    for w, b in weights_to_try:
        auto = AutoDecoder(lm_weight=w, char_bonus=b)
        with_lm = read(rec, auto, data)
        trial = [mean_cer(with_lm, data), 'auto', w, b, with_lm, auto]
        print(f'  lm_weight {w} char_bonus {b}: mean CER {trial[0]:.2%}, greedily {mean_cer(found, data):.2%}', flush=True)
        if trial[0] < best[0]: best = trial
    def fitted(name, found, decoder, of):
        wrong = [d for o in read(rec, decoder, upside).values() for d in o]
        facts = [d for o in found.values() for d in o]
        coefs = fit_confidence([of(d) for d in facts+wrong], is_right(found, data)+[False]*len(wrong), [1.]*len(facts)+[len(facts)/len(wrong)/9]*len(wrong))
        texts = [t for name in data for t in data[name].texts]
        return {name: coefs, f'{name}_words': fit_words(list(zip(facts, texts)), [(d, '') for d in wrong], of, coefs)}
    out = dict(lm=best[1], **fitted('greedy', found, greedy, lambda d: evidence(d.log_prob)))
    if best[1] == 'auto': out.update(lm_weight=best[2], char_bonus=best[3], **fitted('beam', *best[4:], lambda d: d.evidence))
    return out

def by_confidence(way, sure, right, levels=(0, .3, .7, .9, 1.01)):
    "Rows: how many are as sure as that, how sure in the mean, and how many are right"
    sure, right, out = np.array(sure), np.array(right), []
    for low, high in zip(levels, levels[1:]):
        k = (sure >= low)&(sure < high)
        if k.any(): out.append([way, f'{low:.0%} to {min(high, 1):.0%}', int(k.sum()), percent(sure[k].mean(), 1), percent(right[k].mean(), 1)])
    return out

def judge(rec, data, ways, turned_too):
    "Figures of each part and way, and how the confidences fit"
    figures, fit, fit_of_words = {}, [], []
    for way, decoder in ways.items():
        found = read(rec, decoder, data)
        for name, o in data.items():
            e = TextEvaluation(o.texts, [plain(d.text) for d in found[name]], [d.confidence for d in found[name]], data=name, split='valid').summary()
            figures[f'{name} valid, {way}'] = e
            print(f'  {name:13} {way:15} {e["n"]:5,} CER {e["cer"]:.2%} WER {e["wer"]:.2%} right {e["exact"]:.2%} sure {e["mean_confidence"]:.2%}', flush=True)
        fit += by_confidence(way, [d.confidence for o in found.values() for d in o], is_right(found, data))
        each = [(d, t) for name in data for d, t in zip(found[name], data[name].texts)]
        coefs = rec.card.reading['greedy_words' if decoder is greedy else 'beam_words']
        fit_of_words += by_confidence(way, [p for d, _ in each for p in word_confidences(d, coefs)], [o for d, t in each for o in words_right(d, t)],
                                      (0, .3, .7, .85, .95, 1.01))
        wrong = [d.confidence for o in read(rec, decoder, turned_too).values() for d in o]
        fit.append([way, 'upside down', len(wrong), percent(np.mean(wrong), 1), percent(0, 1)])
    return figures, fit, fit_of_words

def as_text(path, card, fit, fit_of_words):
    "The card as Markdown"
    info, t, r = model_info(path), card.trained_on, card.reading
    lm = f'`auto`: {", ".join(languages)} by the text itself, weight {r["lm_weight"]}, bonus {r["char_bonus"]} a character' if r['lm'] == 'auto' else 'none'
    about = [['reads', f'`{"".join(info["vocab"])}`'], ['network', f'`{info["arch"]}`, {info["weights"]:,} weights, {info["bytes"]/1e6:.2f} MB, {info["precision"]}'],
        ['how', f'started from `{t["init"]}`; four runs of two processes in bfloat16, each from the mean of the weights of the one before, the last of {t["steps"]:,} '
                f'steps; Muon and Adam, learning rate {t["lr"]} falling to 0 by the clock; mean of the weights of decay 0.999'],
        ['language model', lm], ['temperature', f'{info["temperature"]:.3f}']]
    rows = []
    for name in PARTS:
        g, e = (card.figures.get(f'{name} valid, {way}') for way in ('greedy', 'language model'))
        def shown(o): return [f'{percent(o["cer"])} ({percent(o["cer_low"])} to {percent(o["cer_high"])})', percent(o['exact'], 1)] if o else ['', '']
        rows.append([f'{name}: {parts[name]}', f'{g["n"]:,}', *shown(g), *shown(e)])
    return '\n'.join(['# latin\n', "`LineRecognizer.load('latin')`, or `hcr read --model latin`: words and lines of everyday handwriting, "
        'in Latin letters, by many hands.\n', md(['', ''], about), '\n## Trained on\n', md(['data', 'what it is, where it is from'], list(map(list, sources.items()))),
        '\n## How well it reads\n\nPeople whom it has not met (but for `words`). Of each validation part lines were drawn at random. Half of their writers chose '
        'temperature, weight and bonus of the language model, and the coefficients of the confidence; these are the lines of the other half. Each line was read '
        'by itself. Curly quotation marks and long dashes count as straight and short ones.\n',
        md(['validation part', 'lines', 'CER, greedy', 'entirely right', 'CER, language model', 'entirely right'], rows),
        '\nThe parts were looked at during the training, to see how it went. The language models know running text and the labels of the training parts, some sentences and '
        'names of which stand in `unipen-lines`, `unipen-words` and `words-de` again: on text of your own they help less than there.\n',
        '## How sure it is\n\nThe same lines by their confidence, the probability that all of a line is right, and some of them upside down.\n',
        md(['reading', 'confidence', 'lines', 'mean', 'right'], fit),
        '\nThe words of these lines (not of those upside down) by their own confidence:\n',
        md(['reading', 'confidence', 'words', 'mean', 'right'], fit_of_words),
        '\nMost hands it knows were written on tablets, in English; real ink was mostly French and German. Quotation marks and dashes '
        'come out straight and short. Capitals and digits in codes are rarer in its training than in forms.', ''])

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('checkpoint', type=Path)
    p.add_argument('--limit', type=int, default=100)
    p.add_argument('--out', type=Path, default=Path(__file__).resolve().parent.parent/'hcr'/'weights')
    p.add_argument('--stretch', type=float, default=1.5)
    p.add_argument('--lr', type=float, default=1.5e-3)
    args = p.parse_args()
    if not all((shipped_models()['digits'].parent/f'{o}.charlm').exists() for o in languages):
        subprocess.run([sys.executable, Path(__file__).with_name('ship_lms.py')], check=True)
    ck, geometry = torch.load(args.checkpoint, weights_only=True), LineGeometry(stretch=args.stretch)
    net, path = start_line_model(None, ck['alphabet']), args.out/'latin.safetensors'
    net.load_state_dict(as_torch(dequantize(quantize(as_arrays(ck['ema'])))))
    trained_on = dict(data=', '.join(sources), init='lines-fr', steps=ck['step'], lr=args.lr)
    card = ModelCard(net.arch, net.arch_args, ck['alphabet'], ck['mean'], ck['std'], geometry, task='line', precision='int8',
                     trained_on=trained_on, versions=versions())
    choosing, judging = {}, {}
    for name in PARTS:
        choosing[name], judging[name] = halves(valid_part(name, args.limit, geometry))
        for o in (choosing[name], judging[name]): o.texts = [plain(t) for t in o.texts]
    every = LineData(*(sum((getattr(o, k) for o in choosing.values()), []) for k in ('images', 'texts')), name='validation', geometry=geometry)
    held, bad = usable(every, Codec(ck['alphabet']))
    print(f'{len(held)} validation lines choose, {len(bad)} left out: {bad[:3]}', flush=True)
    net.card = card
    card.temperature = fit_line_temperature(validation_line_logits(net.eval(), card, LineDataset(held, Codec(ck['alphabet']))))
    def saved(): # what is read with is what is shipped
        rec = LineRecognizer(save_model(net, path, card), lm='none')
        rec.log_probs = remembering(rec.log_probs)
        return rec
    card.reading = choose(saved(), choosing)
    print(card.reading, flush=True)
    rec = saved()
    ways = {'greedy': greedy}
    if card.reading['lm'] == 'auto': ways['language model'] = AutoDecoder(lm_weight=card.reading['lm_weight'], char_bonus=card.reading['char_bonus'])
    card.figures, fit, fit_of_words = judge(rec, judging, ways, turned(judging))
    save_model(net, path, card)
    with atomic_write(args.out/'latin.md', 'w') as f: f.write(as_text(path, card, fit, fit_of_words))
    for row in fit+fit_of_words: print('  ', *row)
    print(f'{path}: {path.stat().st_size/1e6:.2f} MB, temperature {card.temperature:.3f}')

if __name__ == '__main__': main()
