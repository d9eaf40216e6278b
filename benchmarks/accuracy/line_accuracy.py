"""What words and lines are read as: greedily, with a language model of characters, with a lexicon, and with both.

Claim: the shipped readers reach the character error rates that their cards state, on writers or lines they were not
trained on.

    HCR_DATA=... python benchmarks/run.py line_accuracy [--model words-en --data words] [--model lines-fr --data lines] [--tune]

Language model and lexicon are made of the texts of the training part alone. With `--tune`, the weight of the language
model, the bonus for a character and the price of a word outside the lexicon are chosen on what training held back
(without its texts in the language model); without it the values that were so found are used. The validation part is
judged once.

About 8 minutes on two cores; n=2,194 words and lines.
"""
import argparse, itertools, re, sys

from hcr.lines.ctc import greedy
from hcr.lines.decode import BeamDecoder, Lexicon
from hcr.lines.language import CharLM
from hcr.lines.train import evaluate_lines
from hcr.lines.data import get_lines
from hcr.lines.inference import LineRecognizer
from hcr.lines.evaluate import TextEvaluation

from common import claims, machine

found_before = {'words': dict(lm_weight=.5, char_bonus=1., oov=-4.), 'lines': dict(lm_weight=.5, char_bonus=1., oov=-4.)}

def word_list(texts):
    "All runs of letters"
    return sorted({w for t in texts for w in re.findall(r'[^\W\d_]+', t)})

def decoders(texts, how):
    "The ways to read, with what the texts say of the language"
    lm, lexicon = CharLM.train(texts, smoothing='witten-bell'), Lexicon(word_list(texts))
    weights = {k: how[k] for k in ('lm_weight', 'char_bonus')}
    return {'greedy': greedy, 'language model': BeamDecoder(lm, **weights), 'lexicon': BeamDecoder(lexicon=lexicon, oov_penalty=how['oov']),
            'both': BeamDecoder(lm, lexicon, oov_penalty=how['oov'], **weights)}

def tune(rec, train):
    "The values with the fewest errors on what was held back"
    settings = rec.card.trained_on
    rest, held = train.split_off(settings['valid'], settings['seed'])
    lm, best = CharLM.train(rest.texts, smoothing='witten-bell'), None
    log_probs = []
    rec.decoder = lambda lp, codec: log_probs.append(lp) or greedy(lp, codec)
    for o, text in zip(held.images, held.texts): rec.read_lines([o])
    def errors(decoder):
        read = [decoder(lp, rec.codec)[0].text for lp in log_probs]
        return TextEvaluation(held.texts, read).summary()['cer']
    lexicon = Lexicon(word_list(rest.texts))
    trials = [(errors(BeamDecoder(lm, lm_weight=w, char_bonus=b)), w, b) for w, b in itertools.product((.2, .3, .4, .5, .7), (0., .5, 1., 1.5))]
    cer, w, b = min(trials)
    prices = [(errors(BeamDecoder(lexicon=lexicon, oov_penalty=o)), o) for o in (-1., -2., -3., -4., -6.)]
    for o in sorted(trials)[:5]+sorted(prices): print('  tried', *o, file=sys.stderr)
    return dict(lm_weight=w, char_bonus=b, oov=min(prices)[1])

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--model', action='append')
    p.add_argument('--data', action='append')
    p.add_argument('--tune', action='store_true')
    args = p.parse_args()
    print(f'{"model":12} {"data":6} {"reading":15} {"CER":>7} {"95%":>15} {"WER":>7} {"right":>7} {"sure":>7}')
    held, stated = [], {'words-en': .15, 'lines-fr': .26} # greedy; with the language model the cards state less
    for model, name in zip(args.model or ['words-en', 'lines-fr'], args.data or ['words', 'lines']):
        rec = LineRecognizer.load(model)
        train, valid = (get_lines(name, split=o, geometry=rec.card.geometry) for o in ('train', 'valid'))
        how = tune(rec, train) if args.tune else found_before[name]
        if args.tune: print(f'  chosen for {name}: {how}', file=sys.stderr)
        for way, rec.decoder in decoders(train.texts, how).items():
            e = evaluate_lines(rec, valid).summary()
            low, high = e['cer_low'], e['cer_high']
            print(f'{model:12.12} {name:6} {way:15} {e["cer"]:7.2%} {low:7.2%}-{high:7.2%} {e["wer"]:7.2%} {e["exact"]:7.2%} {e["mean_confidence"]:7.2%}', flush=True)
            if way == 'greedy' and model in stated: held.append((f'CER of {model}, greedy', e['cer'], '<=', stated[model]))
    print(machine('numpy', 'onnxruntime'))
    return claims(*held)

if __name__ == '__main__': sys.exit(main())
