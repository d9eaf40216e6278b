"""The corruptions that the benchmarks judge models by: the same image is always spoiled alike, and worse when asked for worse.

    python tests/corruptions.py

The affine maps and the blur are compared with SciPy's.
"""
import sys
from pathlib import Path

import numpy as np
from fastcore.test import expect_fail, test_close, test_eq
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).resolve().parent.parent/'benchmarks'/'accuracy'))
from corruptions import blur, corrupt, corruptions, impulse_noise, published, severities, shot_noise, warp

from hcr.core import DataError
from hcr.data import get_data

digits = get_data('digits', split='test').images[:50]
x, grey = digits/255, np.full((50, 28, 28), .3)

def rngs(): return [np.random.default_rng([7, i]) for i in range(50)]

def noise():
    noisy, peppered = shot_noise(grey, rngs(), 3), impulse_noise(grey, rngs(), .17)
    test_close((noisy.mean(), noisy.var()), (.3, .1), eps=.01)
    test_close([(peppered == v).mean() for v in (0, 1, .3)], [.085, .085, .83], eps=.01)

def against_scipy():
    test_close(blur(x, 1.5), [ndimage.gaussian_filter(o, 1.5, mode='nearest') for o in x], eps=1e-6)
    m, mid = np.array([[.9, .2], [-.3, 1.1]]), np.full(2, 13.5)
    theirs = [ndimage.affine_transform(o, m[::-1, ::-1], mid+[2, 1]-m[::-1, ::-1]@mid, order=1, mode='grid-constant') for o in x]
    test_close(warp(x, *m.ravel(), 1, 2), theirs, eps=1e-9)

def each_alike():
    for name in corruptions:
        out = corrupt(digits, name)
        test_eq((out.dtype, out.shape), (np.uint8, digits.shape))
        assert (out != digits).any((1, 2)).all(), name
        test_eq(corrupt(digits[10:13], name), out[10:13])
        test_eq(corrupt(digits[::-1], name), out[::-1])
        fixed = name in {'scale', 'brightness', 'stripe', 'canny_edges'}
        test_eq((corrupt(digits, name, seed=1) == out).all(), fixed)

def worse_and_worse():
    "Spatter changes its kind after severity 3, fog becomes rougher rather than brighter; the last is still worse than the first"
    for name in severities:
        away = [np.abs(corrupt(digits, name, s).astype(int)-digits).mean() for s in range(1, 6)]
        test_eq(corrupt(digits, name), corrupt(digits, name, published[name]))
        if name in ('fog', 'spatter'): assert away[0] < away[4], away
        else: test_eq(away, sorted(away))

def errors():
    test_eq(corrupt(digits[:0], 'fog').shape, (0, 28, 28))
    with expect_fail(DataError, contains='choose from shot_noise'): corrupt(digits, 'snow')
    with expect_fail(DataError, contains='one severity only'): corrupt(digits, 'stripe', 2)
    with expect_fail(DataError, contains='not 6'): corrupt(digits, 'fog', 6)
    with expect_fail(DataError, contains='uint8'): corrupt(x, 'fog')

if __name__ == '__main__':
    for test in (noise, against_scipy, each_alike, worse_and_worse, errors): test()
