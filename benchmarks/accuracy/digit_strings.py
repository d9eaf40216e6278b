"""Strings of four to eight handwritten digits, read by a network that has never seen a string of real digits.

Claim: a CRNN that starts from a classifier of MNIST's training digits and trains on synthetic strings of them reads
96% of strings of MNIST's test digits without a mistake.

    HCR_DATA=... python benchmarks/run.py digit_strings [--epochs 20] [--strings 8000] [--height 32] [--seeds 1] [--threads 1]

A tenth of the training digits is held back: strings of these are the validation part, which is only looked at. The test
strings are made once, of test digits, 2,000 of them, and judged once for each seed.

About 75 minutes on two cores; n=1 seed.
"""
import argparse, sys, time

import numpy as np
import torch
from common import claims

from hcr.core import set_seed
from hcr.lines.learner import line_learner
from hcr.data import get_data
from hcr.learner import char_learner
from hcr.lines.loaders import LineAugment, LineDataset, line_dls
from hcr.lines.train import validation_line_logits
from hcr.lines.ctc import greedy
from hcr.lines.image import LineGeometry
from hcr.loaders import char_dls, norm_stats
from hcr.modelfile.file import card_of, save_model
from hcr.optim import Muon
from hcr.lines.synthetic import Hand, LineMaker
from hcr.lines.evaluate import TextEvaluation

digits = list('0123456789')

def augment(height, strength):
    "Changes of strings of this height, `strength` times what is gentle"
    a, s = strength, strength*height/32
    return LineAugment(shear=8*a, shift=s, elastic=.6*s, scale=.1*a, thin=.2*a, thick=.4*a, blur=0, noise=0, fade=0, erase=0)

def maker(data, seed, height, n=20_000):
    "Strings of 4 to 8 of these digits, with little overlap; in a height of 32 they are as large as in MNIST, 20 pixels"
    rng = np.random.default_rng(seed)
    def hand(rng):
        return Hand(x=12.5*height/32, pen=0, gap=rng.uniform(-.05, .25), drift=rng.uniform(0, .15), jitter=.05, wide=rng.uniform(.9, 1.1), shapes=10)
    texts = [''.join(rng.choice(digits, rng.integers(4, 9))) for _ in range(n)]
    return LineMaker(data, texts, LineGeometry(height=height, spread=5.5), hand=hand)

def judge(learn, data):
    "How well strings are read"
    found = validation_line_logits(learn.model, card_of(learn), LineDataset(data, learn.dls.codec))
    read = learn.dls.codec.decode
    hyps = [d.text for z, _ in found for d in greedy(z.numpy(), learn.dls.codec, sure=False)]
    refs = [read([i for i in ids if i]) for _, y in found for ids in y.tolist()]
    return TextEvaluation(refs, hyps, data='strings of MNIST digits', split=data.split).summary()

def run(args, seed):
    "Train from the beginning, and judge"
    set_seed(seed)
    start, train, test = time.time(), get_data('mnist', split='train'), get_data('mnist', split='test')
    rest, held = train.split_off(.1, seed)
    chars = char_learner(char_dls(rest, held, bs=256, aug=args.char_aug, device='cpu'), 'column_cnn', opt_func=Muon, width=args.width)
    with chars.no_bar(), chars.no_logging(): chars.fit_one_cycle(args.char_epochs, 7e-3)
    valid = maker(held, seed+1, args.height).data(1000, 1)
    strings = maker(rest, seed, args.height)
    dls = line_dls(strings.data(500), valid, 32, augment(args.height, args.strength), digits, strings, args.strings, stats=norm_stats(chars.dls), device='cpu')
    learn = line_learner(dls, init=chars.model, opt_func=Muon, width=args.width)
    with learn.no_bar(): learn.fit_one_cycle(args.epochs, args.lr)
    seconds = time.time()-start
    if args.keep: save_model(learn, args.keep)
    with chars.no_bar(): single = float(chars.validate()[1])
    return seconds, single, judge(learn, valid), judge(learn, maker(test, 2, args.height).data(2000, 2))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--epochs', type=int, default=20, help='through the strings')
    p.add_argument('--char-epochs', type=int, default=10, help='through the digits, before')
    p.add_argument('--char-aug', default='light', help='augmentation of the digits, as in `char_augs`')
    p.add_argument('--strings', type=int, default=8000, help='new ones in each epoch')
    p.add_argument('--lr', type=float, default=2.5e-3, help='highest learning rate of the cycle')
    p.add_argument('--height', type=int, default=32, help='of the strings, pixels')
    p.add_argument('--strength', type=float, default=1, help='of the augmentation')
    p.add_argument('--width', type=int, default=48, help='channels of the first layer')
    p.add_argument('--seeds', type=int, default=1)
    p.add_argument('--threads', type=int, default=1)
    p.add_argument('--keep', help='write the network (of the last seed) to this file')
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    print(f'{"seed":>4} {"minutes":>8} {"digits right":>13} {"valid strings":>14} {"test strings":>13} {"test CER":>9}')
    right = []
    for seed in range(args.seeds):
        seconds, acc, valid, test = run(args, seed)
        right.append(test['exact'])
        print(f'{seed:4} {seconds/60:8.1f} {acc:13.2%} {valid["exact"]:14.2%} {test["exact"]:13.2%} {test["cer"]:9.2%}', flush=True)
    return claims(('strings right, mean of seeds', sum(right)/len(right), '>=', .96))

if __name__ == '__main__': sys.exit(main())
