"""How much it flatters to choose by the test set: one network of the recipe `digits-teacher`, several seeds, watched on MNIST's test images.

    HCR_DATA=... python benchmarks/run.py selection [--seeds 5] [--json FILE]

After each epoch the test images are read as well, which nothing that is trained or saved depends on. The table compares what an
honest protocol reports (the epoch that validation chose; the mean of all seeds) with what one gets by choosing the epoch, the seed,
or both, on the test images. All seeds hold back the same validation part. Models and rows are kept in `experiments/selection`; a
seed that is there is not run again. The last lines judge the ensemble of all seeds, and say which seed validation would choose.

About 5 hours on two cores; n=5 seeds.
"""
import argparse, json, statistics, sys
from pathlib import Path
from types import SimpleNamespace
import hcr.train
import numpy as np
import torch
from common import kept, machine, table
from fastai.callback.core import Callback
from hcr.data import get_data
from hcr.calibration import accuracy_interval
from hcr.callbacks import last_row
from hcr.loaders import norm_stats
from hcr.ensemble import join_models
from hcr.recipes import recipes
from hcr.train import evaluate_model, train_step, validation_logits

FOLDER = Path('experiments/selection')
SETTINGS = {k: v for k, v in recipes['digits-teacher'].items() if k != 'members'}
make, made = hcr.train.photographed, {}

def photographed_once(data, n, seed):
    "The pictures are the same for all seeds, since what is held back is; they take minutes to make"
    if (n, seed) not in made: made[n, seed] = make(data, n, seed)
    return made[n, seed]

class WatchTest(Callback):
    "Note down the accuracy on validation and on test after each epoch"
    order = 58
    def __init__(self, test): self.test, self.rows = test, []
    def after_epoch(self):
        mean, std = norm_stats(self.dls)
        test = self.test.with_geometry(self.dls.valid_ds.data.geometry)
        right = validation_logits(self.model, SimpleNamespace(mean=mean, std=std), test).argmax(1) == test.labels
        self.rows.append(dict(valid=float(last_row(self.learn)['accuracy']), loss=float(last_row(self.learn)['valid_loss']), test=float(right.mean())))

def one_run(key):
    "Train with one seed, watched, and judge"
    watch = WatchTest(get_data('mnist', split='test'))
    out = FOLDER/f'seed{key["seed"]}.safetensors'
    train_step(get_data('mnist'), f'selection-{key["seed"]}', out=out, echo=lambda s: print(s, file=sys.stderr, flush=True), split=1, cbs=watch, **key, **SETTINGS)
    ev = evaluate_model(out, 'mnist').summary()
    return dict(file=str(out), epochs=watch.rows, test=ev['accuracy'], nll=ev['nll'], ece=ev['ece'])

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--seeds', type=int, nargs='+', default=[1, 2, 3, 4, 5])
    p.add_argument('--threads', type=int, default=0)
    p.add_argument('--json', help='write all rows to this file')
    a = p.parse_args()
    if a.threads: torch.set_num_threads(a.threads)
    hcr.train.photographed = photographed_once
    rows = list(kept(FOLDER/'rows.jsonl', [dict(seed=s) for s in a.seeds], one_run))
    n = len(get_data('mnist', split='test'))
    honest, best_epoch = [r['test'] for r in rows], [max(e['test'] for e in r['epochs']) for r in rows]
    low, high = accuracy_interval(round(np.mean(honest)*n), n)
    spread = statistics.stdev(honest) if len(honest) > 1 else 0
    table([['epoch by validation, mean of seeds', f'{100*np.mean(honest):.3f}'], ['  spread over seeds', f'{100*spread:.3f}'],
           ['  95% interval', f'{100*low:.2f} to {100*high:.2f}'], ['epoch by test, mean of seeds', f'{100*np.mean(best_epoch):.3f}'],
           ['epoch by validation, seed by test', f'{100*max(honest):.3f}'], ['both by test', f'{100*max(best_epoch):.3f}'],
           ['ECE, mean of seeds', f'{100*np.mean([r["ece"] for r in rows]):.3f}']], ['MNIST test', '%'])
    chosen = max(rows, key=lambda r: max((e['valid'], -e['loss']) for e in r['epochs']))
    print(f'validation chooses seed {chosen["seed"]}: {100*chosen["test"]:.2f}%')
    if len(rows) > 1:
        held = get_data('mnist').split_off(.1, 1)[1]
        join_models([r['file'] for r in rows], held, FOLDER/'ensemble.safetensors')
        print('ensemble of all:', evaluate_model(FOLDER/'ensemble.safetensors', 'mnist'))
    print(machine('torch', 'fastai'))
    if a.json: Path(a.json).write_text(json.dumps(rows, indent=1))

if __name__ == '__main__': sys.exit(main())
