"""kraken's recogniser and hcr's, trained with the same lines, on the same machine, for the same time.

Claim: after the same minutes on the same lines of French wills, hcr's character error rate on writers it has not seen is
below 0.9 of kraken's.

    HCR_DATA=... python benchmarks/run.py kraken_lines --kraken ENV/bin --minutes 60 [--threads 1] [--init MODEL] [--out FILE]

kraken needs an environment of its own (`pip install kraken`; its pins differ from hcr's); `--kraken` is the folder of its
commands. It trains by its own recipe (`ketos train` with its default network, learning rate and batch size, and
`--augment`), is interrupted when its time is up, and its best model by its own validation is taken. hcr trains beside it
by the first stage of the recipe `lines-fr` from nothing (or from `--init`, which is then said), with as many epochs as fit
the time: one epoch is timed first, and its time counts. Both hold back the same writers. Both are judged once, on the lines
of the validation writers, by `hcr.lines.evaluate`. hcr's recipe also writes 300 synthetic lines an epoch with EMNIST's
characters.

About 60 minutes on two cores; n=1.
"""
import argparse, csv, os, shutil, signal, subprocess, sys, tempfile, time
from pathlib import Path

import torch

from hcr.lines.train import evaluate_lines, train_lines
from hcr.recipes import line_recipes
from hcr.lines.data import clean_text, get_lines
from hcr.lines.evaluate import TextEvaluation

from common import claims, machine

def rows(part):
    "Image and text of each row of a part"
    folder = Path(os.environ['HCR_DATA'])/'lines'
    with (folder/part).open(encoding='utf-8') as f:
        return [(folder/'images'/r['image'], clean_text(r['text'])) for r in csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE)]

def lay_out(lines, folder):
    "Images with their texts beside them, as kraken wants them; the list of the images"
    folder.mkdir(parents=True)
    for image, text in lines:
        shutil.copy(image, folder/image.name)
        (folder/image.name).with_suffix('.gt.txt').write_text(text)
    listed = folder/'files.txt'
    listed.write_text('\n'.join(str(folder/image.name) for image, _ in lines))
    return listed

def start_kraken(commands, tmp, rest, held, threads):
    "Training under way"
    cmd = [commands/'ketos', '--threads', threads, '-d', 'cpu', 'train', '-f', 'path', '-t', lay_out(rest, tmp/'rest'), '-e',
           lay_out(held, tmp/'held'), '-o', tmp/'model', '--augment', '-q', 'fixed', '-N', 1000]
    with (tmp/'log').open('wb') as log:
        return subprocess.Popen(list(map(str, cmd)), stdout=log, stderr=log, env=dict(os.environ, OMP_NUM_THREADS=str(threads)))

def stop_kraken(p, tmp, seconds):
    "Stop it when its time is up; the best model's file"
    try: p.wait(max(seconds, 0))
    except subprocess.TimeoutExpired:
        p.send_signal(signal.SIGINT)
        try: p.wait(120)
        except subprocess.TimeoutExpired: p.kill()
    best = sorted((tmp/'model').glob('checkpoint_[0-9]*.ckpt'), key=lambda o: float(o.stem.rpartition('-')[2]))
    if not best: raise SystemExit('kraken finished no epoch in its time:\n'+(tmp/'log').read_text(errors='replace')[-2000:])
    print(f'  kraken: {len(best)} checkpoints, the best {best[-1].name}', flush=True)
    return best[-1]

def read_by_kraken(commands, tmp, model, lines, threads):
    "What kraken reads in whole images of lines"
    weights = tmp/'best.safetensors'
    subprocess.run([commands/'ketos', 'convert', '-o', weights, model], check=True, capture_output=True)
    args = [o for image, _ in lines for o in ('-i', image, tmp/f'read/{image.stem}.txt')]
    (tmp/'read').mkdir()
    cmd = [commands/'kraken', '--threads', threads, '-d', 'cpu', *args, 'ocr', '--no-segmentation', '-m', weights]
    subprocess.run(list(map(str, cmd)), check=True, capture_output=True)
    def said(image):
        f = tmp/f'read/{image.stem}.txt'
        return clean_text(f.read_text(encoding='utf-8')) if f.exists() else ''
    return [said(image) for image, _ in lines]

def train_hcr(minutes, init, tmp, out):
    "As many epochs of the recipe as fit; the model file"
    recipe = line_recipes['lines-fr']
    how = {k: v for k, v in {**recipe, **recipe['stages'][0]}.items() if k not in ('data', 'init', 'epochs', 'stages', 'stretch')}
    data, start = get_lines('lines'), time.time()
    train_lines(data, epochs=1, init=init, run=tmp/'probe', echo=lambda line: None, **how)
    epochs = max(1, int(60*minutes/(time.time()-start))-1)
    print(f'  hcr: {epochs} epochs', flush=True)
    return train_lines(data, epochs=epochs, init=init, run=tmp/'hcr', out=out, echo=lambda line: print('   ', line, flush=True), **how)[0]

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--kraken', type=Path, required=True, help='the folder of its commands')
    p.add_argument('--minutes', type=float, default=60)
    p.add_argument('--threads', type=int, default=1, help='for each of the two')
    p.add_argument('--init', help='what hcr starts from')
    p.add_argument('--out', type=Path, help='where to keep the model that hcr trained')
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    rest, held = get_lines('lines').split_off(.04, 42)
    train = {image.name: (image, text) for image, text in rows('train.tsv')}
    parts, valid = [[train[n] for n in o.names] for o in (rest, held)], rows('val.tsv')
    with tempfile.TemporaryDirectory() as d:
        tmp, start = Path(d), time.time()
        running = start_kraken(args.kraken, tmp, *parts, args.threads)
        try: ours = train_hcr(args.minutes, args.init, tmp, args.out)
        finally: theirs = stop_kraken(running, tmp, 60*args.minutes-(time.time()-start))
        kraken = TextEvaluation([t for _, t in valid], read_by_kraken(args.kraken, tmp, theirs, valid, args.threads)).summary()
        hcr = evaluate_lines(ours, 'lines').summary()
    for name, o in dict(kraken=kraken, hcr=hcr).items(): print(f'{name:8} CER {o["cer"]:.2%} ({o["cer_low"]:.2%} to {o["cer_high"]:.2%})')
    print(f'{hcr["cer"]/kraken["cer"]:.2f} of kraken\'s; hcr started from {args.init or "nothing"}')
    version = subprocess.run([args.kraken/'kraken', '--version'], capture_output=True, text=True).stdout.strip()
    print(f'{version}; {machine("torch", "fastai")}, {args.threads} threads, {args.minutes} minutes each')
    return claims(('CER of hcr / of kraken', hcr['cer']/kraken['cer'], '<=', .9))

if __name__ == '__main__': sys.exit(main())
