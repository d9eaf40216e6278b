"""Reaches 99.0% on MNIST at least 12 times as fast as pytorch/examples and 8 times as fast as Keras' example (24 and 12 measured).

    HCR_DATA=data python benchmarks/run.py time_to_accuracy rivals     # to 99.0%, from process start, against two rivals
    HCR_DATA=data python benchmarks/run.py time_to_accuracy seeds      # hcr alone: ten seeds for each target

Rivals: the network and recipe of pytorch/examples `mnist` (batches of 64, Adadelta, float32, images one by one through
torchvision) and of Keras' `mnist_convnet` (batches of 128, Adam; needs tensorflow), both written out anew and trained on
as many cores. Their clock starts with their process and stops at the end of the first epoch after which at least 99.0% of the
*test* images are right; their looks at the test set are not counted. hcr is `hcr train --recipe fastest`, a fixed
schedule chosen on validation parts; its clock stops when the epoch is over and, in the second line, when the command has
ended, with a calibrated model file written. It is judged once, afterwards.

About 40 minutes on two cores; n=3 repeats, 10 seeds.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile, time
from pathlib import Path

from common import child, claims, in_turn, machine, median_ratio, ratio, table

ROWS = Path('experiments/time_to_accuracy.jsonl')
TARGETS = {99.0: ('fastest', 1), 99.4: ('fast', 4), 99.5: ('fast', 8)}  # test accuracy, % -> recipe, epochs

def torch_example(seed, started):
    "pytorch/examples mnist, until 99.0%"
    import torch, torchvision
    from torch import nn
    from torch.nn import functional as F
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
            self.drop1, self.drop2 = nn.Dropout(.25), nn.Dropout(.5)
            self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)
        def forward(self, x):
            x = self.drop1(F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)).flatten(1)
            return F.log_softmax(self.fc2(self.drop2(F.relu(self.fc1(x)))), dim=1)
    torch.manual_seed(seed)
    tfm = torchvision.transforms.Compose([torchvision.transforms.ToTensor(), torchvision.transforms.Normalize((.1307,), (.3081,))])
    train, test = (torchvision.datasets.MNIST(os.environ['MNIST_ROOT'], train=o, transform=tfm) for o in (True, False))
    train = torch.utils.data.DataLoader(train, batch_size=64)
    test = torch.utils.data.DataLoader(test, batch_size=1000)
    net, judging = Net(), 0
    opt = torch.optim.Adadelta(net.parameters(), lr=1.)
    slower = torch.optim.lr_scheduler.StepLR(opt, 1, gamma=.7)
    for epoch in range(1, 15):
        net.train()
        for x, y in train:
            opt.zero_grad()
            F.nll_loss(net(x), y).backward()
            opt.step()
        slower.step()
        start = time.time()
        net.eval()
        with torch.no_grad(): right = sum(int((net(x).argmax(1) == y).sum()) for x, y in test)
        judging += time.time()-start
        if right >= 9900: break
    return dict(accuracy=right/100, epochs=epoch, seconds=round(time.time()-started-judging, 1))

def keras_convnet(seed, started):
    "Keras' mnist_convnet, until 99.0%"
    import keras, numpy as np
    from keras import layers
    from hcr.data import get_data
    keras.utils.set_random_seed(seed)
    train, test = (get_data('mnist', split=o) for o in ('train', 'test'))
    x, tx = (np.expand_dims(o.images.astype('float32')/255, -1) for o in (train, test))
    model = keras.Sequential([keras.Input(shape=(28, 28, 1)),
        layers.Conv2D(32, (3, 3), activation='relu'), layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation='relu'), layers.MaxPooling2D((2, 2)),
        layers.Flatten(), layers.Dropout(.5), layers.Dense(10, activation='softmax')])
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    seen = dict(judging=0)
    class Judge(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            start = time.time()
            seen['right'] = int((self.model.predict(tx, batch_size=1000, verbose=0).argmax(1) == test.labels).sum())
            seen['epochs'], seen['judging'] = epoch+1, seen['judging']+time.time()-start
            if seen['right'] >= 9900: self.model.stop_training = True
    model.fit(x, keras.utils.to_categorical(train.labels, 10), batch_size=128, epochs=15, validation_split=.1, verbose=0,
              callbacks=[Judge()])
    return dict(accuracy=seen['right']/100, epochs=seen['epochs'], seconds=round(time.time()-started-seen['judging'], 1))

def judged(model):
    "Test accuracy of a model file, %"
    from hcr.train import evaluate_model
    return 100*evaluate_model(model, 'mnist').summary()['accuracy']

def hcr_train(seed, recipe, epochs):
    "`hcr train --recipe ...` as a process: when its last epoch was over, when it ended, and what it is worth"
    with tempfile.TemporaryDirectory() as d:
        hcr = Path(sys.executable).with_name('hcr')
        cmd = [hcr, 'train', '--data', 'mnist', '--recipe', recipe, '--epochs', epochs, '--seed', seed, '--out', 'm.safetensors']
        env = dict(os.environ, HCR_DATA=os.path.abspath(os.environ['HCR_DATA']))
        start = time.time()
        p = subprocess.Popen(list(map(str, cmd)), cwd=d, stdout=subprocess.PIPE, text=True, env=env)
        for line in p.stdout:
            if line.startswith('epoch'): trained = time.time()-start
        if p.wait(): sys.exit('hcr train failed')
        whole = time.time()-start
        log = json.loads(next(Path(d).glob('experiments/run_logs/*/log.json')).read_text())
        return dict(accuracy=judged(Path(d)/'m.safetensors'), seconds=round(trained, 1), whole=round(whole, 1),
                    training=round(sum(r['seconds'] for r in log), 1))

def rivals(repeats):
    seeds = iter(range(10**6))
    with tempfile.TemporaryDirectory() as d:
        _unpack_mnist(d)
        env = dict(MNIST_ROOT=d)
        found = in_turn({'hcr': lambda: hcr_train(next(seeds), *TARGETS[99.0]),
            'torch': lambda: child(__file__, 'torch', next(seeds), time.time(), env=env),
            'keras': lambda: child(__file__, 'keras', next(seeds), time.time(), env=env)}, repeats)
    sec = {k: [r['seconds'] for r in v] for k, v in found.items()}
    sec['whole'] = [r['whole'] for r in found['hcr']]
    def row(name, key, who, asked):
        acc = [r['accuracy'] for r in found[who]]
        faster = [ratio(sec[key], sec[mine]) for mine in ('hcr', 'whole')] if who != 'hcr' else ['', '']
        return [name, f'{statistics.median(sec[key]):.1f}', f'{statistics.mean(acc):.2f}', *faster, asked]
    table([row('hcr, one epoch', 'hcr', 'hcr', ''), row('hcr, the whole command', 'whole', 'hcr', ''),
           row('pytorch/examples mnist', 'torch', 'torch', '12x'), row('Keras mnist_convnet', 'keras', 'keras', '8x')],
          ['to 99.0%, from process start', 's', 'test accuracy, %', 'hcr faster by', 'whole command by', 'asked'])
    print(f'{repeats} repeats in turn, each with a new seed; {machine("torch", "fastai", "tensorflow", "keras")}')
    return claims(('seconds to 99.0% of pytorch/examples / of hcr', median_ratio(sec['torch'], sec['hcr']), '>=', 12),
                  ("seconds to 99.0% of Keras' example / of hcr", median_ratio(sec['keras'], sec['hcr']), '>=', 8))

def _unpack_mnist(folder):
    "MNIST where torchvision looks for it"
    raw = Path(folder)/'MNIST'/'raw'
    raw.mkdir(parents=True)
    from hcr.files.idx import read_idx, write_idx
    for f in Path(os.environ['HCR_DATA'], 'mnist').iterdir():
        if 'ubyte' in f.name: write_idx(raw/f.name.removesuffix('.gz'), read_idx(f))

def seeds(n):
    ROWS.parent.mkdir(exist_ok=True)
    rows = [json.loads(o) for o in ROWS.read_text().splitlines()] if ROWS.exists() else []
    for recipe, epochs in TARGETS.values():
        for seed in range(n):
            if any((r['recipe'], r['epochs'], r['seed']) == (recipe, epochs, seed) for r in rows): continue
            rows.append(dict(recipe=recipe, epochs=epochs, seed=seed, **hcr_train(seed, recipe, epochs)))
            print(rows[-1], file=sys.stderr, flush=True)
            with ROWS.open('a') as f: f.write(json.dumps(rows[-1])+'\n')
    def line(target, recipe, epochs):
        mine = [r for r in rows if (r['recipe'], r['epochs']) == (recipe, epochs)][:n]
        acc, sec = [r['accuracy'] for r in mine], [r['training'] for r in mine]
        return [f'{target}%', recipe, epochs, len(mine), f'{statistics.mean(acc):.3f}', f'{statistics.stdev(acc):.3f}', f'{min(acc):.2f} to {max(acc):.2f}',
                f'{statistics.mean(sec):.1f} ± {statistics.stdev(sec):.1f}', f'{statistics.mean(r["whole"] for r in mine):.1f}']
    table([line(target, *o) for target, o in TARGETS.items()],
          ['target', 'recipe', 'epochs', 'seeds', 'test accuracy, mean', 'spread', 'range', 'training, s', 'whole command, s'])
    print(machine('torch', 'fastai'))
    return claims(*((f'mean test accuracy of recipe {recipe}, {epochs} epochs, percent', statistics.mean([r['accuracy'] for r in rows
                     if (r['recipe'], r['epochs']) == (recipe, epochs)][:n]), '>=', target) for target, (recipe, epochs) in TARGETS.items()))

if __name__ == '__main__':
    if '--one' in sys.argv:
        name, seed, started = sys.argv[2:5]
        print(json.dumps(dict(torch=torch_example, keras=keras_convnet)[name](int(seed), float(started))))
    else:
        p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
        p.add_argument('what', choices=['rivals', 'seeds'])
        p.add_argument('-n', type=int, help='repeats (default: 3), or seeds (default: 10)')
        a = p.parse_args()
        sys.exit(rivals(a.n or 3) if a.what == 'rivals' else seeds(a.n or 10))
