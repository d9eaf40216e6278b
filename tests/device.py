"""Train, judge, resume and export on a device that is not the CPU, where there is no GPU.

Claim: both wings train and resume on another device; no tensor is left on the CPU, nothing asks for the device's memory by
another way than a copy, a step of characters waits for nothing and one of lines for the lengths of its texts (fastai's own
recorder then waits for the loss); and the losses are those of the CPU.

    python tests/device.py

Needs a C++ compiler and ninja (`pip install ninja`). `tests/device.cpp` is the stand-in: a PyTorch device of its own, whose
memory is the host's and whose operations run on the CPU, but only where all of their tensors are its own. As on a GPU,
`.numpy()` on one of them is an error, and copies to the CPU are counted, because a GPU would be waited for. It says nothing
of speed, nor of CUDA's own numerics.
"""
import csv, tempfile, types
from pathlib import Path

import hcr.core # before torch and fastai, one of whose warnings it silences
import numpy as np
import torch

def stand_in():
    "Compile the device, and make it known to torch as `gpu`"
    from torch.utils.cpp_extension import load
    device = load('hcr_stand_in', [str(Path(__file__).with_suffix('.cpp'))], extra_cflags=['-O0'], with_cuda=False, build_directory=tempfile.mkdtemp())
    def constant(x): return staticmethod(lambda *args: x)
    half = [torch.bfloat16, torch.float16]
    facts = dict(is_available=True, is_initialized=True, device_count=1, current_device=0, _is_in_bad_fork=False, manual_seed_all=None,
                 get_amp_supported_dtype=half)
    torch.utils.rename_privateuse1_backend('gpu')
    torch._register_device_module('gpu', type('gpu', (types.ModuleType,), {k: constant(v) for k, v in facts.items()})('gpu'))
    torch.utils.generate_methods_for_privateuse1_backend()
    moved = torch.nn.Module._apply
    def move(net, *args, **kwargs): # parameters stay the same objects, as they do on the way to CUDA
        torch.__future__.set_swap_module_params_on_conversion(True)
        try: return moved(net, *args, **kwargs)
        finally: torch.__future__.set_swap_module_params_on_conversion(False)
    torch.nn.Module._apply = move
    copied = torch.Tensor.__deepcopy__ # asks for what the stand-in lacks, where a tensor is not a parameter
    torch.Tensor.__deepcopy__ = lambda t, memo: t.clone() if t.device.type == 'gpu' else copied(t, memo)
    return device

def lstm_cell(gates, hidden, c, bias=None, hidden_bias=None):
    "What torch computes by a kernel of its own on each kind of GPU, in operations that every device has"
    z = gates+hidden
    if bias is not None: z = z+bias+hidden_bias
    i, f, g, o = z.chunk(4, 1)
    c = f.sigmoid()*c+i.sigmoid()*g.tanh()
    return o.sigmoid()*c.tanh(), c, z

class Waits:
    "Counts copies to the CPU in each step of a training"
    def __init__(self, device): self.device, self.steps = device, []

    def callback(self):
        from fastai.callback.core import Callback
        device, steps = self.device, self.steps
        class Count(Callback):
            order = -100
            def before_batch(self): self.before = device.syncs()
            def after_batch(self):
                if self.training: steps.append(device.syncs()-self.before)
        return Count()

def rows(run): return [[float(o[k]) for k in ('train_loss', 'valid_loss')] for o in csv.DictReader((run/'log.csv').open())]

def trained(name, device, tmp, train, waits_for):
    "Train on both, cut short and resumed on the device; the model's file and the learner"
    class Stop(Exception): pass
    def stop(line):
        if line.startswith('epoch 2/'): raise Stop('after the checkpoint of the first epoch')
    waits = Waits(device)
    train(tmp/'cpu', device='cpu')
    path, learn = train(tmp/'whole', device='gpu', cbs=[waits.callback()])
    try: train(tmp/'cut', device='gpu', echo=stop)
    except Stop: pass
    train(tmp/'cut', device='gpu', resume=True)
    assert {p.device.type for p in learn.model.parameters()} == {'gpu'}
    off = [np.abs(np.subtract(rows(tmp/'cpu'), rows(tmp/o))).max() for o in ('whole', 'cut')]
    print(f'{name}: losses off the CPU\'s by at most {off[0]:.1e}, resumed {off[1]:.1e}; copies to the CPU in a step: at most {max(waits.steps)}')
    assert max(off) < 1e-3, off
    assert len(waits.steps) > 10 and max(waits.steps) <= waits_for, waits.steps
    return path, learn

def characters(device, tmp):
    from hcr.data import get_data
    from hcr.export import export_model, load_exported
    from hcr.train import evaluate_model, train_model
    data = get_data('digits', split='train')
    def train(run, echo=lambda line: None, **how):
        return train_model(data, run=run, epochs=2, bs=128, aug='medium', outliers=.1, arch='fast_cnn', half=False, echo=echo, **how)
    path, learn = trained('characters', device, tmp, train, 0)
    load_exported(export_model(learn, tmp/'a.onnx'))(data.images[:2])
    evaluate_model(path, 'digits')

def lines(device, tmp):
    from hcr.data import get_data
    from hcr.lines.inference import LineRecognizer
    from hcr.lines.synthetic import LineMaker
    from hcr.lines.train import train_lines
    data = LineMaker(get_data('digits'), ['12', '345', '6', '7890']).data(60)
    def train(run, echo=lambda line: None, **how):
        return train_lines(data, run=run, epochs=2, bs=4, valid=.2, width=8, features=32, hidden=16, half=False, echo=echo, **how)
    path, _ = trained('lines', device, tmp, train, 1)
    LineRecognizer(path).read_lines(data.images[:2])

if __name__ == '__main__':
    device = stand_in()
    operators = torch.library.Library('aten', 'IMPL')
    operators.impl('_thnn_fused_lstm_cell', lstm_cell, 'AutogradPrivateUse1')
    for wing in (characters, lines):
        with tempfile.TemporaryDirectory() as d: wing(device, Path(d))
