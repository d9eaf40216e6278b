"""Train, judge, resume and export on a device that is not the CPU, where there is no GPU.

Claim: both wings train on another device; no tensor is left on the CPU, nothing asks for the device's memory by another
way than a copy, no step of the training waits for a number of the device; and the losses are those of the CPU.

    python tests/device.py

Needs a C++ compiler and ninja (`pip install ninja`). `tests/device.cpp` is the stand-in: a PyTorch device of its own, whose
memory is the host's and whose operations run on the CPU, but only where all of their tensors are its own. As on a GPU,
`.numpy()` on one of them is an error, and copies to the CPU are counted, because a GPU would be waited for. It says nothing
of speed, nor of CUDA's own numerics.
"""
import os, sys, tempfile, types
from pathlib import Path

import hcr.core # before torch and fastai, one of whose warnings it silences
import numpy as np
import torch

def stand_in():
    "Compile the device, and make it known to torch as `gpu`"
    from torch.utils.cpp_extension import load
    device = load('hcr_stand_in', [str(Path(__file__).with_suffix('.cpp'))], extra_cflags=['-O0'], build_directory=tempfile.mkdtemp())
    def constant(x): return staticmethod(lambda *args: x)
    half = [torch.bfloat16, torch.float16]
    facts = dict(is_available=True, is_initialized=True, device_count=1, current_device=0, _is_in_bad_fork=False, manual_seed_all=None,
                 get_amp_supported_dtype=half)
    torch.utils.rename_privateuse1_backend('gpu')
    torch._register_device_module('gpu', type('gpu', (types.ModuleType,), {k: constant(v) for k, v in facts.items()})('gpu'))
    torch.utils.generate_methods_for_privateuse1_backend()
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

def same(name, a, b, close=1e-4):
    "Whether two trainings had the same losses"
    off = max(abs(x-y) for x, y in zip(a, b))
    print(f'{name}: {len(a)} epochs, losses off by at most {off:.1e}')
    assert len(a) == len(b) and off < close, (a, b)

def losses(learn): return [float(v[0]) for v in learn.recorder.values]

def characters(device, tmp):
    from hcr.data import get_data
    from hcr.export import export_model, load_exported
    from hcr.train import evaluate_model, train_model
    data, logs, files = get_data('digits', split='train'), {}, {}
    for where in ('cpu', 'gpu'):
        waits = Waits(device)
        how = dict(epochs=2, bs=128, aug='medium', device=where, half=False, echo=lambda line: None, cbs=[waits.callback()])
        files[where], learn = train_model(data, run=tmp/f'chars-{where}', **how)
        logs[where] = losses(learn)
    assert next(learn.model.parameters()).device.type == 'gpu'
    same('characters', logs['cpu'], logs['gpu'])
    print(f'characters: copies to the CPU in a step: {waits.steps}')
    assert not any(waits.steps), waits.steps
    print('characters: right on the test part', [evaluate_model(files[o], 'digits').summary()['accuracy'] for o in files])
    load_exported(export_model(learn, tmp/'chars.onnx'))(data.images[:2])

if __name__ == '__main__':
    device = stand_in()
    torch.library.Library('aten', 'IMPL').impl('_thnn_fused_lstm_cell', lstm_cell, 'AutogradPrivateUse1')
    with tempfile.TemporaryDirectory() as d: characters(device, Path(d))
