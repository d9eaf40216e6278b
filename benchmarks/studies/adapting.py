"""How many labelled words a reader of one person's hand needs, from several starts.

Claim: a start from synthetic words saves most of the labelled words that training from nothing needs, and a start from
other people's real lines more.

    HCR_DATA=... python benchmarks/run.py adapting [--json FILE]

Two hands. `words`: the one writer of the English words; her 1,800 validation words judge each run once, and of her
training part 50, 200, 1,000 and 5,000 words are drawn at random. The shipped readers have seen this hand, so they are no
starts here. `will`: the writer of the validation part of the wills with the most lines, 154, whom no reader has seen; her
last 40 lines judge, and the lines before give 50, 200 and 800 words. Starts: `nothing` (random weights); `synthetic`, a
network that has seen nothing but English words set from EMNIST's characters; `words-en`; `lines-fr`. With 0 words a start
is judged as it is. Every run: the same network, Muon, one cycle, the best epoch by what is held back, seed 42. Rows are
kept in `experiments/adapting.jsonl`, and what is there is not run again.

About 8 hours on two cores; n=1.
"""
import argparse, json, sys, time
from pathlib import Path

import numpy as np

from hcr.data import get_data
from hcr.lines.train import evaluate_lines, line_geometry, train_lines
from hcr.lines.data import get_lines
from hcr.lines.synthetic import LineMaker

from common import kept, machine, table

folder = Path('experiments/adapting')
epochs = {50: 40, 200: 40, 800: 20, 1000: 20, 5000: 10}
gently = dict(opt='adam', lr=1e-3, bs=8, epochs=20) # for a start that reads the hand already, chosen on another writer
starts = {'words': ('nothing', 'synthetic'), 'will': ('nothing', 'synthetic', 'words-en', 'lines-fr')}
sizes = {'words': (50, 200, 1000, 5000), 'will': (50, 200, 800)}

def quiet(line): print('   ', line, file=sys.stderr, flush=True)

def start_file(start):
    "The model to start from; the synthetic one is trained when it is first wanted"
    if start != 'synthetic': return None if start == 'nothing' else start
    path = folder/'synthetic.safetensors'
    if not path.exists():
        maker = LineMaker(get_data('emnist-byclass'), get_lines('words').texts)
        train_lines(maker.data(1000, 1), epochs=8, bs=32, opt='muon', synthetic='emnist-byclass', n_synthetic=7000, run=folder/'synthetic', out=path, echo=quiet)
    return path

def parts(hand, n, geometry):
    "What `n` words of a hand are trained on, and what it is judged on, as the start wants lines to lie"
    if hand == 'words':
        data = get_lines('words', geometry=geometry)
        return data[np.random.default_rng(0).permutation(len(data))[:n]], get_lines('words', split='valid', geometry=geometry)
    data = get_lines('lines', split='valid', geometry=geometry)
    one = data[np.flatnonzero(np.array(data.writers) == max(set(data.writers), key=data.writers.count))]
    so_far = np.cumsum([len(t.split()) for t in one.texts[:-40]])
    return one[np.arange(np.searchsorted(so_far, n)+1)], one[np.arange(len(one)-40, len(one))]

def one_run(key):
    "Train and judge once"
    hand, start, n = key['hand'], key['start'], key['words']
    init, begun = start_file(start), time.time()
    data, test = parts(hand, n, line_geometry(init))
    if n:
        how = gently if start == 'lines-fr' else dict(opt='muon', bs=16, epochs=epochs[n])
        init = train_lines(data, valid=.1 if n > 200 else .2, init=init, run=folder/f'{hand}-{start}-{n}', echo=quiet, **how)[0]
    return dict({k: v for k, v in evaluate_lines(init, test).summary().items() if k.startswith('cer')}, seconds=round(time.time()-begun))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--json', help='write all rows to this file')
    a = p.parse_args()
    keys = [dict(hand=h, start=s, words=n) for h in starts for s in starts[h] for n in (0, *sizes[h]) if n or s != 'nothing']
    rows = list(kept(folder.with_suffix('.jsonl'), keys, one_run))
    table([[r['hand'], r['start'], f'{r["words"]:,}', f'{r["cer"]:.1%}', f'{r["cer_low"]:.1%} to {r["cer_high"]:.1%}', r['seconds']] for r in rows],
          ['hand', 'start', 'words', 'CER', '95% interval', 's/run'])
    print(machine('torch', 'fastai'))
    if a.json: Path(a.json).write_text(json.dumps(rows, indent=1)+'\n')

if __name__ == '__main__': sys.exit(main())
