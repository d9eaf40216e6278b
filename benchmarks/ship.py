"""Put a trained model among the shipped ones: judge it once on its test set, write that into its card, and write the card for people.

    hcr train --data mnist --recipe digits --seed 1 --out digits.safetensors
    hcr train --data emnist-byclass --recipe chars --seed 1 --out chars.safetensors
    python benchmarks/ship.py digits digits.safetensors --data mnist --source "MNIST (Y. LeCun, C. Cortes), CC BY-SA 3.0"
"""
import argparse, sys
from pathlib import Path

import hcr
from hcr.core import atomic_write
from hcr.modelfile import load_model, save_model
from hcr.train import evaluate_model

CARD = '''# {name}

Reads {classes}: `Recognizer.load('{name}')`, or `hcr predict --model {name}`.

| | |
|---|---|
| network | `{arch}`, {weights:,} weights, {size:.2f} MB |
| trained on | {source}: {images:,} images, {valid:,} more to choose the epoch by |
| how | {how}; {outliers:.0%} of each batch were images that are no character, and {pictures:,} pictures of the training characters were added |
| temperature | {temperature:.3f}, fitted on the validation part |

| judged on | images | accuracy | 95% interval | NLL | ECE, 15 equal-mass bins |
|---|---|---|---|---|---|
{figures}

It takes one upright character an image, prepared by `hcr.preprocess`. It was taught to be unsure of what is no character, so scribbles get low probabilities; a letter that looks like one of its characters does not. `Recognizer.threshold` gives the probability from which on few answers were wrong in validation.
'''

def line(name, f):
    return f'| {name} | {f["n"]:,} | {100*f["accuracy"]:.2f}% | {100*f["low"]:.2f} to {100*f["high"]:.2f} | {f["nll"]:.4f} | {100*f["ece"]:.2f}% |'

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('name')
    p.add_argument('model')
    p.add_argument('--data', nargs='+', required=True)
    p.add_argument('--source', required=True, help='what it was trained on, for the card, with its licence')
    a = p.parse_args()
    model, folder = load_model(a.model), Path(hcr.__file__).parent/'weights'
    figures = {f'{d} test': evaluate_model(a.model, d).summary() for d in a.data}
    out = save_model(model, folder/f'{a.name}.safetensors', figures={**model.card.figures, **figures})
    c, t = model.card, model.card.trained_on
    how = ', '.join(f'{k} {t[k]}' for k in ('epochs', 'lr', 'bs', 'aug', 'seed'))
    card = CARD.format(name=a.name, classes=''.join(c.vocab), arch=c.arch, weights=sum(p.numel() for p in model.parameters()),
        size=out.stat().st_size/1e6, source=a.source, images=t['images'], valid=t['validation_images'], how=how,
        temperature=c.temperature, figures='\n'.join(line(k, v) for k, v in figures.items()), outliers=t['outliers'], pictures=t['pictures'])
    with atomic_write(folder/f'{a.name}.md', 'w') as f: f.write(card)
    print(card)

if __name__ == '__main__': sys.exit(main())
