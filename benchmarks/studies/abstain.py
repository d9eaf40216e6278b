"""How much a model answers when only one answer in a hundred, or in a thousand, may be wrong; and whether it knows letters from digits.

    HCR_DATA=... python benchmarks/run.py abstain MODEL [MODEL ...] [--data mnist]

For each model one line for each error rate: the threshold comes from the model's own validation part (its card), and
coverage and errors are counted on the test set. Then the area under the ROC curve of the largest probability, for a
model of digits: the test set against EMNIST's letters, all of them and without those that look like digits, and against
images that are no character (`hcr.outliers`, whose kinds the model may have met in training, and turned test digits
that it has not: 2, 3, 4, 5 and 7 upside down).

About 3 minutes on two cores; n=1.
"""
import argparse, sys
import numpy as np, torch
from sklearn.metrics import roc_auc_score
from common import machine, table
from hcr.data import get_data
from hcr.inference import Recognizer
from hcr.outliers import outliers

LOOK_ALIKE = set('OoQDIiLlZzSsGgqBbJyTPA')  # letters that a hand may write like a digit

def coverage(rec, data, rates):
    p = rec.predict_array(data.images)
    best, wrong = p.max(1), p.argmax(1) != data.labels
    for r in rates:
        t = rec.threshold(r)
        on = best >= t
        yield [f'at most {100*r:g}% wrong', f'{t:.4f}', f'{100*on.mean():.2f}%', f'{wrong[on].sum()} of {on.sum():,} ({100*wrong[on].mean():.3f}%)']

def auroc(inside, outside): return roc_auc_score(np.r_[np.ones(len(inside)), np.zeros(len(outside))], np.r_[inside, outside])

def others(rec, data):
    letters = get_data('emnist-byclass', split='test')
    is_letter = np.array([letters.vocab[i].isalpha() for i in letters.labels])
    plain = is_letter & np.array([letters.vocab[i] not in LOOK_ALIKE for i in letters.labels])
    yield 'letters', letters[np.flatnonzero(is_letter)].with_geometry(rec.card.geometry).images
    yield 'letters that look like no digit', letters[np.flatnonzero(plain)].with_geometry(rec.card.geometry).images
    torch.manual_seed(0)
    x = torch.from_numpy(data.images[:4000]).float()[:, None]/255
    yield 'blots, tangles, two at once', (outliers(x)[:, 0]*255).round().byte().numpy()
    some = np.isin(data.labels, [data.vocab.index(c) for c in '23457'])
    yield '2, 3, 4, 5, 7 upside down', np.ascontiguousarray(np.rot90(data.images[some], 2, (1, 2)))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('models', nargs='+')
    p.add_argument('--data', default='mnist')
    a = p.parse_args()
    print(machine('onnxruntime', 'torch'))
    for m in a.models:
        rec = Recognizer.load(m)
        data = get_data(a.data, split='test').with_vocab(rec.vocab).with_geometry(rec.card.geometry)
        p = rec.predict_array(data.images)
        print(f'\n{m} on {a.data} test: {100*(p.argmax(1) == data.labels).mean():.2f}% of {len(data):,} right')
        try: table(list(coverage(rec, data, (.01, .001))), ['', 'threshold', 'answered', 'wrong'])
        except ValueError as e: print(e)
        if set(rec.vocab) == set('0123456789'):
            print()
            table([[name, f'{len(x):,}', f'{auroc(p.max(1), rec.predict_array(x).max(1)):.4f}'] for name, x in others(rec, data)], ['against', 'images', 'AUROC'])

if __name__ == '__main__': sys.exit(main())
