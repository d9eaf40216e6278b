"""Images read a second on Ray, by the number of workers, and what a million would cost.

Claim: two workers on two cores read nearly twice as many images as one, and Ray costs little over plain processes.

    python benchmarks/run.py ray_throughput [--images 16000] [--workers 1 2] [--price .05]

Needs the extra `ray`. The images are scikit-learn's digits as PNG files of 60x60 pixels, in a Parquet file with groups
of 1,000. `predict_many`, the same work by plain processes, runs beside it on the same images; both are timed twice and
the better one counts. The time that Ray takes to start its workers is told apart. `--price` is dollars for an hour of one
core; what clouds ask for it lies about there. The last lines say what one core does with its time.

About 6 minutes on two cores; n=2.
"""
import argparse, io, logging, os, sys, tempfile, time
from pathlib import Path

import numpy as np
from PIL import Image

from hcr.bulk import predict_many
from hcr.cluster import predict_on_ray
from hcr.core import need
from hcr.data import get_data
from hcr.inference import Recognizer

from common import claims, machine, table

def pictures(n):
    "PNG files"
    rng, digits, files = np.random.default_rng(0), get_data('digits').images, []
    for i in range(min(n, 2000)):
        paper = np.full((60, 60), 255, np.uint8)
        y, x = rng.integers(0, 32, 2)
        paper[y:y+28, x:x+28] -= digits[i % len(digits)]
        Image.fromarray(paper).save(f := io.BytesIO(), 'PNG')
        files.append(f.getvalue())
    return [files[i % len(files)] for i in range(n)]

def write(path, files):
    pa, pq = need('pyarrow', 'ray'), need('pyarrow.parquet', 'ray')
    pq.write_table(pa.table(dict(image=files)), path, row_group_size=1000)

def on_ray(tmp, files, workers, i):
    "Seconds for a few images, which are mostly the start, and for all"
    ray, times = need('ray', 'ray'), []
    ray.init('local', num_cpus=max(workers, os.cpu_count()), log_to_driver=False, logging_level=logging.ERROR)
    for name in ('few', 'all'):
        start = time.time()
        predict_on_ray([tmp/f'{name}.parquet'], tmp/f'{name}-{workers}-{i}', workers=workers)
        times.append(time.time()-start)
    ray.shutdown()
    return times

def by_processes(files, workers):
    start = time.time()
    for _ in predict_many(((str(i), o) for i, o in enumerate(files)), workers=workers): pass
    return time.time()-start

def shares(files):
    "Microseconds that one core spends on an image, in all and in the network"
    rec = Recognizer.load('digits', 1)
    start = time.perf_counter()
    rec.predict(files, errors='keep')
    whole, chars = time.perf_counter()-start, np.zeros((len(files), 28, 28), np.uint8)
    start = time.perf_counter()
    rec.predict_array(chars)
    return 1e6*whole/len(files), 1e6*(time.perf_counter()-start)/len(files)

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--images', type=int, default=16_000)
    p.add_argument('--workers', type=int, nargs='*', default=[1, 2])
    p.add_argument('--price', type=float, default=.05, help='dollars for an hour of one core')
    a = p.parse_args()
    tmp, files, rows = Path(tempfile.mkdtemp()), pictures(a.images), []
    write(tmp/'all.parquet', files)
    few = files[:1000*max(a.workers)]
    write(tmp/'few.parquet', few)
    rates = {}
    for n in a.workers:
        started, whole = np.min([on_ray(tmp, files, n, i) for i in range(2)], 0)
        plain = min(by_processes(files, n) for _ in range(2))
        rate = (len(files)-len(few))/(whole-started) # both begin with a start
        rates[n] = rate, rate*plain/len(files)
        rows.append([n, f'{started:.1f}', f'{rate:,.0f}', f'{len(files)/plain:,.0f}', f'{rate*plain/len(files):.2f}', f'${1e6/rate/3600*n*a.price:.3f}'])
    table(rows, ['workers', 'start and first portions, s', 'images/s on Ray', 'images/s by processes', 'ratio', 'a million images'])
    whole, network = shares(files[:2000])
    print(f'one core, microseconds an image: {whole:.0f} in all, {network:.0f} of them in the network')
    print(machine('ray', 'pyarrow', 'onnxruntime'))
    low, high = min(rates), max(rates)
    return claims((f'images/s of {high} workers / of {low}, for each worker more', rates[high][0]/rates[low][0]*low/high, '>=', .8),
                  *((f'images/s on Ray / by processes, {n} workers', r, '>=', .8) for n, (_, r) in rates.items()))

if __name__ == '__main__': sys.exit(main())
