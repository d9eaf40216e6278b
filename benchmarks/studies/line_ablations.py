"""What each part of the training of lines buys.

Of the start from words, synthetic lines, augmentation, spliced lines and stretched lines, only the differences that exceed
the interval count.

    HCR_DATA=... python benchmarks/run.py line_ablations [--epochs 6] [--threads 1] [--only NAME ...]

All runs follow the recipe `lines-fr` in one stage, stretched as `words-en` is and without spliced lines, with one thing
changed, from the same seed, on the same lines, for the same number of epochs; a run with spliced lines sees nearly twice as
many lines in each. Thirteen of the 108 writers of the training part, 270 lines, are held back; the validation part is not
touched. A run takes some ten minutes on one core. Rows are kept in `experiments/line_ablations.jsonl`, and what is there is
not run again.

About 6 hours on two cores; n=1.
"""
import argparse, sys, time
from pathlib import Path

import torch

from hcr.lines.train import train_line_recipe
from hcr.modelfile import read_model

from common import kept, machine, table

plain = dict(splice=0, stretch=1.5, valid=.12, stages=[{}])
changes = {
    'plain': {},
    'no start': dict(init=None),
    'no start, convolutions instead of LSTM': dict(init=None, context='conv', layers=4),
    'no synthetic lines': dict(synthetic=None),
    '2,000 synthetic lines an epoch': dict(n_synthetic=2000),
    'no augmentation': dict(aug=None),
    'Adam': dict(opt='adam'),
    'spliced': dict(splice=2000),
    'not stretched': dict(stretch=1.),
    'stretched twice': dict(stretch=2.)}

def one_run(key):
    "Train once; errors on the hands held back"
    begun, run = time.time(), Path('experiments/line_ablations')/key['change'].replace(' ', '-').replace(',', '')
    def echo(line): print('   ', line, file=sys.stderr, flush=True)
    path = train_line_recipe('lines-fr', echo=echo, **{**plain, 'epochs': key['epochs'], 'run': run, **changes[key['change']]})
    found = read_model(path)[0].figures['lines valid']
    return dict({k: found[k] for k in ('cer', 'cer_low', 'cer_high', 'wer')}, seconds=round(time.time()-begun))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--epochs', type=int, default=6)
    p.add_argument('--threads', type=int, default=1)
    p.add_argument('--only', nargs='*', default=list(changes), choices=list(changes), metavar='NAME', help='only these changes')
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    keys = [dict(change=o, epochs=a.epochs) for o in a.only]
    rows = list(kept(Path('experiments/line_ablations.jsonl'), keys, one_run))
    table([[r['change'], f'{r["cer"]:.1%}', f'{r["cer_low"]:.1%} to {r["cer_high"]:.1%}', f'{r["wer"]:.1%}', f'{r["seconds"]/60:.0f}'] for r in rows],
          ['change', 'CER', '95% interval', 'WER', 'minutes'])
    print(machine('torch', 'fastai'))

if __name__ == '__main__': sys.exit(main())
