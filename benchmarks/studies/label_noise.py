"""How many labels of EMNIST's test images are wrong, how many images nobody can decide, and what accuracy that leaves.

    HCR_DATA=... python benchmarks/run.py label_noise MODEL [--json FILE] [--list FILE]

MODEL was trained on training images of ByClass, so that the whole of ByMerge test and ByClass test is out of its sample.
Prints suspects by confident learning (Northcutt et al. 2021), what a reader found who looked at a stratified sample of
480 images of ByMerge test without their labels (`label_noise_readings.csv`; `second` is a label that it excluded and
found possible when shown), bounds on the accuracy that any model can
reach, and how often look-alikes are undecidable. --json keeps all of it for the notebook `label_noise.ipynb`, --list the
clearest cases as CSV; an index is the position in the IDX file, which for ByMerge test is also the official one.

About 10 minutes on two cores; n=480 images read by eye.
"""
import argparse, csv, json, sys
from pathlib import Path
import numpy as np
from common import machine, table
from hcr.core import atomic_write, merge_case
from hcr.data import get_data
from hcr.calibration import accuracy_interval, ece
from hcr.inference import Recognizer

READINGS = Path(__file__).with_name('label_noise_readings.csv')
GROUPS = ['0Oo', '1IiLl', '5Ss', '9gq', '2Zz', 'Ff']
DRAWS = 4000

# --- a model's probabilities

def judged(rec, name):
    "Labels, alphabet, probabilities in it, and the model's own, for the test part of `name`"
    data = get_data(name, split='test').with_geometry(rec.card.geometry)
    own = rec.predict_array(data.images)
    vocab, adds = merge_case(rec.vocab, data.vocab)
    return data.with_vocab(vocab).labels, vocab, own.astype(float)@adds, own

def suspects(p, y):
    "Which labels confident learning doubts: another class reaches the mean probability that images labelled so give it"
    t = np.array([p[y == k, k].mean() for k in range(p.shape[1])])
    best = np.where(p >= t, p, 0).argmax(1)
    return (p >= t).any(1) & (best != y)

def only_case(a, b): return a != b and a.lower() == b.lower()

def listed(name, p, y, vocab, per_pair=20):
    "The clearest cases: labels far less probable than the answer, and the two likeliest as equal as can be, one of them the label"
    row, order = np.arange(len(y)), np.argsort(-p, 1)
    own, top, second = p[row, y], p[row, order[:, 0]], p[row, order[:, 1]]
    wrong = np.flatnonzero((own < .01) & (top-own >= .9))
    close = np.flatnonzero((order[:, :2] == y[:, None]).any(1) & (top+second > .98) & (top-second < .1))
    pairs = {}
    for i in close[np.argsort((top-second)[close])]: pairs.setdefault(frozenset(order[i, :2]), []).append(i)
    for kind, at in (('wrong', wrong[np.argsort(own[wrong])]), ('undecidable', [i for o in pairs.values() for i in o[:per_pair]])):
        for i in at:
            other = order[i, 0] if order[i, 0] != y[i] else order[i, 1]
            yield dict(data=name, index=int(i), label=vocab[y[i]], reads=vocab[other], p_label=round(float(own[i]), 5),
                       p_reads=round(float(p[i, other]), 5), kind=kind, only_case=only_case(vocab[y[i]], vocab[other]))

# --- the reader

def read_sample(p, y, vocab):
    "The images that were read by eye, with what the readings say of their labels"
    with open(READINGS, newline='') as f: rows = list(csv.DictReader(f))
    prior = np.bincount(y, minlength=len(vocab))/len(y)
    return [read_one(r, p[int(r['index'])], vocab[y[int(r['index'])]], vocab, prior) for r in rows]

def read_one(r, p, label, vocab, prior):
    "One image: `impossible` by the blind reading; `kind` 'wrong' only if so with the label shown, and by the model's answer"
    chars, answer = list(vocab) if r['readings'] == '?' else list(r['readings']), vocab[p.argmax()]
    impossible, at = label not in chars, [vocab.index(c) for c in chars]
    # what a guess among the blind readings loses: a label that was let in later must not count, for it was let in as the label
    lost = [1. if impossible else float(1-w[at].max()/w[at].sum()) for w in (prior, p)]
    if impossible and label in (r['second'], answer): chars.append(label) # the reader was too narrow
    at = [vocab.index(c) for c in chars]
    kind = 'wrong' if label not in chars else 'decidable' if len(chars) == 1 else 'undecidable'
    return dict(index=int(r['index']), readings=r['readings'], stratum=r['stratum'], of=int(r['of']), label=label, answer=answer,
                p_label=round(float(p[vocab.index(label)]), 4), p_answer=round(float(p.max()), 4), kind=kind, impossible=impossible,
                first=label == r['readings'][0], lost_prior=lost[0], lost_model=lost[1], sure=float(p[at].max()/p[at].sum()))

def weighed(rows, value, among=None):
    "Share of the whole test set (or of those `among`) by the strata, with the 95% interval of a stratified bootstrap"
    rng, num, den = np.random.default_rng(0), np.zeros(DRAWS+1), np.zeros(DRAWS+1)
    for s in sorted({r['stratum'] for r in rows}):
        mine = [r for r in rows if r['stratum'] == s]
        v = np.array([[float(value(r)), 1.] if among is None or among(r) else [0., 0.] for r in mine])
        at = np.r_[np.arange(len(mine))[None], rng.integers(len(mine), size=(DRAWS, len(mine)))] # the sample itself, then draws
        for total, o in zip((num, den), v.T): total += mine[0]['of']*o[at].mean(1)
    share = num/np.maximum(den, 1e-9)
    return [float(share[0]), *map(float, np.quantile(share[1:], (.025, .975)))]

def eye_figures(rows):
    "What the sample says of the whole test set: name -> [share, low, high]"
    def kind(k): return lambda r: r['kind'] == k
    def missed(k): return lambda r: r['kind'] == k and r['answer'] != r['label']
    wrong = kind('wrong')
    return {'reader, not knowing it: label impossible': weighed(rows, lambda r: r['impossible']),
            'and the model answers something else': weighed(rows, lambda r: r['impossible'] and r['answer'] != r['label']),
            'wrong: all that, and with the label shown': weighed(rows, wrong),
            'of these, only the case is wrong': weighed(rows, lambda r: any(only_case(r['label'], c) for c in r['readings']), wrong),
            'undecidable: several characters possible': weighed(rows, kind('undecidable')),
            'undecidable, and the model is below 0.9 among them': weighed(rows, lambda r: r['kind'] == 'undecidable' and r['sure'] < .9),
            'misread by the model, label wrong': weighed(rows, missed('wrong')),
            'misread by the model, several possible': weighed(rows, missed('undecidable')),
            'misread by the model, only the label possible': weighed(rows, missed('decidable')),
            "the reader's first reading is the label": weighed(rows, lambda r: r['first'])}

# --- bounds

def neighbour_error(own, y, part=1):
    "Leave-one-out error of the nearest neighbour among the model's outputs (Hellinger distance), on every `part`-th image"
    f, y, wrong = np.sqrt(own[::part]).astype(np.float32), y[::part], 0
    for i in range(0, len(f), 1000):
        near = f[i:i+1000] @ f.T # rows have length one: the nearest has the largest product
        near[np.arange(len(near)), i+np.arange(len(near))] = -1
        wrong += (y[near.argmax(1)] != y[i:i+1000]).sum()
    return int(wrong), len(f)

def cover_hart(e, classes):
    "The least Bayes error that a nearest neighbour error of `e` in the limit allows (Cover and Hart 1967)"
    c = classes/(classes-1)
    return (1-np.sqrt(max(0, 1-c*e)))/c

def bounds(p, y, own, rows):
    "[name, accuracy, low, high, direction]: what each way says of the best accuracy that can be reached"
    n, out = len(y), []
    def add(name, low_high, direction): out.append([name, *map(float, low_high), direction])
    right, conf = int((p.argmax(1) == y).sum()), p.max(1)
    add('reached by this model', (right/n, *accuracy_interval(right, n)), 'at least')
    se = conf.std()/np.sqrt(n)
    add('mean largest probability (Ishida et al. 2023)', (conf.mean(), conf.mean()-1.96*se, conf.mean()+1.96*se), 'at least')
    def left(f): return [1-o for o in np.array(weighed(rows, f))[[0, 2, 1]]]
    if rows:
        add('read by eye, guessed by how common', left(lambda r: r['lost_prior']), 'at least')
        add('read by eye, guessed by the model', left(lambda r: r['lost_model']), 'at least')
    for part in (4, 1):
        wrong, m = neighbour_error(own, y, part)
        low, high = accuracy_interval(wrong, m)
        best = [1-cover_hart(e, p.shape[1]) for e in (wrong/m, high, low)]
        add(f'nearest neighbour of {m:,} (Cover and Hart 1967)', best, 'at most, by these outputs')
    if rows: add('no guess lost, only wrong labels', left(lambda r: r['kind'] == 'wrong'), 'at most')
    return out

# --- look-alikes

def groups(p, y, vocab, rows):
    "For each group of look-alikes: how many, right by always saying the commonest and by the model, unsure within it, read by eye"
    for g in GROUPS:
        chars = [c for c in g if c in vocab]
        if len(chars) < 2: continue
        at = [vocab.index(c) for c in chars]
        mine = np.isin(y, at)
        within = p[mine][:, at]
        sure, right = within.max(1)/within.sum(1), np.array(at)[within.argmax(1)] == y[mine]
        out = dict(group='/'.join(chars), images=int(mine.sum()), commonest=float(np.bincount(y[mine]).max()/mine.sum()), right=float(right.mean()),
                   below_90=float((sure < .9).mean()), below_75=float((sure < .75).mean()))
        if rows:
            def among(r): return r['label'] in chars
            def several(r): return r['readings'] == '?' or sum(c in chars for c in r['readings']) > 1
            out |= dict(read=sum(map(among, rows)), several=weighed(rows, several, among))
        yield out

# --- all of it

def audit(rec, name):
    "Figures and list of one test set"
    y, vocab, p, own = judged(rec, name)
    rows = read_sample(p, y, vocab) if name == 'emnist-bymerge' else []
    doubt, full = suspects(p, y), list(listed(name, p, y, vocab))
    out = dict(n=len(y), right=int((p.argmax(1) == y).sum()), ece=ece(p, y), suspects=int(doubt.sum()),
               listed={k: sum(o['kind'] == k for o in full) for k in ('wrong', 'undecidable')},
               listed_case=sum(o['only_case'] for o in full if o['kind'] == 'wrong'),
               bounds=bounds(p, y, own, rows), groups=list(groups(p, y, vocab, rows)))
    if rows:
        seen = {o['index'] for o in full if o['kind'] == 'wrong'}
        out['eye'] = eye_figures(rows)
        out['eye_of_suspects'] = {k: weighed(rows, lambda r: r['kind'] == k, lambda r: doubt[r['index']]) for k in ('wrong', 'undecidable')}
        out['eye_of_listed'] = {k: sum(r['kind'] == k for r in rows if r['index'] in seen) for k in ('wrong', 'undecidable', 'decidable')}
        out['read'] = [{k: v for k, v in r.items() if k not in ('lost_prior', 'lost_model', 'sure', 'first')} for r in rows]
    return out, full

def rounded(o):
    "The same with five digits behind the point"
    if isinstance(o, dict): return {k: rounded(v) for k, v in o.items()}
    if isinstance(o, list): return [rounded(v) for v in o]
    return round(o, 5) if isinstance(o, float) else o

def percent(v): return f'{100*v[0]:.1f}  ({100*v[1]:.1f} to {100*v[2]:.1f})'

def show(name, o):
    print(f'\n{name} test: {100*o["right"]/o["n"]:.2f}% of {o["n"]:,} right, ECE {100*o["ece"]:.2f}%; '
          f'confident learning doubts {o["suspects"]:,} labels; listed {o["listed"]}, {o["listed_case"]} of the wrong ones by case alone')
    if 'eye' in o:
        table([[k, percent(v)] for k, v in o['eye'].items()], [f'{len(o["read"])} images read by eye', '% of all images, 95%'])
        print('of the doubted labels:', {k: percent(v) for k, v in o['eye_of_suspects'].items()}, '; of those listed and read:', o['eye_of_listed'])
    table([[b[0], b[4], percent(b[1:4])] for b in o['bounds']], ['the best accuracy', 'is', '%, 95%'])
    table([[g['group'], f'{g["images"]:,}', *(f'{100*g[k]:.1f}' for k in ('commonest', 'right', 'below_90', 'below_75')), g.get('read', '-'),
            percent(g['several']) if 'several' in g else '-'] for g in o['groups']],
          ['look-alikes', 'images', '% the commonest', '% right within', '% below 0.9', '% below 0.75', 'read', '% several possible'])

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('model')
    p.add_argument('--json', help='write all figures to this file')
    p.add_argument('--list', help='write the clearest cases to this CSV file')
    a = p.parse_args()
    rec = Recognizer.load(a.model)
    found, full = {}, []
    print(machine('onnxruntime'))
    for name in ('emnist-bymerge', 'emnist-byclass'):
        found[name], more = audit(rec, name)
        full += more
        show(name, found[name])
    about = dict(model=Path(a.model).stem, arch=rec.card.arch, trained_on=rec.card.trained_on, temperature=rec.card.temperature)
    if a.json:
        with atomic_write(a.json, 'w') as f: json.dump(dict(about=about, **rounded(found)), f, separators=(',', ':'))
    if a.list:
        with atomic_write(a.list, 'w') as f:
            w = csv.DictWriter(f, full[0], lineterminator='\n')
            w.writeheader()
            w.writerows(full)

if __name__ == '__main__': sys.exit(main())
