"""Does a good classifier of single digits help a reader of strings of them?

    HCR_DATA=... python benchmarks/run.py digit_rescoring MODEL     of `digit_strings.py --height 48 --keep MODEL`

The reader's five likeliest texts of each held-back string are judged again: the string is cut where it has least ink between
two digits of the alignment, the shipped `digits` reads the pieces, and the logarithm of what it says, times a weight, is
added to the reader's. It has seen the held-back digits while it was trained, so this is what it can bring at most.

About 5 minutes on two cores; n=1,000 strings.
"""
import argparse

import numpy as np

from hcr.lines.ctc import align
from hcr.data import get_data
from hcr.lines.decode import BeamDecoder
from hcr.inference import Recognizer
from hcr.preprocess import fit_box, mnist_geometry, place
from hcr.lines.inference import LineRecognizer, pad_line

from digit_strings import maker

def pieces(line, spans):
    "The digits of a string, uint8 (28, 28) each, as MNIST has them"
    ink, centres, cuts = line.sum(0, dtype=int), [2*(a+b) for a, b in spans], [0]
    for a, b in zip(centres, centres[1:]):
        between = ink[a:max(b, a+1)+1]
        lightest = np.flatnonzero(between == between.min())
        cuts.append(a+int(lightest[len(lightest)//2]))
    for a, b in zip(cuts, [*cuts[1:], len(ink)]):
        part = line[:, a:max(b, a+1)]
        yield place(fit_box(part, mnist_geometry.box), mnist_geometry) if (part > 64).any() else np.zeros((28, 28), np.uint8)

def readings(reader, classifier, line):
    "The likeliest texts of a string: text, and the logarithms of what the reader and the classifier say"
    lp = reader.log_probs(pad_line(line)[None])
    found = [(text, share) for text, share in BeamDecoder().search(lp, reader.codec)[0][:5] if text and share > 1e-4]
    ids = [reader.codec.encode(text) for text, _ in found]
    for (text, share), spans in zip(found, align(np.repeat(lp, len(ids), 0), ids)):
        probs = classifier.predict_array(np.stack(list(pieces(line, spans))))
        yield text, np.log(share), sum(np.log(max(p[int(c)], 1e-6)) for c, p in zip(text, probs))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('model', help='a reader of strings 48 pixels high')
    a = p.parse_args()
    _, held = get_data('mnist', split='train').split_off(.1, 0)
    strings, reader, classifier = maker(held, 1, 48).data(1000, 1), LineRecognizer(a.model), Recognizer.load('digits', 1)
    rows = [list(readings(reader, classifier, o)) for o in strings.images]
    print(f'{np.mean([any(t == o[0] for o in r) for r, t in zip(rows, strings.texts)]):.1%} are among the five likeliest')
    for weight in (0, .25, .5, 1, 2):
        read = [max(r, key=lambda o: o[1]+weight*o[2])[0] for r in rows]
        print(f'weight {weight}: {np.mean([a == b for a, b in zip(read, strings.texts)]):.1%} of 1,000 strings right', flush=True)

if __name__ == '__main__': main()
