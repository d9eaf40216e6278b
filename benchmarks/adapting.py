"""How many labelled words a reader of one person's hand needs, from three starts.

Claim: a start from synthetic words, and more so one from other people's lines, saves most of the words that training from
nothing needs.

    HCR_DATA=... python benchmarks/adapting.py [--other lines-fr] [--json FILE]

The hand is that of the one writer of `words`; her 1,800 validation words judge each run once. 50, 200, 1,000 and 5,000
words are drawn at random from the training part (the smaller sets are parts of the larger ones). Starts: random weights;
`synthetic`, a network that has seen nothing but English words set from EMNIST's characters; `other`, a model file of
lines by other writers that has not seen this hand (the shipped `words-en` has, so it cannot be a start here). Every run:
the same network, Muon, one cycle, the best epoch by a tenth that is held back, seed 42. Rows are kept in
`experiments/adapting.jsonl`, and what is there is not run again.
"""
import argparse, json, sys, time
from pathlib import Path

import numpy as np

from hcr.data import get_data
from hcr.line_train import evaluate_lines, train_lines
from hcr.lines import get_lines
from hcr.synthetic import LineMaker

from common import kept, machine, table

folder = Path('experiments/adapting')
epochs = {50: 40, 200: 40, 1000: 20, 5000: 10}

def quiet(line): print('   ', line, file=sys.stderr, flush=True)

def start_file(start, other):
    "The model to start from; the synthetic one is trained when it is first wanted"
    if start != 'synthetic': return None if start == 'nothing' else other
    path = folder/'synthetic.safetensors'
    if not path.exists():
        maker = LineMaker(get_data('emnist-byclass'), get_lines('words').texts)
        train_lines(maker.data(1000, 1), epochs=8, bs=32, opt='muon', synthetic='emnist-byclass', more=7000, run=folder/'synthetic', out=path, echo=quiet)
    return path

def one_run(key, other):
    "Train and judge once"
    init, n, data, begun = start_file(key['start'], other), key['words'], get_lines('words'), time.time()
    if n:
        data = data[np.random.default_rng(0).permutation(len(data))[:n]]
        init = train_lines(data, epochs=epochs[n], bs=16, opt='muon', valid=.1, init=init, run=folder/f'{key["start"]}-{n}', echo=quiet)[0]
    return dict({k: v for k, v in evaluate_lines(init, 'words').summary().items() if k.startswith('cer')}, seconds=round(time.time()-begun))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--other', default='lines-fr', help='a model that has not seen this hand')
    p.add_argument('--json', help='write all rows to this file')
    a = p.parse_args()
    keys = [dict(start=s, words=n) for s in ('synthetic', 'other', 'nothing') for n in (0, *epochs) if n or s != 'nothing']
    rows = list(kept(folder.with_suffix('.jsonl'), keys, lambda key: one_run(key, a.other)))
    table([[r['start'], f'{r["words"]:,}', f'{r["cer"]:.1%}', f'{r["cer_low"]:.1%} to {r["cer_high"]:.1%}', r['seconds']] for r in rows],
          ['start', 'words', 'CER', '95% interval', 's/run'])
    print(machine('torch', 'fastai'))
    if a.json: Path(a.json).write_text(json.dumps(rows, indent=1)+'\n')

if __name__ == '__main__': sys.exit(main())
