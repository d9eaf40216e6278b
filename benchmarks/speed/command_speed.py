"""`hcr predict` is at least 12x as fast as fastai's `load_learner` on one image (18x measured), in under 0.45 s.

    HCR_DATA=data python benchmarks/run.py command_speed

One image: the whole process, files in the system's cache, against a script that loads a fastai `load_learner` export of
the same network and predicts the same file. Many: PNG files of MNIST's test images, read by as many processes as there
are cores, against the same processes that open and prepare the same files and compute nothing (`same decoding`), and
against processes that only let Pillow decode them (`Pillow alone`). All write one line for each image to a file.

About 10 minutes on two cores; n=7.
"""
import argparse, json, statistics, sys, tempfile
from pathlib import Path

from common import claims, in_turn, machine, median_ratio, ratio, table, timed

FASTAI = '''
import sys, warnings
warnings.filterwarnings('ignore')
from fastai.vision.all import *
learn = load_learner(sys.argv[1])
with learn.no_bar(): print(learn.predict(PILImageBW.create(sys.argv[2]))[0])
'''

DECODE = '''
import sys
from hcr.inference import Prediction, Recognizer
from hcr.preprocess import preprocess

def prepare(self, images, only=None, k=3, errors='raise'):
    for o in images: preprocess(o, self.card.geometry)
    return [Prediction('?', 1., [('?', 1.)]) for o in images]

Recognizer.predict = prepare  # in each process, as each imports this file
if __name__ == '__main__':
    from hcr.cli import main
    sys.exit(main(sys.argv[1:]))
'''

ZOOMS = 1, 4  # PNG files of 28x28 and of 112x112 pixels

PILLOW = '''
import os, sys
from multiprocessing import get_context
import numpy as np
from PIL import Image

def decode(path):
    with Image.open(path) as im: return path, int(np.asarray(im.convert('L')).sum())

if __name__ == '__main__':
    names = sorted(os.scandir(sys.argv[1]), key=lambda e: e.name)
    with get_context('spawn').Pool() as pool, open(sys.argv[2], 'w') as f:
        for path, s in pool.imap(decode, [e.path for e in names], chunksize=250): print(path, s, file=f)
'''

def prepare_files(folder, n):
    "A model file, a fastai export, scripts, and folders of PNG files"
    from fastai.vision.all import CrossEntropyLossFlat, ImageDataLoaders, Learner, PILImageBW
    from hcr.data import CharData, get_data, save_images
    from hcr.modelfile import ModelCard, save_model
    from hcr.models import create_model
    import numpy as np
    test, model = get_data('mnist', split='test'), create_model('simple_cnn')
    save_model(model, folder/'m.safetensors', ModelCard('simple_cnn', dict(n_classes=10), test.vocab, .13, .31))
    save_images(test[:40], folder/'few', by_class=True, zoom=1)
    dls = ImageDataLoaders.from_folder(folder/'few', valid_pct=.2, bs=8, img_cls=PILImageBW, num_workers=0)
    Learner(dls, model, CrossEntropyLossFlat(), path=folder).export('fastai.pkl')
    for name, code in dict(stock=FASTAI, decode=DECODE, pillow=PILLOW).items(): (folder/f'{name}.py').write_text(code)
    many = CharData(np.resize(test.images, (n, 28, 28)), np.resize(test.labels, n), test.vocab, 'many')
    for zoom in ZOOMS: save_images(many, folder/f'{28*zoom}', zoom=zoom)

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--repeats', type=int, default=7)
    p.add_argument('--many', type=int, default=20_000)
    a = p.parse_args()
    hcr, py = Path(sys.executable).with_name('hcr'), sys.executable
    with tempfile.TemporaryDirectory() as d:
        d = Path(d)
        prepare_files(d, a.many)
        one, out, model = next((d/'28').iterdir()), d/'out.txt', ['--model', d/'m.safetensors']
        def run(*cmd): return timed(cmd, ok=('0', '1'))[:2] # 1: a few of 10,000 are refused, broken digits that look like two
        cold = in_turn({'hcr': lambda: run(hcr, 'predict', one, *model),
                        'fastai': lambda: run(py, d/'stock.py', d/'fastai.pkl', one)}, a.repeats)
        bulk = {28*z: in_turn({'hcr': lambda: run(hcr, 'predict', d/str(28*z), *model, '--out', out),
                               'shipped': lambda: run(hcr, 'predict', d/str(28*z), '--out', out),
                               'decode': lambda: run(py, d/'decode.py', 'predict', d/str(28*z), *model, '--out', out),
                               'pillow': lambda: run(py, d/'pillow.py', d/str(28*z), out)}, max(3, a.repeats//2)) for z in ZOOMS}
    def col(found, key, i): return [r[i] for r in found[key]]
    def row(found, name, key, asked=''):
        s, mb = (statistics.median(col(found, key, i)) for i in (0, 1))
        return [name, f'{s:.3f}', f'{mb:.0f}', ratio(col(found, key, 0), col(found, 'hcr', 0)) if key != 'hcr' else '', asked]
    rows = [row(cold, 'one image: hcr predict', 'hcr', asked='under 0.45 s, 250 MB'),
            row(cold, "one image: fastai's load_learner", 'fastai', asked='12x')]
    for size, found in bulk.items():
        rows += [row(found, f'{a.many:,} PNG files of {size}x{size}: hcr predict, simple_cnn', 'hcr'),
                 row(found, 'the same, shipped model', 'shipped'),
                 row(found, 'the same decoding, nothing computed', 'decode', asked='0.7x'),
                 row(found, 'Pillow alone', 'pillow')]
    table(rows, ['what', 's', 'MB, largest process', 'seconds / those of hcr', 'asked'])
    print(machine('onnxruntime', 'pillow', 'fastai', 'torch'))
    return claims(("seconds of fastai's load_learner / those of hcr predict", median_ratio(col(cold, 'fastai', 0), col(cold, 'hcr', 0)), '>=', 12),
                  ('hcr predict one.png, seconds', statistics.median(col(cold, 'hcr', 0)), '<=', .45))

if __name__ == '__main__': sys.exit(main())
