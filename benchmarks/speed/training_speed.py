"""Trains at least 4x as fast as fastai's stock pipeline from PNG files, and as fast as a loop written by hand (5.0x and 1.9x measured).

    HCR_DATA=data python benchmarks/run.py training_speed

simple_cnn, MNIST, batches of 128, one epoch of training without validation, bfloat16 where the processor has it (fastai's
stock pipeline in float32, as it comes). `hcr, same work` does what the loop does, through a fastai Learner; `hcr` is what
`hcr train` does, with augmentation and a running mean of the weights. The loop has its images normalised beforehand, as
floats in memory. PNG files: the first 10,000 training images, 28x28. Ends with where the time of a step goes, and the limits.

About 15 minutes on two cores; n=5.
"""
import argparse, json, math, sys, tempfile, time

from common import child, claims, in_turn, machine, median_ratio, ratio, table

BS = 128

def timed_fit(learn):
    "Images per second of one epoch through a Learner, without its validation"
    from fastai.callback.core import Callback
    clock = []
    def note(cb=None): clock.append(time.perf_counter())
    with learn.no_bar(), learn.no_logging():
        learn.fit_one_cycle(1, 3e-3, cbs=Callback(before_train=note, after_train=note))
    return len(learn.dls.train)*BS/(clock[1]-clock[0])

def hcr_images(full):
    from hcr.data import get_data
    from hcr.learner import char_learner
    from hcr.loaders import char_dls
    dls = char_dls(get_data('mnist'), bs=BS, aug='light' if full else None)
    return timed_fit(char_learner(dls, ema=.99 if full else 0))

def stock_images(folder):
    from fastai.vision.all import CrossEntropyLossFlat, ImageDataLoaders, Learner, PILImageBW
    from hcr.models import simple_cnn
    dls = ImageDataLoaders.from_folder(folder, valid_pct=.1, bs=BS, img_cls=PILImageBW)
    return timed_fit(Learner(dls, simple_cnn(), CrossEntropyLossFlat()))

def loop_images():
    import torch
    from torch.nn.functional import cross_entropy
    from hcr.core import half_is_faster
    from hcr.data import get_data
    from hcr.models import simple_cnn
    rest, _ = get_data('mnist').split_off()
    x, y = (torch.from_numpy(rest.images)[:, None].float()/255-.1307)/.3081, torch.from_numpy(rest.labels)
    model = simple_cnn().to(memory_format=torch.channels_last).train()
    opt, half, n = torch.optim.AdamW(model.parameters(), 3e-3), half_is_faster('cpu'), len(x)//BS
    start = time.perf_counter()
    for rows in torch.randperm(len(x))[:n*BS].split(BS):
        with torch.autocast('cpu', torch.bfloat16, enabled=half): logits = model(x[rows])
        cross_entropy(logits.float(), y[rows]).backward()
        opt.step()
        opt.zero_grad()
    return n*BS/(time.perf_counter()-start)

def where_time_goes(arch):
    "Share of a training step by operation, and the limits that arithmetic and memory set"
    import torch
    from torch.nn.functional import cross_entropy
    from hcr.learner import keep_memory
    from hcr.core import half_is_faster
    from hcr.models import create_model, model_table
    keep_memory()
    model, half = create_model(arch).to(memory_format=torch.channels_last).train(), half_is_faster('cpu')
    x, y = torch.randn(BS, 1, 28, 28), torch.randint(0, 10, (BS,))
    def step():
        with torch.autocast('cpu', torch.bfloat16, enabled=half): logits = model(x)
        cross_entropy(logits.float(), y).backward()
    def seconds(f, n=30):
        for _ in range(5): f()
        t = []
        for _ in range(n): start = time.perf_counter(); f(); t.append(time.perf_counter()-start)
        return sorted(t)[n//2]
    took = seconds(step)
    a = torch.randn(2048, 2048, dtype=torch.bfloat16 if half else torch.float32)
    flops = 2*2048**3/seconds(lambda: a@a)
    here, there = torch.ones(1<<26), torch.ones(1<<26)
    bandwidth = 2*here.nbytes/seconds(lambda: there.copy_(here), 9)
    layers = model_table(model)
    work = 3*2*int(layers.multiplications.sum())*BS  # forward, and backward for weights and for inputs
    sizes = [math.prod(map(int, o.split('x'))) for o in layers.output]
    moved = sum(sizes)*BS*(2 if half else 4)*5  # written once, read by the next layer; backward reads both and writes one
    with torch.profiler.profile() as p:
        for _ in range(10): step()
    ops = sorted(p.key_averages(), key=lambda o: -o.self_cpu_time_total)
    total = sum(o.self_cpu_time_total for o in ops)
    top = {o.key.replace('aten::', ''): round(o.self_cpu_time_total/total, 3) for o in ops[:8]}
    return dict(step_ms=took*1e3, arithmetic_ms=work/flops*1e3, memory_ms=moved/bandwidth*1e3, gflops=flops/1e9,
                gbytes=bandwidth/1e9, top=top)

OPTIONS = {'as torch comes': '', 'memory kept': 'keep', 'channels last': 'last', 'bfloat16': 'half', 'all three': 'keep last half',
           'all three, one thread': 'keep last half single', 'all three, torch.compile': 'keep last half compile'}

def step_rate(arch, options):
    "Images per second of forward, backward and Adam with some options, and the seconds that the first step took"
    import torch
    from torch.nn.functional import cross_entropy
    from hcr.learner import keep_memory
    from hcr.models import create_model
    if 'keep' in options: keep_memory()
    if 'single' in options: torch.set_num_threads(1)
    model = create_model(arch).train()
    if 'last' in options: model = model.to(memory_format=torch.channels_last)
    opt, x, y = torch.optim.AdamW(model.parameters(), fused=True), torch.randn(BS, 1, 28, 28), torch.randint(0, 10, (BS,))
    if 'compile' in options: model = torch.compile(model)
    def step():
        with torch.autocast('cpu', torch.bfloat16, enabled='half' in options): logits = model(x)
        cross_entropy(logits.float(), y).backward()
        opt.step()
        opt.zero_grad()
    times = []
    for _ in range(60):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter()-start)
    return dict(rate=BS/sorted(times[10:])[25], first=times[0])

def one(name, arg, *more):
    if name == 'rate': return step_rate(arg, more[0].split())
    if name == 'step': return where_time_goes(arg)
    f = {'hcr': lambda: hcr_images(True), 'same': lambda: hcr_images(False), 'loop': loop_images,
         'stock': lambda: stock_images(arg)}[name]
    return f()

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--repeats', type=int, default=5)
    a = p.parse_args()
    from hcr.data import get_data, save_images
    with tempfile.TemporaryDirectory() as d:
        save_images(get_data('mnist')[:10_000], d, by_class=True, zoom=1)
        who = {name: lambda name=name: child(__file__, name, d) for name in ('hcr', 'same', 'loop', 'stock')}
        found = in_turn(who, a.repeats)
    med = {k: sorted(v)[len(v)//2] for k, v in found.items()}
    table([['hcr, as `hcr train` does it', f'{med["hcr"]:,.0f}', ratio(found['hcr'], found['stock']), '5x'],
           ['hcr, same work as the loop', f'{med["same"]:,.0f}', ratio(found['same'], found['loop']), '0.95x'],
           ['loop written by hand', f'{med["loop"]:,.0f}', '', ''],
           ["fastai's ImageDataLoaders from PNG files", f'{med["stock"]:,.0f}', '', '']],
          ['training, simple_cnn, batches of 128', 'images/s', 'hcr against it', 'asked'])
    archs = 'simple_cnn', 'deep_cnn', 'fast_cnn'
    print()
    tried = {(arch, name): child(__file__, 'rate', arch, o) for arch in archs for name, o in OPTIONS.items()}
    table([[name, *[f'{tried[arch, name]["rate"]:,.0f}' for arch in archs], f'{tried["fast_cnn", name]["first"]:.1f}'] for name in OPTIONS],
          ['forward, backward, Adam: images/s', *archs, 'first step, s'])
    for arch in archs:
        s = child(__file__, 'step', arch)
        print(f'\n{arch}: a step (forward and backward, {BS} images) takes {s["step_ms"]:.1f} ms; its arithmetic alone would take '
              f'{s["arithmetic_ms"]:.1f} ms at the {s["gflops"]:,.0f} GFLOP/s of a large matrix product, its memory traffic '
              f'{s["memory_ms"]:.1f} ms at {s["gbytes"]:.0f} GB/s.\n  '+', '.join(f'{k} {100*v:.0f}%' for k, v in s['top'].items()))
    print(machine('torch', 'fastai'))
    return claims(("images/s of hcr train / fastai's stock pipeline from PNG files", median_ratio(found['hcr'], found['stock']), '>=', 4),
                  ('images/s of the same work / a loop written by hand', median_ratio(found['same'], found['loop']), '>=', .95))

if __name__ == '__main__':
    if '--one' in sys.argv: print(json.dumps(one(*sys.argv[2:])))
    else: sys.exit(main())
