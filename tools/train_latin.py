"""Train the reader `latin` and write a checkpoint for `tools/ship_latin.py`.

    HCR_DATA=... python tools/train_latin.py experiments/latin --minutes 60 [--init lines-fr]

Two processes on two cores share each step (gloo, bfloat16); each has another that draws pen strokes and fonts afresh for
every epoch. Real lines: all of the training parts of `lines-today`, `words-de`, `lines` and `words`, in the shares below.
The learning rate rises, stays, and falls to 0 at the end of the given minutes, so that a run is as long as the time there
is; `--init FOLDER/last.pt` starts the next one from the mean of the weights. The validation parts are read every twenty
minutes, to see how it goes; they choose nothing. Reading the real lines takes about
four minutes first; then both processes together train some 13,000 columns, or 30 lines and words, a second.

The shipped file is that of four runs: 52 minutes from `lines-fr`, then 48, 62 and 112 minutes, each from the run before, on
two cores that had other work as well. The first drew strokes in a simpler way, and `words` and `lines` had smaller
shares before the last.
"""
import argparse, math, os, sys, time
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parent.parent/'benchmarks'/o) for o in ('', 'accuracy')]
from many_hands import plain

SHARES = {'lines-today': 1., 'words-de': .7, 'lines': 2., 'words': 1.5} # of the lines of each part in an epoch
STROKES, FONTS = 7000, 1000 # lines that are drawn for an epoch
VALID = {'lines-today': 160, 'unipen-lines': 160, 'unipen-words': 600, 'words-de': 400, 'lines': 160, 'words': 500}
EXTRA = 'äöüÄÖÜßẞàâçéèêëîïôùûœæÀÂÇÉÈÊËÎÏÔÙÛŒÆñÑáíóúÁÍÓÚ¿¡«»€£§°åÅøØãõÃÕìòÌÒ'

def log(text): print(f'{datetime.now():%H:%M:%S} {text}', flush=True)

def geometry():
    from hcr.lines.image import LineGeometry
    return LineGeometry(stretch=1.5)

def pieces(rng, n=40_000):
    "Pieces of running text of one to eight words, and codes"
    from hcr.core import data_root
    from hcr.pens import random_code
    out = [random_code(rng) for _ in range(n//8)]
    for name in ('en', 'fr', 'de'):
        words = plain((data_root(None)/'texts'/f'{name}.txt').read_text('utf-8')).split()
        starts = rng.integers(len(words)-10, size=n//3)
        out += [' '.join(words[i:i+k]) for i, k in zip(starts, rng.integers(1, 9, len(starts)))]
    return out

def draw(queue, seed, part):
    "Put the drawn lines of one epoch after the other into `queue`"
    import cv2
    from hcr.core import HcrError, data_root
    from hcr.lines.strokes import StrokeLines
    from hcr.lines.synthetic import LineMaker
    cv2.setNumThreads(1)
    os.nice(5)
    rng = np.random.default_rng(seed)
    strokes = StrokeLines.load(geometry=geometry(), shares=(.45, .35, .12, .08))
    fonts = LineMaker(None, pieces(rng), geometry(), data_root(None)/'fonts')
    while True:
        out = []
        for maker, n in ((strokes, STROKES//part), (fonts, FONTS//part)):
            while n:
                try: image, text = maker.make(rng)
                except HcrError: continue
                if image.shape[1] < 2600:
                    out.append((image, plain(text)))
                    n -= 1
        queue.put(out)

def batches(widths, rng, budget):
    "Positions of lines that are about equally wide, at most `budget` columns together"
    out, now = [], []
    for i in np.argsort(widths*(.9+.2*rng.random(len(widths)))):
        if now and (len(now)+1)*max(widths[i], widths[now].max()) > budget or len(now) >= 64: out, now = [*out, now], []
        now.append(int(i))
    return [out[i] for i in rng.permutation(len(out))]

def real_lines(split):
    "(image, text) of each line of each part"
    from hcr.lines.data import get_lines
    out = {}
    for name in (SHARES if split == 'train' else VALID):
        data = get_lines(name, split=split, geometry=geometry())
        out[name] = [(im, plain(t)) for im, t in zip(data.images, data.texts) if im.shape[1] < 3500]
    return out

def padded(images, width):
    "float32 (n, 1, h, width), 0 to 1"
    x = np.zeros((len(images), 1, images[0].shape[0], -(-width//8)*8), np.float32)
    for row, im in zip(x, images): row[0, :, :im.shape[1]] = im*np.float32(1/255)
    return x

def start(args, texts):
    "The network and its alphabet, mean and standard deviation of the ink"
    import torch
    from hcr import load_model
    from hcr.inference import model_path
    from hcr.lines.models import start_line_model
    if str(args.init).endswith('.pt'):
        known = torch.load(args.init, weights_only=True)
        net = start_line_model(None, known['alphabet'])
        net.load_state_dict(known['ema'])
        return net, known['alphabet'], known['mean'], known['std']
    alphabet = sorted({c for t in texts for c in t} | {chr(i) for i in range(32, 127)} | set(EXTRA))
    init = load_model(model_path(args.init))
    return start_line_model(init, alphabet), alphabet, init.card.mean, init.card.std

def read_parts(net, parts, codec, mean, std):
    "Wrong and all characters of each part"
    import torch
    from rapidfuzz.distance import Levenshtein
    from hcr.lines.ctc import greedy
    out = []
    for lines in parts.values():
        wrong, order = 0, np.argsort([im.shape[1] for im, _ in lines])
        for rows in np.array_split(order, max(1, len(order)//16)):
            images, texts = zip(*(lines[i] for i in rows))
            x = (torch.from_numpy(padded(images, max(o.shape[1] for o in images)))-mean)/std
            with torch.no_grad(), torch.autocast('cpu', torch.bfloat16): z = net(x).float().numpy()
            wrong += sum(Levenshtein.distance(d.text, t) for d, t in zip(greedy(z, codec, sure=False), texts))
        out.append((wrong, sum(len(t) for _, t in lines)))
    return out

def work(rank, world, args, queue, port):
    "One of the processes that train"
    import torch
    import torch.distributed as dist
    from fastai.vision.all import TensorImageBW
    from hcr.learner import keep_memory
    from hcr.lines.ctc import Codec
    from hcr.lines.learner import LineLoss
    from hcr.lines.loaders import LineAugment
    from hcr.optim import Muon
    torch.set_num_threads(1)
    os.environ.update(MASTER_ADDR='127.0.0.1', MASTER_PORT=str(port))
    dist.init_process_group('gloo', rank=rank, world_size=world)
    keep_memory()
    torch.manual_seed(rank)
    rng, real, valid = np.random.default_rng(100+rank), real_lines('train'), real_lines('valid')
    valid = {k: [v[i] for i in np.random.default_rng(7).permutation(len(v))[:VALID[k]]][rank::world] for k, v in valid.items()}
    net, alphabet, mean, std = start(args, [t for v in real.values() for _, t in v])
    for t in net.state_dict().values(): dist.broadcast(t, 0)
    net = net.to(memory_format=torch.channels_last).train()
    codec, loss_func, aug, known = Codec(alphabet), LineLoss(.3), LineAugment(blur=0, elastic=1.), set(alphabet) # blur takes most of the time
    params = [p for p in net.parameters() if p.requires_grad]
    opt, ema, step = Muon([params], args.lr, wd=.01), {k: v.clone() for k, v in net.state_dict().items()}, 0
    begun = seen = time.time()
    def shared(value): # what the first process says
        t = torch.tensor([float(value)], dtype=torch.float64)
        dist.broadcast(t, 0)
        return t.item()
    def judge():
        own = {k: v.clone() for k, v in net.state_dict().items()}
        net.eval().load_state_dict(ema)
        counts = torch.tensor(read_parts(net, valid, codec, mean, std), dtype=torch.float64)
        dist.all_reduce(counts)
        net.train().load_state_dict(own)
        if rank: return
        log('CER '+', '.join(f'{k} {a/b:.2%}' for k, (a, b) in zip(valid, counts.tolist())))
        torch.save(dict(ema=ema, alphabet=alphabet, mean=mean, std=std, step=step), args.out/'part.pt')
        os.replace(args.out/'part.pt', args.out/'last.pt')
    def fits(im, t): return t and known.issuperset(t) and im.shape[1]//4 >= len(t)+sum(a == b for a, b in zip(t, t[1:]))
    while True:
        lines = queue.get()
        for name, own in real.items():
            order = np.concatenate([rng.permutation(len(own)) for _ in range(2)])
            lines += [own[i] for i in order[:int(SHARES[name]*len(own)/world)]]
        lines = [(im, torch.tensor(codec.encode(t))) for im, t in lines if fits(im, t)]
        widths = np.array([im.shape[1] for im, _ in lines])
        plan = batches(widths, rng, args.budget)
        n = torch.tensor([len(plan)])
        dist.all_reduce(n, dist.ReduceOp.MIN)
        for rows in plan[:int(n)]:
            done = shared((time.time()-begun)/60/args.minutes)
            if done >= 1:
                judge()
                dist.barrier()
                os._exit(0)
            fall = 1 if done < .1 else .5*(1+math.cos(math.pi*(done-.1)/.9))
            opt.set_hyper('lr', args.lr*min(1, (step+1)/100)*fall+1e-7)
            x = TensorImageBW(torch.from_numpy(padded([lines[i][0] for i in rows], int(widths[rows].max()*1.1))))
            x = aug(x, split_idx=0).as_subclass(torch.Tensor)
            y = torch.nn.utils.rnn.pad_sequence([lines[i][1] for i in rows], batch_first=True)
            x = ((x-mean)/std).contiguous(memory_format=torch.channels_last)
            with torch.autocast('cpu', torch.bfloat16): z = net(x)
            loss = loss_func(z.float(), y)
            loss.backward()
            grads = torch.cat([torch.zeros(p.numel()) if p.grad is None else p.grad.flatten() for p in params])
            if not torch.isfinite(grads).all(): grads.zero_()
            dist.all_reduce(grads)
            grads *= min(1, 5/(float(grads.norm())/world+1e-6))/world
            for p, g in zip(params, grads.split([p.numel() for p in params])): p.grad = g.view_as(p).clone()
            opt.step()
            opt.zero_grad()
            step += 1
            keep = min(.999, (1+step)/(10+step))
            with torch.no_grad():
                for k, v in net.state_dict().items(): ema[k].lerp_(v, 1-keep) if v.dtype.is_floating_point else ema[k].copy_(v)
            if step % 50 == 0 and not rank: log(f'step {step}, loss {loss.item():.3f}, {done:.0%}')
            if step % 25 == 0 and shared(time.time()-seen) > 1200:
                judge()
                seen = time.time()

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('out', type=Path, help='a folder for the checkpoint')
    p.add_argument('--minutes', type=float, default=120)
    p.add_argument('--init', default='lines-fr', help='a reader to start from, or a checkpoint to go on from')
    p.add_argument('--lr', type=float, default=1.5e-3)
    p.add_argument('--budget', type=int, default=11_000, help='columns of a batch in each process')
    p.add_argument('--port', type=int, default=29511)
    args = p.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    ctx, world = get_context('spawn'), 2
    queues = [ctx.Queue(1) for _ in range(world)]
    seeds = np.random.default_rng(int(time.time())).integers(2**31, size=world)
    for q, seed in zip(queues, seeds): ctx.Process(target=draw, args=(q, int(seed), world), daemon=True).start()
    workers = [ctx.Process(target=work, args=(r, world, args, q, args.port)) for r, q in enumerate(queues)]
    for w in workers: w.start()
    for w in workers: w.join()
    if any(w.exitcode for w in workers): raise SystemExit('a process failed: see above')
    log(f'{args.out}/last.pt: python tools/ship_latin.py {args.out}/last.pt')

if __name__ == '__main__': main()
