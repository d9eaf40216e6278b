"""Fifteen ways to spoil a character image: MNIST-C's corruptions, made again from their definitions.

MNIST-C (Mu and Gilmer 2019, arXiv 1906.02337) judges a model by MNIST's test images under noise, blur, movement, fog and
the like. Here are its fifteen corruptions with the severities 1 to 5 of the authors' public code (google-research/mnist-c)
and, in `published`, the one of each that the published data set has. They are deterministic: what is random comes from the
seed and the image itself, so an image is spoiled alike for every model and in every order.

Which severity was published the authors do not say; `published` holds the defaults of their functions. All constants are
theirs, the code and the random numbers are not: figures on the published files and on ours are near to each other, not equal.

`corrupt(images, name)` is what others call. Each corruption takes float images (n, h, w) in 0..1, white on black, one random
generator for each image, and its constants (lengths in pixels, angles in radians, the rest as parts of 1).
`robustness` and `studies/augmentation` use this module; the package does not.
"""
from zlib import crc32

import cv2
import numpy as np
import torch

from hcr.augment import resample
from hcr.core import DataError

def random(rngs, *shape):
    "Even random numbers in 0..1, float (n, *shape)"
    return np.stack([np.asarray(r.random(shape)) for r in rngs])

def sign(rngs):
    "-1 or 1 for each generator"
    return np.where(random(rngs) < .5, -1, 1)

def shot_noise(x, rngs, photons):
    "Count few photons"
    return np.stack([r.poisson(photons*o) for r, o in zip(rngs, x)])/photons

def impulse_noise(x, rngs, share):
    "Salt and pepper"
    u = random(rngs, *x.shape[1:])
    return np.where(u < share/2, 0, np.where(u < share, 1, x))

def blur(x, sigma):
    "Each image smoothed by a Gaussian of `sigma` pixels"
    n = 2*int(4*sigma+.5)+1
    return np.stack([cv2.GaussianBlur(o, (n, n), sigma, borderType=cv2.BORDER_REPLICATE) for o in x])

def swap(x, rngs, reach, rounds):
    "Let pixels change places with near neighbours"
    out, (n, h, w) = x.copy(), x.shape
    rows, cols = range(h-reach, reach, -1), range(w-reach, reach, -1)
    u = random(rngs, rounds, len(rows), len(cols), 3)
    go = (u[..., :1] < .5)*(np.floor(2*reach*u[..., 1:]).astype(int)-reach)
    for k, i, j in np.ndindex(u.shape[1:4]):
        here = np.arange(n), rows[i], cols[j]
        there = np.arange(n), rows[i]+go[:, k, i, j, 0], cols[j]+go[:, k, i, j, 1]
        out[here], out[there] = out[there], out[here]
    return out

def glass_blur(x, rngs, sigma, reach, rounds):
    "Look through frosted glass"
    return blur(swap(blur(x, sigma), rngs, reach, rounds), sigma)

def motion_blur(x, rngs, radius, sigma):
    "Move while the shutter is open"
    n, h, w = x.shape
    steps, angle = np.arange(2*radius+1), np.deg2rad(90*random(rngs)-45)
    weights = np.exp(-steps**2/(2*sigma**2))
    dx, dy = (np.ceil(np.outer(f(angle), steps)-.5).astype(int)[..., None, None] for f in (np.cos, np.sin))
    ys, xs, out = np.arange(h)[:, None], np.arange(w), np.zeros_like(x)
    for k, weight in enumerate(weights/weights.sum()):
        out += weight*x[np.arange(n)[:, None, None], (ys+dy[:, k]).clip(0, h-1), (xs+dx[:, k]).clip(0, w-1)]
    return out

def warp(x, a, b, c, d, right=0, down=0):
    "Images that show at (x, y) what `x` has at (a*x+b*y+right, c*x+d*y+down), from the middle; numbers or (n,)"
    mats = np.stack([np.broadcast_to(np.asarray(o, float).ravel(), len(x)) for o in (a, b, right, c, d, down)], 1)
    return resample(torch.from_numpy(x)[:, None], torch.from_numpy(mats.reshape(-1, 2, 3)))[:, 0].numpy()

def rotate(x, rngs, angle):
    "Turn about the middle"
    turn = angle*sign(rngs)
    return warp(x, np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn))

def shear(x, rngs, angle):
    "Slant to the left or to the right"
    turn = angle*sign(rngs)
    return warp(x, 1, -np.sin(turn), 0, np.cos(turn))

def scale(x, rngs, size):
    "Make it smaller"
    return warp(x, 1/size, 0, 0, 1/size)

def translate(x, rngs, distance):
    "Move it"
    return warp(x, 1, 0, 0, 1, distance*sign(rngs), distance*sign(rngs))

def brightness(x, rngs, amount):
    "Add light everywhere"
    return np.minimum(x+amount, 1)

def stripe(x, rngs):
    "Invert the left and the right quarter"
    quarter, out = x.shape[2]//4, 1-x
    out[:, :, quarter:-quarter] = x[:, :, quarter:-quarter]
    return out

def fractal(rngs, decay, size=256):
    "Clouds in 0..1, float (n, size, size), rougher for a smaller `decay`"
    m, step, amount = np.zeros((len(rngs), size, size)), size, 1.
    def about(mean): return mean+amount*(2*random(rngs, *mean.shape[1:])-1)
    while step > 1:
        half = step//2
        corner = m[:, ::step, ::step]
        below, right = np.roll(corner, -1, 1), np.roll(corner, -1, 2)
        middle = about((corner+below+right+np.roll(below, -1, 2))/4)
        m[:, half::step, half::step] = middle
        m[:, ::step, half::step] = about((corner+right+middle+np.roll(middle, 1, 1))/4)
        m[:, half::step, ::step] = about((corner+below+middle+np.roll(middle, 1, 2))/4)
        step, amount = half, amount/decay**2
    m -= m.min((1, 2), keepdims=True)
    return m/m.max((1, 2), keepdims=True)

def fog(x, rngs, amount, decay):
    "Fog between the eye and the paper"
    top = x.max((1, 2), keepdims=True)
    return (x+amount*fractal(rngs, decay)[:, :x.shape[1], :x.shape[2]])*top/(top+amount+1e-9)

def spatter(x, rngs, mean, std, sigma, level, edge):
    "Drops of mud"
    noise = np.stack([r.normal(mean, std, x.shape[1:]) for r in rngs])
    mud = blur((blur(noise, sigma) > level).astype(float), edge)
    mud[mud < .8] = 0
    return x*(1-mud)+63/255*mud

def line(size, c0, r0, c1, r1):
    "A line from column `c0`, row `r0` to `c1`, `r1`, each (n,): float (n, size, size)"
    c0, r0, c1, r1 = (np.asarray(o, float).reshape(-1, 1, 1) for o in (c0, r0, c1, r1))
    ys, xs = np.arange(size)[:, None], np.arange(size)
    away = np.abs(ys-r0-(r1-r0)/(c1-c0)*(xs-c0)).clip(0, 2.29)
    within = (xs >= np.floor(c0)) & (xs < np.ceil(c1))
    return within*(1+np.log(1-away/2.3)).clip(0)

def dotted_line(x, rngs):
    "A dotted line across"
    n = x.shape[2]
    start, end = np.floor((n-1)*random(rngs, 2)).T
    dots = np.arange(n)//2%2
    return np.minimum(x+dots*line(n, 0*start, start, 0*end+n-1, end), 1)

def zigzag_line(r0, r1, size=28):
    "A zigzag about the line from column 2, row `r0` to column 25, row `r1`, each (n,)"
    r0, r1 = (np.asarray(o, float) for o in (r0, r1))
    tilt, length = np.arctan((r1-r0)/23), np.hypot(r1-r0, 23)
    turns = np.arange(2, 24, 4)
    along = np.stack([0*length, *(0*length+o for o in turns), length])
    aside = np.array([0, *(2*(-1)**np.arange(len(turns))), 0])[:, None]
    cols, rows = 2+along*np.cos(tilt)-aside*np.sin(tilt), r0+along*np.sin(tilt)+aside*np.cos(tilt)
    parts = [line(size, cols[i], rows[i], cols[i+1], rows[i+1]) for i in range(len(cols)-1)]
    return np.minimum(sum(parts), 1)

def zigzag(x, rngs):
    "A zigzag across"
    start, change = (random(rngs, 2)*(27, 10)).astype(int).T
    return np.minimum(x+zigzag_line(start, start+change-5), 1)

def canny_edges(x, rngs):
    "The outline alone"
    edges = []
    for o in blur(x, 1.):
        dx, dy = (np.rint(4000*cv2.Sobel(o, cv2.CV_64F, *d)).astype(np.int16) for d in ((1, 0), (0, 1)))
        edges.append(cv2.Canny(dx, dy, 400, 800, L2gradient=True))
    return np.stack(edges)/255

corruptions = {f.__name__: f for f in (
    shot_noise, impulse_noise, glass_blur, motion_blur, shear, scale, rotate, brightness, translate, stripe, fog,
    spatter, dotted_line, zigzag, canny_edges)}

severities = dict(
    shot_noise=((60,), (25,), (12,), (5,), (3,)),
    impulse_noise=((.03,), (.06,), (.09,), (.17,), (.27,)),
    glass_blur=((.7, 1, 2), (.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)),
    motion_blur=((10, 3), (15, 5), (15, 8), (15, 12), (20, 15)),
    shear=((.2,), (.4,), (.6,), (.8,), (1.,)),
    scale=((.9,), (.8,), (.7,), (.6,), (.5,)),
    rotate=((.2,), (.4,), (.6,), (.8,), (1.,)),
    brightness=((.1,), (.2,), (.3,), (.4,), (.5,)),
    translate=((1,), (2,), (3,), (4,), (5,)),
    fog=((1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)),
    spatter=((.65, .3, 4, .69, .6), (.65, .3, 3, .68, .6), (.65, .3, 2, .68, .5), (.65, .3, 1, .65, 1.5),
             (.67, .4, 1, .65, 1.5)))

published = dict(shot_noise=5, impulse_noise=4, glass_blur=1, motion_blur=1, shear=2, scale=3, rotate=2, brightness=5,
                 translate=3, fog=5, spatter=4)

def constants(name, severity):
    "The constants of a corruption, which may have none"
    if name not in corruptions: raise DataError(f'no corruption {name!r}: choose from {", ".join(corruptions)}')
    if severity is None: severity = published.get(name)
    elif name not in severities: raise DataError(f'{name} has one severity only: leave it out')
    elif severity not in range(1, 6): raise DataError(f'a severity is one of 1, 2, 3, 4 and 5, not {severity!r}')
    return severities[name][severity-1] if severity else ()

def corrupt(images, name, severity=None, seed=0):
    "Corrupt each image by itself"
    given, images = constants(name, severity), np.asarray(images)
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (28, 28):
        raise DataError(f'images are uint8 (n, 28, 28), not {images.dtype} {images.shape}')
    keys, out = [seed, crc32(name.encode())], np.empty_like(images)
    for i in range(0, len(images), 64): # fog needs half a megabyte an image
        part = images[i:i+64]
        rngs = [np.random.default_rng([*keys, crc32(o.tobytes())]) for o in part]
        out[i:i+64] = np.rint(255*np.clip(corruptions[name](part/255, rngs, *given), 0, 1))
    return out
