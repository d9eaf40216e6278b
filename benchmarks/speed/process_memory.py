"""How much memory do several training processes take to hold one data set?

    python benchmarks/run.py process_memory [--images 814255]

Digits that come with scikit-learn, repeated until there are as many as EMNIST by class has, are written as MNIST's files.
One, two and four processes prepare to train on them, once as `hcr train --processes` starts them, where one reads and all
share, and once each for itself. The memory is Linux's proportional set size: a page that three processes share counts a
third for each. What an empty process has, which imports the same, is taken off.

About 10 minutes on two cores; n=1.
"""
import argparse, os, subprocess, sys, tempfile
from pathlib import Path

import numpy as np
from common import claims

from hcr.data import get_data
from hcr.files.idx import write_idx

work = """
import os, sys, time
from hcr.data import get_data
from hcr.loaders import char_dls
def number(file, key): return int(open(f'/proc/self/{file}').read().split(key)[1].split()[0])/1024
def held(): return number('smaps_rollup', 'Pss:')
before, own = held(), os.environ.get('HCR_EACH')
if own: os.environ.pop('HCR_SHARED', None)
start = time.time()
data = get_data('mnist', root=sys.argv[1], download=False)
dls = char_dls(data, device='cpu')
seconds, done = time.time()-start, os.path.join(sys.argv[1], 'done')
def wait(i):
    open(f'{done}{i}-{os.environ["RANK"]}', 'w').close()
    while sum(o.startswith(f'done{i}-') for o in os.listdir(sys.argv[1])) < int(os.environ['WORLD_SIZE']): time.sleep(.1)
wait(0) # all hold theirs
now = held()
wait(1) # all have looked
peak = number('status', 'VmHWM:')
os.write(1, f'memory {before} {now} {peak} {seconds}\\n'.encode())
"""

def measure(folder, n, each):
    "Megabytes that `n` processes hold together more than before, the largest peak, and the seconds until all are ready"
    for o in folder.glob('done*'): o.unlink()
    script = folder/'work.py'
    script.write_text(work)
    args = [str(script), str(folder)]
    code = (f'from hcr.distributed import launch; launch({n}, {args!r})' if n > 1 else
            f'import os, runpy, sys; os.environ.update(RANK="0", WORLD_SIZE="1"); sys.argv = {args!r}; runpy.run_path({args[0]!r})')
    env = {**os.environ, **({'HCR_EACH': '1'} if each else {})}
    said = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, env=env)
    rows = np.array([o.split()[1:] for o in said.stdout.splitlines() if o.startswith('memory')], float)
    if len(rows) != n: sys.exit(said.stderr[-1000:])
    before, now, peak, seconds = rows.T
    return (now-before).sum(), peak.max(), seconds.max()

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--images', type=int, default=814_255)
    a = p.parse_args()
    digits = get_data('digits')
    rows = np.arange(a.images) % len(digits)
    with tempfile.TemporaryDirectory() as d:
        folder = Path(d)
        (folder/'mnist').mkdir()
        write_idx(folder/'mnist/train-images-idx3-ubyte.gz', digits.images[rows])
        write_idx(folder/'mnist/train-labels-idx1-ubyte.gz', digits.labels[rows].astype(np.uint8))
        print(f'{a.images:,} images, {a.images*784/2**20:.0f} MB\nprocesses  reading   together MB  largest peak MB  seconds')
        used = {}
        for n, each in [(1, True), (2, False), (2, True), (4, False), (4, True)]:
            mb, peak, seconds = used[n, each] = measure(folder, n, each)
            print(f'{n:9}  {"each" if each else "one":8} {mb:12.0f} {peak:16.0f} {seconds:8.1f}', flush=True)
    return claims(('memory of four processes that share / of one', used[4, False][0]/used[1, True][0], '<=', 1.5))

if __name__ == '__main__': sys.exit(main())
