"""Reads at least 3.5x as many images a second as eager PyTorch as it comes, and one image 3x as fast (simple_cnn; 4.2x and 3.4x measured).

    python benchmarks/run.py prediction_speed

Untrained weights and random images: speed does not depend on them. Each contender takes its best batch size; the time
of one image is the median of 1,000 calls on one thread. PyTorch gets floats that are normalised already and computes
logits, under `inference_mode`, as it comes and with its two best options; hcr starts from uint8 and ends with
calibrated probabilities.

About 8 minutes on two cores; n=5.
"""
import argparse, json, os, statistics, sys, tempfile, time
from pathlib import Path

import numpy as np

from common import child, claims, in_turn, machine, median_ratio, ratio, table

CONTENDERS = 'hcr', 'eager', 'eager, channels last', 'eager, channels last, bfloat16'
BATCHES = (32, 64, 128, 256, 512, 1024, 2048)

def best_rate(f, images):
    "Images per second at the best batch size, and that batch size"
    best = (0, 0)
    for bs in BATCHES:
        x, times = images[:bs], []
        for _ in range(4): f(x)
        while sum(times) < .3 or len(times) < 5:
            start = time.perf_counter()
            f(x)
            times.append(time.perf_counter()-start)
        best = max(best, (bs/statistics.median(times), bs))
    return best

def latency(f, x, n=1000):
    "Median milliseconds for one image"
    times = []
    for i in range(n+200):
        start = time.perf_counter()
        f(x)
        times.append(time.perf_counter()-start)
    return statistics.median(times[200:])*1e3

def model_file(arch, path):
    "An untrained model of this architecture as a file"
    from hcr.modelfile import ModelCard, save_model
    from hcr.models import create_model
    save_model(create_model(arch), path, ModelCard(arch, dict(n_classes=10), list('0123456789'), .13, .31))

def eager(arch, threads, last, half):
    "A function from floats to logits, and its images"
    import torch
    from hcr.models import create_model
    torch.set_num_threads(threads)
    model, x = create_model(arch).eval(), torch.rand(max(BATCHES), 1, 28, 28)
    if last: model = model.to(memory_format=torch.channels_last)
    def f(x):
        with torch.inference_mode(), torch.autocast('cpu', torch.bfloat16, enabled=half): return model(x)
    return f, x

def one(who, path, arch):
    images = np.random.default_rng(0).integers(0, 256, (max(BATCHES), 28, 28), np.uint8)
    def pair(threads):
        if who != 'hcr': return eager(arch, threads, 'channels last' in who, 'bfloat16' in who)
        from hcr.inference import Recognizer
        rec = Recognizer(path, threads)
        return (lambda x: rec.predict_array(x, bs=len(x))), images
    rate, bs = best_rate(*pair(os.cpu_count()))
    f, x = pair(1)
    return dict(rate=rate, bs=bs, one=latency(f, x[:1]))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--repeats', type=int, default=5)
    p.add_argument('--arch', nargs='+', default=['simple_cnn', 'fast_cnn', 'deep_cnn'])
    a = p.parse_args()
    rows, held = [], []
    with tempfile.TemporaryDirectory() as d:
        for arch in a.arch:
            model_file(arch, Path(d)/f'{arch}.safetensors')
            who = {name: lambda name=name: child(__file__, name, Path(d)/f'{arch}.safetensors', arch)
                   for name in CONTENDERS}
            found = in_turn(who, a.repeats)
            def get(name, key): return [r[key] for r in found[name]]
            if arch == 'simple_cnn':
                held = [('images/s of hcr / those of eager PyTorch, best batch', median_ratio(get('hcr', 'rate'), get('eager', 'rate')), '>=', 3.5),
                        ('one image: seconds of eager PyTorch / those of hcr', median_ratio(get('eager', 'one'), get('hcr', 'one')), '>=', 3)]
            for name in who:
                vs = ['', '']
                if name != 'hcr': vs = ratio(get('hcr', 'rate'), get(name, 'rate')), ratio(get(name, 'one'), get('hcr', 'one'))
                rows.append([arch, name, f'{statistics.median(get(name, "rate")):,.0f}', found[name][0]['bs'], vs[0],
                             f'{statistics.median(get(name, "one")):.3f}', vs[1]])
    table(rows, ['network', 'by', 'images/s', 'batch', 'hcr faster by', 'one image, ms', 'hcr faster by'])
    print(machine('onnxruntime', 'torch', 'numpy'))
    return claims(*held)

if __name__ == '__main__':
    if '--one' in sys.argv: print(json.dumps(one(*sys.argv[2:5])))
    else: sys.exit(main())
