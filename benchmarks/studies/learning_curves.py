"""Accuracy against training images, against weights, and under several augmentations: networks trained on parts of EMNIST ByClass.

    HCR_DATA=... python benchmarks/run.py learning_curves [--seeds 3] [--json FILE]

Every run: `fast_cnn`, Muon, one cycle, the best epoch chosen on a tenth that was held back, judged once on the 80,645 images of
bymerge-test (merged by adding probabilities) and the 9,845 of byclass-test. Images: the first 1, 3, 10, 30 thousand of a seeded
order and all of them, width 32, augmentation `faithful`; more epochs where there are fewer images. Weights: all images, eight
epochs, widths 4 to 48. Augmentation: 30,000 images, width 32. Runs of 30,000 images or more have one seed, the others --seeds. Rows are kept in
`experiments/learning_curves.jsonl`, and what is there is not run again.

About 20 hours on two cores; n=3 seeds.
"""
import argparse, json, sys, time
from pathlib import Path
import numpy as np
from common import kept, machine, table
from hcr.data import get_data
from hcr.calibration import accuracy_interval
from hcr.train import evaluate_model, train_model

ROWS = Path('experiments/learning_curves.jsonl')
EPOCHS = {1_000: 60, 3_000: 40, 10_000: 20, 30_000: 12, 90_000: 8}

def one_run(key):
    "Train and judge once"
    start, data = time.time(), get_data('emnist-byclass')
    if key['images'] < len(data): data = data[np.random.default_rng(0).permutation(len(data))[:key['images']]]
    out = Path('experiments/learning_curves')/'-'.join(map(str, key.values()))/'model.safetensors'
    w = key['width']
    path, learn = train_model(data, 'fast_cnn', EPOCHS[key['images']], 7e-3, 256 if key['images'] > 5000 else 64, key['aug'], opt='muon',
        seed=key['seed'], out=out, width=w, features=4*w, dropout=.2)
    found = {d: evaluate_model(path, f'emnist-{d}').summary() for d in ('bymerge', 'byclass')}
    return dict(trained_on=len(learn.dls.train_ds), weights=sum(p.numel() for p in learn.model.parameters()), seconds=round(time.time()-start),
                **{d: {k: f[k] for k in ('n', 'accuracy', 'nll')} for d, f in found.items()})

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--seeds', type=int, default=3)
    p.add_argument('--json', help='write all rows to this file')
    a = p.parse_args()
    keys = [dict(images=n, width=32, aug='faithful', seed=s) for n in EPOCHS for s in range(a.seeds if n < 30_000 else 1)]
    keys += [dict(images=90_000, width=w, aug='faithful', seed=0) for w in (4, 8, 16, 48)]
    keys += [dict(images=30_000, width=32, aug=a, seed=0) for a in ('none', 'light', 'medium', 'photo', 'mixed')]
    rows = list(kept(ROWS, keys, one_run))
    lines = []
    for what in dict.fromkeys((r['images'], r['width'], r['aug']) for r in rows):
        mine = [r for r in rows if (r['images'], r['width'], r['aug']) == what]
        acc = [r['bymerge']['accuracy'] for r in mine]
        low, high = accuracy_interval(round(np.mean(acc)*mine[0]['bymerge']['n']), mine[0]['bymerge']['n'])
        lines.append([f'{mine[0]["trained_on"]:,}', mine[0]['aug'], f'{mine[0]["weights"]:,}', len(mine), f'{100*np.mean(acc):.2f}', f'{100*np.std(acc, ddof=1):.2f}' if len(acc) > 1 else '-',
                      f'{100*low:.2f} to {100*high:.2f}', f'{100*np.mean([r["byclass"]["accuracy"] for r in mine]):.2f}', f'{np.mean([r["seconds"] for r in mine]):.0f}'])
    table(lines, ['trained on', 'augmentation', 'weights', 'seeds', 'bymerge-test', 'spread', '95% interval', 'byclass-test', 's/run'])
    print(machine('torch', 'fastai'))
    if a.json: Path(a.json).write_text(json.dumps(rows, indent=1))

if __name__ == '__main__': sys.exit(main())
