"""Put a trained model among the shipped ones: judge it once on its test sets, write that into its card, and write the card for people.

    hcr train --data emnist-byclass+unipen-chars --recipe chars --seed 1 --out chars.safetensors
    python benchmarks/run.py robustness digits.safetensors --n 2000 --json robust.json
    python tools/ship.py digits digits.safetensors --robust robust.json

The test sets of `digits` are those of MNIST; those of the others are all parts of EMNIST with letters, where no punctuation
is offered. A data set that merges cases is answered in its own alphabet, and Letters among letters only. UNIPEN has no test
part: what `chars` makes of its validation part, which has chosen the epoch, is beside the others and says so. Balanced holds as many of each class, so it
is judged a second time with `prior='uniform'`. The card's text stands here, its numbers come from the model file and
these test sets.
"""
import argparse, json, sys
from pathlib import Path

import hcr
from hcr.core import alphabets, atomic_write
from hcr.calibration import reliability_table
from hcr.inference import Recognizer
from hcr.modelfile import load_model, model_info, save_model
from hcr.train import evaluate_model

SOURCES = dict(
    mnist='MNIST (Y. LeCun, C. Cortes; CC BY-SA 3.0), its 60,000 training images',
    emnist='90,000 images of EMNIST ByClass (Cohen et al. 2017, from NIST Special Database 19, US public domain): images of the '
           'official ByClass test set that are in no ByMerge test set, 13% of what the published training set holds',
    unipen='pen strokes of 88,643 characters by 226 writers (UNIPEN train_r01_v07, International Unipen Foundation, doi '
           '10.5281/zenodo.1195803, CC BY 4.0; Guyon et al., 1994), each drawn two to eight times as `hcr.data.drawn` does')

ABOUT = dict(
    digits='Reads the ten digits.',
    chars='Reads all of printable ASCII: digits, capital and small letters, punctuation and signs.',
    **{'chars-tiny': 'Reads digits, capital and small letters, from a file of less than 60 kB with a byte for a weight.'})

TEACHER = {'chars': 'the `chars` before it, of 62 characters (90.56% of bymerge-test), from whose weights it starts', 'chars-tiny': 'an earlier `chars` (90.40% of bymerge-test)',
    'digits': 'five smaller networks (`--recipe digits-teacher`)'}

LIMITS = '''It takes one upright character an image, prepared by `hcr.preprocess`. It was taught to be unsure of blots and of several
characters at once; scribbles and characters of another alphabet often get high probabilities all the same.
`Recognizer.threshold` gives the probability from which on few answers were wrong in validation. What is not told apart
without the neighbours (0 and O, 1, I and l, c and C) is guessed by how common each was in training; the probabilities say so.
%s'''

HANDS = {True: "It has learned from writers of several countries; accents and a child's mirror writing it has not seen. A\ncharacter of ten pixels or less, blurred as scikit-learn's 8x8 digits are, it takes for a full stop, unless `only` leaves that out.",
    False: 'Writers of its training images were Americans at the end of the last century; a 1 with a long upstroke, a 7 with a bar, an\n'
           "accent, or a child's mirror writing it has seen rarely or never."}

def test_sets(name):
    "Name of each judgement -> data set, arguments of `Recognizer`, alphabet"
    if name == 'digits': return {'mnist test': ('mnist', {}, None), 'mnist test, views=5': ('mnist', dict(tta=5), None)}
    found = {f'{d} test': (d, {}, 'letters' if 'letters' in d else ALNUM) for d in ('emnist-byclass', 'emnist-bymerge', 'emnist-letters', 'emnist-balanced')}
    found['emnist-balanced test, prior=uniform'] = 'emnist-balanced', dict(prior='uniform', merge=True), ALNUM
    found['emnist-bymerge test, views=5'] = 'emnist-bymerge', dict(tta=5), ALNUM
    found['mnist test, digits only'] = 'mnist', {}, 'digits'
    return {**found, 'unipen-chars valid, all 94 classes': ('unipen-chars', {}, None)} if name == 'chars' else found

ALNUM = alphabets['digits']+alphabets['letters']

def line(cells): return f'| {" | ".join(map(str, cells))} |'

def md(head, rows): return '\n'.join([line(head), line(['---']*len(head)), *map(line, rows)])

def percent(x, places=2): return f'{100*x:.{places}f}%'

def figures_table(found):
    head = 'judged on', 'images', 'accuracy', '95% interval', 'NLL', 'ECE, 15 equal-mass bins', 'by chance'
    return md(head, [(k, f'{f["n"]:,}', percent(f['accuracy']), f'{100*f["low"]:.2f} to {100*f["high"]:.2f}', f'{f["nll"]:.4f}', percent(f['ece']),
                      percent(f['ece_floor'])) for k, f in found.items()])

def class_table(ev):
    rows = [(t.label, t.n, percent(t.precision, 1), percent(t.recall, 1), f'{100*t.low:.1f} to {100*t.high:.1f}') for t in ev.class_table().itertuples() if t.n]
    return md(('character', 'images', 'precision', 'recall', '95% interval of recall'), rows)

def confused_table(ev):
    return md(('truth', 'read as', 'times', 'share of the truth'), [(t.truth, t.predicted, t.count, percent(t.share, 1)) for t in ev.most_confused(15).itertuples()])

def calibration_table(ev):
    rows = [(t.n, percent(t.lowest, 1), percent(t.confidence), percent(t.accuracy), f'{100*t.low:.2f} to {100*t.high:.2f}')
            for t in reliability_table(ev.probs, ev.labels).itertuples()]
    return md(('answers', 'from', 'mean probability', 'right', '95% interval'), rows)

def robust_tables(path):
    "Sections from what `benchmarks/robustness.py --json` wrote"
    d = json.loads(Path(path).read_text())
    tables, = d['models'].values()
    out = [f'## Robustness\n\n{d["n"]:,} images of {d["data"]} {d["split"]}, percent right. As arrays the network alone reads them, as pictures '
           '`hcr.preprocess` comes first, and what it refuses counts as wrong. The corruptions are those of MNIST-C (Mu and Gilmer, 2019) made '
           'again from their definitions, see `benchmarks/accuracy/corruptions.py`; in training the model saw some kin of them (`hcr.spoil`, level `rough`).']
    for name, rows in tables.items():
        body = [(r[0], f'{r[1]:.2f}', f'{r[2]:.2f}', f'{r[3]:.0f}') for r in rows]
        out.append(f'### {name.capitalize()}\n\n'+md(('', 'arrays', 'pictures', 'refused'), body))
    return out

def card(name, path, found, ev, robust):
    "The card for people"
    i = model_info(path)
    t = i['trained_on']
    how = ', '.join(f'{k} {t[k]}' for k in ('epochs', 'lr', 'bs', 'opt', 'aug', 'dropout', 'seed', 'split', 'members') if k in t)
    extra = f'; {t["outliers"]:.0%} of each batch were images that are no character'+(f', and {t["pictures"]:,} pictures of the training characters were added' if t['pictures'] else '')
    extra += f'; it imitates {TEACHER[name]} (see `hcr.distill`)' if t.get('teacher') else ''
    rows = [('reads', f'`{"".join(i["vocab"])}`'), ('network', f'`{i["arch"]}`, {i["weights"]:,} weights, {i["bytes"]/1e6:.3f} MB, {i["precision"]}'),
            ('trained on', f'{"; ".join(SOURCES[o.partition("-")[0]] for o in t["data"].split("+"))}: {t["images"]:,} images with what was added, {t["validation_images"]:,} more to choose the epoch by'),
            ('how', f'`hcr train --recipe {name}`: {how}{extra}'), ('calibration', f'temperature {i["temperature"]:.3f}, noise {i["noise"]:.2%} (see `hcr.calibration`), fitted on the validation part')]
    parts = [f'# {name}', f"{ABOUT[name]} `Recognizer.load('{name}')`, or `hcr predict --model {name}`.", md(('', ''), rows),
             'Every test set was judged once, with the model that validation had chosen; a validation part chose the epoch.', figures_table(found), LIMITS % HANDS['unipen' in t['data']],
             f'## Most confused\n\nOn {ev.data} {ev.split}.', confused_table(ev), '## Calibration', calibration_table(ev),
             *(robust_tables(robust) if robust else []), '## Characters', class_table(ev)]
    return '\n\n'.join(parts)+'\n'

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('name', choices=ABOUT)
    p.add_argument('model')
    p.add_argument('--robust', help='what `robustness.py --json` wrote about it')
    p.add_argument('--folder', type=Path, default=Path(hcr.__file__).parent/'weights', help='where both files go')
    a = p.parse_args()
    evs = {k: evaluate_model(Recognizer.load(a.model, **how), d, 'valid' if 'valid' in k else 'test', only=only) for k, (d, how, only) in test_sets(a.name).items()}
    found = {k: ev.summary() for k, ev in evs.items()}
    model = load_model(a.model)
    short = {k: {m: round(f[m], 5) for m in ('n', 'accuracy', 'low', 'high', 'nll', 'ece')} for k, f in found.items()}
    out = save_model(model, a.folder/f'{a.name}.safetensors', figures={**model.card.figures, **short})
    text = card(a.name, out, found, next(iter(evs.values())), a.robust)
    with atomic_write(a.folder/f'{a.name}.md', 'w') as f: f.write(text)
    print(figures_table(found))

if __name__ == '__main__': sys.exit(main())
