"""How cost grows with the number of images: throughput and peak memory of training and of prediction.

    HCR_DATA=data python benchmarks/run.py growth

MNIST's training images, repeated or cut to the number wanted, in one IDX file that is not compressed. Training: one
epoch of simple_cnn (at most its first 300,000 images), as `hcr train` does it, with the file in memory and mapped.
Prediction: `hcr predict`, with the shipped model, on the file, into a file. Peak memory is that of the largest process;
the pages of a mapped file count, although the system may take them back.

About 25 minutes on two cores; n=1.
"""
import argparse, json, sys, tempfile, time
from pathlib import Path

from common import child, claims, machine, table, timed

MOST = 300_000  # images of an epoch

def train_once(folder, how):
    from fastai.callback.training import ShortEpochCallback
    from hcr.data import CharData
    from hcr.files.idx import map_idx, read_idx
    from hcr.learner import char_learner
    from hcr.loaders import char_dls
    images = (map_idx if how == 'mapped' else read_idx)(Path(folder)/'images-idx3-ubyte')
    start = time.perf_counter()
    dls = char_dls(CharData(images, read_idx(Path(folder)/'labels-idx1-ubyte'), list('0123456789'), 'grown'))
    learn = char_learner(dls)
    ready = time.perf_counter()
    part = min(1, MOST/len(images))
    with learn.no_bar(), learn.no_logging(): learn.fit_one_cycle(1, cbs=ShortEpochCallback(part, short_valid=True))
    seen = part*len(images)  # training and validation together
    rate = seen/(time.perf_counter()-ready)
    peak = next(o for o in Path('/proc/self/status').read_text().splitlines() if o.startswith('VmHWM'))  # in kB
    return dict(setup=ready-start, rate=rate, mb=int(peak.split()[1])/1000)

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--thousand', nargs='+', type=int, default=[1, 10, 100, 1000])
    a = p.parse_args()
    import numpy as np
    from hcr.data import get_data
    from hcr.files.idx import write_idx
    mnist, rows, memory = get_data('mnist'), [], []
    for n in a.thousand:
        with tempfile.TemporaryDirectory() as d:
            write_idx(Path(d)/'images-idx3-ubyte', np.resize(mnist.images, (n*1000, 28, 28)))
            write_idx(Path(d)/'labels-idx1-ubyte', np.resize(mnist.labels, n*1000).astype(np.uint8))
            row = [f'{n},000']
            for how in ('memory', 'mapped'):
                r = child(__file__, d, how)
                row += [f'{r["rate"]:,.0f}', f'{r["mb"]:,.0f}']
            hcr = Path(sys.executable).with_name('hcr')
            seconds, mb, _ = timed([hcr, 'predict', Path(d)/'images-idx3-ubyte', '--out', Path(d)/'out.txt'])
            memory.append(mb)
            rows.append([*row, f'{n*1000/seconds:,.0f}', f'{mb:,.0f}'])
            print(rows[-1], file=sys.stderr, flush=True)
    table(rows, ['images', 'training, images/s', 'MB', 'mapped, images/s', 'MB', 'hcr predict, images/s', 'MB'])
    print(machine('torch', 'fastai', 'onnxruntime'))
    return claims(('peak memory of hcr predict for the most images / for the fewest', memory[-1]/memory[0], '<=', 8))

if __name__ == '__main__':
    if '--one' in sys.argv: print(json.dumps(train_once(*sys.argv[2:4])))
    else: sys.exit(main())
