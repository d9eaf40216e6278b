"""Every format gives the labels of PyTorch on 10,000 test images, float32 probabilities within 1e-5, int8 within 0.1 points of accuracy.

    HCR_DATA=data python benchmarks/run.py formats digits mine.safetensors --data mnist --calibrate mnist

Each model is exported to each format, and each file is opened in a process of its own by the library that it is meant
for (for a SavedModel, TensorFlow; hcr's own readers are not used, except for hcr's model file). `off by` is the largest
difference of a probability from PyTorch's (float32, eager, the model file's own network); `labels` counts the images
with the same label. Speed: images/s in batches of 128 on all cores, milliseconds for one image on one thread, both the
median of the turns. PyTorch -> Keras -> PyTorch must give back the same bits; the script ends with 1 if it does not.

About 8 minutes on two cores; n=3.
"""
import argparse, json, os, statistics, sys, tempfile, time
from pathlib import Path

import numpy as np

from common import child, in_turn, machine, table

CONTENDERS = ['hcr', 'state_dict', 'pt2', 'torchscript', 'onnx', 'keras', 'savedmodel', 'tflite float32', 'tflite float16',
              'tflite int8']
READ_BY = dict(hcr='hcr (ONNX Runtime)', state_dict='PyTorch, with hcr.models', pt2='PyTorch', torchscript='PyTorch, LibTorch',
               onnx='ONNX Runtime and others', keras='Keras 3', savedmodel='TensorFlow', tflite='LiteRT')

def opened(kind, fn, model, threads):
    "A function from uint8 (n, 28, 28) to probabilities, by the format's own library"
    if kind == 'hcr':
        from hcr.inference import Recognizer
        return Recognizer(fn, threads).predict_array
    if kind == 'onnx':
        import onnxruntime as ort
        opts = ort.SessionOptions()
        opts.intra_op_num_threads, opts.log_severity_level = threads, 4
        session = ort.InferenceSession(fn, opts)
        return lambda x: session.run(None, {'image': x})[0]
    if kind.startswith('tflite'): return opened_tflite(fn, threads)
    return opened_tf(kind, fn, threads) if kind in ('keras', 'savedmodel') else opened_torch(kind, fn, model, threads)

def opened_tflite(fn, threads):
    from ai_edge_litert.interpreter import Interpreter
    net = Interpreter(model_path=fn, num_threads=threads)
    i, o = net.get_input_details()[0]['index'], net.get_output_details()[0]['index']
    def f(x):
        if tuple(net.get_input_details()[0]['shape']) != x.shape:
            net.resize_tensor_input(i, x.shape)
            net.allocate_tensors()
        net.set_tensor(i, x)
        net.invoke()
        return net.get_tensor(o)
    net.allocate_tensors()
    return f

def opened_tf(kind, fn, threads):
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    if kind == 'keras':
        import keras
        net = tf.function(keras.saving.load_model(fn), input_signature=[tf.TensorSpec((None, 28, 28), tf.uint8)])
        return lambda x: net(x).numpy()
    serve = tf.saved_model.load(fn).signatures['serving_default']
    return lambda x: next(iter(serve(image=tf.constant(x)).values())).numpy()

def opened_torch(kind, fn, model, threads):
    import torch
    from hcr.export import import_state
    from hcr.modelfile.graph import with_scaling
    from hcr.modelfile import load_model
    torch.set_num_threads(threads)
    if kind == 'pt2': net = torch.export.load(fn).module()
    elif kind == 'torchscript': net = torch.jit.load(fn)
    else:
        card = load_model(model).card
        net = with_scaling(load_model(model) if kind == 'reference' else import_state(fn, card), card, 'probs')
    def f(x):
        with torch.no_grad(): return net(torch.from_numpy(x)).numpy()
    return f

def one(kind, fn, model, images, out, threads):
    "Probabilities into `out`, speed as the result"
    f, images = opened(kind, fn, model, int(threads)), np.load(images)
    if int(threads) == 1:
        times = [timed(f, images[:1]) for _ in range(1200)]
        return dict(ms=statistics.median(times[200:])*1e3)
    whole = len(images)//128*128
    probs = np.concatenate([f(images[i:i+128]) for i in range(0, whole, 128)]+([f(images[whole:])] if whole < len(images) else []))
    np.save(out, probs)
    times = [timed(f, images[i:i+128]) for i in range(0, whole, 128)]
    return dict(rate=128/statistics.median(times))

def timed(f, x):
    start = time.perf_counter()
    f(x)
    return time.perf_counter()-start

def size(fn): return sum(o.stat().st_size for o in (fn.rglob('*') if fn.is_dir() else [fn]) if o.is_file())

def export_all(model, folder, calibrate):
    "Every format of a model in `folder`: contender -> file"
    from hcr.export import export_model, formats
    files = dict(hcr=Path(model))
    for kind in CONTENDERS[1:]:
        to, _, precision = kind.partition(' ')
        options = dict(precision=precision) if precision else {}
        if precision == 'int8': options['calibrate'] = calibrate
        files[kind] = export_model(model, folder/f'{kind.replace(" ", "_")}{formats[to][0]}', to, **options)
    return files

def same_bits(model):
    "Does PyTorch -> Keras -> PyTorch, through memory and through both kinds of file, give back every weight?"
    import torch
    from hcr.export import export_model, from_keras, load_keras, to_keras
    from hcr.modelfile import load_model
    net, back = load_model(model), []
    with tempfile.TemporaryDirectory() as d:
        for to, fn in [('keras', Path(d)/'a.keras'), ('savedmodel', Path(d)/'saved')]:
            back.append(from_keras(load_keras(export_model(net, fn, to))))
    state = {k: v for k, v in net.state_dict().items() if v.ndim}
    return all(torch.equal(v, o.state_dict()[k]) for o in (from_keras(to_keras(net)), *back) for k, v in state.items())

def measure(model, test, calibrate, repeats, folder):
    "Rows of the table for one model, and whether all that was claimed holds"
    from hcr.modelfile import load_model
    card, cores = load_model(model).card, os.cpu_count()
    test, calibrate = (o.with_vocab(card.vocab).with_geometry(card.geometry) for o in (test, calibrate))
    images, labels = folder/'images.npy', test.labels
    np.save(images, test.images)
    seen = calibrate.images[::max(1, len(calibrate)//500)][:500]
    files = dict(reference=Path(model), **export_all(model, folder, seen))
    run = lambda kind, threads: child(__file__, kind, files[kind], model, images, folder/f'{kind}.npy', threads)
    fast = in_turn({k: lambda k=k: run(k, cores)['rate'] for k in files}, repeats)
    slow = in_turn({k: lambda k=k: run(k, 1)['ms'] for k in files}, repeats)
    want, rows, ok = np.load(folder/'reference.npy'), [], same_bits(model)
    reference = (want.argmax(1) == labels).mean()
    for kind, fn in files.items():
        got = np.load(folder/f'{kind}.npy')
        off, agree, right = abs(got-want).max(), (got.argmax(1) == want.argmax(1)).sum(), (got.argmax(1) == labels).mean()
        if kind == 'tflite int8': ok &= reference-right < .001
        elif kind != 'tflite float16': ok &= bool(agree == len(labels) and off < 1e-5)
        rows.append([Path(model).stem, kind, f'{size(fn)/1e3:,.0f}', f'{statistics.median(slow[kind]):.3f}',
            f'{statistics.median(fast[kind]):,.0f}', f'{100*right:.2f}', f'{agree:,}', f'{off:.1e}', READ_BY.get(kind.split()[0], 'PyTorch')])
    return rows, ok

def main():
    from hcr.data import get_data
    from hcr.inference import model_path
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('models', nargs='+')
    p.add_argument('--data', default='mnist')
    p.add_argument('--calibrate', default='mnist', help='a data set whose training part sets the ranges of int8')
    p.add_argument('--repeats', type=int, default=3)
    a = p.parse_args()
    rows, ok, test = [], True, get_data(a.data, split='test')
    for model in a.models:
        with tempfile.TemporaryDirectory() as d:
            found, fine = measure(str(model_path(model)), test[:10_000], get_data(a.calibrate), a.repeats, Path(d))
        rows, ok = rows+found, ok and fine
    table(rows, ['model', 'format', 'kB', '1 image, ms', 'images/s', 'accuracy, %', 'same labels', 'off by', 'read by'])
    print(f'{a.data} test, {min(len(test), 10_000):,} images; {machine("torch", "onnxruntime", "tensorflow", "keras", "ai_edge_litert")}')
    print('labels, 1e-5, 0.1 points for int8, and the bits of the round trip: '+('all hold' if ok else 'NOT all hold'))
    return not ok

if __name__ == '__main__':
    if '--one' in sys.argv: print(json.dumps(one(*sys.argv[2:8])))
    else: sys.exit(main())
