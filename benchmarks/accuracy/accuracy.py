"""Test accuracy of `hcr train` with its defaults, five epochs, the epoch chosen by validation, n seeds each.

    HCR_DATA=data python benchmarks/run.py accuracy --data mnist --arch simple_cnn deep_cnn --seeds 3

Trains on the training part less a tenth for validation, judges the saved file once on the test part, prints one table
(mean, spread and range over seeds; the 95% interval is Wilson's for the mean's number of right answers). Each run's row
is appended to `experiments/accuracy.jsonl` as it finishes; rows that are there already are not run again.

About 60 minutes on two cores; n=3 seeds.
"""
import argparse, platform, statistics, sys, time
from pathlib import Path

import torch
from common import claims, kept

from hcr.data import get_data
from hcr.calibration import accuracy_interval
from hcr.train import evaluate_model, train_model

ROWS = Path('experiments/accuracy.jsonl')

def one_run(key):
    "Train and judge once; `key` says what"
    start = time.time()
    data = get_data(key['data'])
    out = Path('experiments/accuracy')/'-'.join(map(str, key.values()))/'model.safetensors'
    path, learn = train_model(data, key['arch'], key['epochs'], seed=key['seed'], out=out, echo=print)
    trained = time.time()-start
    found = evaluate_model(path, key['data']).summary()
    return dict(trained_on=len(learn.dls.train_ds), seconds=round(trained), threads=torch.get_num_threads(), test=found)

def table(rows):
    "One line for each data set and architecture"
    print(f'{"data":17}{"network":12}{"trained on":>11}{"tested on":>10}{"seeds":>6}{"mean":>8}{"spread":>8}  {"range":14}{"95% interval":16}'
          f'{"NLL":>7}{"ECE":>7}{"s/run":>7}')
    for name, arch in dict.fromkeys((r['data'], r['arch']) for r in rows):
        mine = [r for r in rows if (r['data'], r['arch']) == (name, arch)]
        acc, n = [r['test']['accuracy'] for r in mine], mine[0]['test']['n']
        mean = statistics.mean(acc)
        low, high = accuracy_interval(round(mean*n), n)
        spread = f'{100*statistics.stdev(acc):.3f}' if len(acc) > 1 else '-'
        nll, ece = (statistics.mean(r['test'][k] for r in mine) for k in ('nll', 'ece'))
        print(f'{name:17}{arch:12}{mine[0]["trained_on"]:11,}{n:10,}{len(acc):6}{100*mean:8.2f}{spread:>8}  '
              f'{100*min(acc):.2f}-{100*max(acc):.2f}   {100*low:.2f}-{100*high:.2f}     {nll:7.4f}{100*ece:7.2f}'
              f'{statistics.median(r["seconds"] for r in mine):7.0f}')

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--data', nargs='+', default=['mnist'])
    p.add_argument('--arch', nargs='+', default=['simple_cnn', 'deep_cnn'])
    p.add_argument('--seeds', type=int, default=3)
    p.add_argument('--epochs', type=int, default=5)
    a = p.parse_args()
    keys = [dict(data=d, arch=m, epochs=a.epochs, seed=s) for d in a.data for m in a.arch for s in range(a.seeds)]
    rows = list(kept(ROWS, keys, one_run))
    table(rows)
    print(f'{a.epochs} epochs, otherwise the defaults of `hcr train`; {platform.processor() or platform.machine()}, {torch.get_num_threads()} threads, '
          f'torch {torch.__version__}, Python {platform.python_version()}')
    mnist = [r['test']['accuracy'] for r in rows if r['data'] == 'mnist']
    return claims(*[('lowest test accuracy on MNIST', min(mnist), '>=', .99)] if mnist else [])

if __name__ == '__main__': sys.exit(main())
