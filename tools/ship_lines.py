"""Make a trained reader of lines one of those that come with hcr: measure it, write its file, its language model, its card.

    HCR_DATA=... python tools/ship_lines.py words-en experiments/run_logs/words-en/model.safetensors

The language model is made of the texts of the training part. The validation part of the data is judged once, each way.
"""
import argparse, sys
from pathlib import Path

from hcr.core import atomic_write
from hcr.lines.language import CharLM
from hcr.lines.train import evaluate_lines
from hcr.recipes import line_recipes
from hcr.lines.data import get_lines
from hcr import load_model
from hcr.modelfile import model_info, save_model
from hcr.lines.inference import LineRecognizer

sys.path[:0] = [str(Path(__file__).resolve().parent.parent/'benchmarks'/o) for o in ('', 'accuracy')]
from line_accuracy import decoders, found_before
from ship import md, percent

weights = Path(__file__).resolve().parent.parent/'hcr'/'weights'
sources = {
    'words': "words of one English writer (J. Ballard; MIT), 14,243 to train on and 1,800 that form the validation part",
    'lines': "lines of French wills, 1898-1918, by 108 writers, 2,259 of them, and 394 by 13 other writers as the validation part "
             "(CREMMA-AN-TestamentsDePoilus, doi 10.5281/zenodo.10177106; CC BY 4.0)"}
limits = {
    'words': "It has seen one real hand, and synthetic ones of American characters: on other hands it errs far more often, and should "
             "be trained further with some of their words (`hcr train --init words-en`). Some labels of its data are wrong, and words "
             "that were written together are labelled so. It reads words; of whole lines it knows little.",
    'lines': "It has seen French of a hundred years ago. Its alphabet lacks what did not occur there. Crops held bits of "
             "neighbouring lines, so it bears some of these. Of other languages and centuries it knows nothing; train it further with "
             "some of your lines (`hcr train --init lines-fr`)."}

def card(name, path, data, found, ev):
    "The card as Markdown"
    info, rows = model_info(path), []
    for way, e in found.items():
        rows.append([way, f'{e["n"]:,}', percent(e['cer']), f'{percent(e["cer_low"])} to {percent(e["cer_high"])}', percent(e['wer']), percent(e['exact'])])
    t = info['trained_on']
    about = [['reads', f'`{"".join(info["vocab"])}`'],
        ['network', f'`{info["arch"]}`, {info["weights"]:,} weights, {info["bytes"]/1e6:.2f} MB, {info["precision"]}'],
        ['trained on', f'{sources[data]}; {t.get("n_synthetic", t.get("more")):,} synthetic ones in each epoch, of characters of EMNIST (NIST, US public domain)'
         +(f'; {t["splice"]:,} spliced of the real ones' if t.get('splice') else '')],
        ['how', f'`hcr train --recipe {name}`, {len(line_recipes[name]["stages"])} stages; the last: epochs {t["epochs"]}, lr {t["lr"]}, bs {t["bs"]}, {t["opt"]}, seed {t["seed"]}'],
        ['held back', f'{t["validation_lines"]:,} of the training part, to choose the epoch and the temperature ({info["temperature"]:.3f}) by']]
    def shown(c): return f'`{c}`' if c.strip() else '(space)' if c else '(nothing)'
    confused = [[shown(a), shown(b), n] for a, b, n in ev.confusions(15).values.tolist()]
    return '\n'.join([f'# {name}\n', f"`LineRecognizer.load('{name}')`, or `hcr read --model {name}`; with knowledge of the language `--lm {name}`.\n",
        md(['', ''], about), '\nThe validation part was judged once, each way; the language model and the lexicon know the texts of the training part.\n',
        md(['reading', 'lines', 'CER', '95% interval', 'WER', 'entirely right'], rows), '\n'+limits[data], '\n## Most confused\n\nRead greedily.\n',
        md(['written', 'read as', 'times'], confused), ''])

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('name', choices=list(line_recipes))
    p.add_argument('model', type=Path)
    args = p.parse_args()
    data, rec = line_recipes[args.name]['data'], LineRecognizer(args.model)
    train, valid = (get_lines(data, split=o, geometry=rec.card.geometry) for o in ('train', 'valid'))
    found, evs = {}, {}
    for way, rec.decoder in decoders(train.texts, found_before[data]).items():
        evs[way] = evaluate_lines(rec, valid)
        found[way] = evs[way].summary()
        print(way, found[way])
    net, out = load_model(args.model), weights/f'{args.name}.safetensors'
    own = {f'{data} training part, held back': f for k, f in net.card.figures.items() if k.endswith(' valid')}
    save_model(net, out, net.card, figures={**own, **{f'{data} valid, {way}': e for way, e in found.items()}})
    CharLM.train(train.texts, smoothing='witten-bell').save(weights/f'{args.name}.charlm')
    with atomic_write(weights/f'{args.name}.md', 'w') as f: f.write(card(args.name, out, data, found, evs['greedy']))

if __name__ == '__main__': main()
