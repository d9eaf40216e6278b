"""What augmentation buys, with few and with many training images, on images like them and on others.

Claim: with 500 training images of MNIST any augmentation removes two fifths of the mistakes; with 5,000 mild ones remove a
fifth or more; and on digits that are turned, moved, slanted and scaled a strong one leaves a third or less.

    HCR_DATA=... python benchmarks/run.py augmentation [--seeds 3] [--threads 1] [--json FILE]

`simple_cnn`, one cycle of Adam, about 25,000 images seen with 500, 50,000 with 5,000, whatever the augmentation. Judged on
5,000 other images of MNIST's training part, as they are, and after MNIST-C's rotate, shear, scale and translate, made
again (`accuracy/corruptions.py`): the mean of the four. MNIST's test images are not touched. Rows are kept in
`experiments/augmentation.jsonl`, and what is there is not run again.

About 70 minutes on two cores; n=3 seeds.
"""
import argparse, json, sys, time
from pathlib import Path

import numpy as np
import torch

from hcr.core import set_seed
from hcr.data import get_data
from hcr.learner import char_learner
from hcr.loaders import char_dls

from common import kept, machine, table
from corruptions import corrupt

epochs, levels = {500: 50, 5000: 10}, ('none', 'light', 'medium', 'strong')
moved = 'rotate', 'shear', 'scale', 'translate'

def one_run(key):
    "Train once; the share that is read right, as it is and moved"
    begun, data = time.time(), get_data('mnist')
    order = np.random.default_rng(key['seed']).permutation(len(data))
    few, judge = data[order[:key['images']]], data[order[-5000:]]
    set_seed(key['seed'])
    dls = char_dls(few, judge, bs=64, aug=key['level'], device='cpu')
    learn = char_learner(dls, 'simple_cnn')
    with learn.no_bar(), learn.no_logging(): learn.fit_one_cycle(epochs[key['images']])
    def right(images):
        with learn.no_bar(): probs, _ = learn.get_preds(dl=dls.test_dl(images))
        return float((probs.argmax(1).numpy() == judge.labels).mean())
    return dict(plain=right(judge.images), moved=float(np.mean([right(corrupt(judge.images, o)) for o in moved])), seconds=round(time.time()-begun))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--seeds', type=int, default=3)
    p.add_argument('--threads', type=int, default=1)
    p.add_argument('--json', help='write all rows to this file')
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    keys = [dict(images=n, level=o, seed=s) for s in range(a.seeds) for n in epochs for o in levels]
    rows = list(kept(Path('experiments/augmentation.jsonl'), keys, one_run))
    table([[r['images'], r['level'], r['seed'], f'{r["plain"]:.2%}', f'{r["moved"]:.2%}', r['seconds']] for r in rows],
          ['images', 'level', 'seed', 'right', 'right, moved', 'seconds'])
    print(machine('torch', 'fastai'))
    if a.json: Path(a.json).write_text(json.dumps(rows, indent=1)+'\n')

if __name__ == '__main__': sys.exit(main())
