"""How fast lines are read, and what the search with a language model costs.

Claim: `LineRecognizer` reads more than 40 lines a second on two cores, from the image file to the text, sixteen lines
a batch; beam search of width 20 with a language model of order 6 takes less than 1.5 times as long as greedy reading.

    HCR_DATA=... python benchmarks/run.py line_speed [--model lines-fr] [--lines 394] [--repeats 3]

The lines are those of the wills' validation writers, about 500 pixels wide at 48 high. All contenders read the same
files in turn in one process; the ratio is of neighbours in time.

About 3 minutes on two cores; n=3.
"""
import argparse, csv, os, statistics, sys, time
from pathlib import Path

from hcr.lines.ctc import greedy
from hcr.lines.decode import BeamDecoder
from hcr.lines.language import CharLM
from hcr.lines.inference import LineRecognizer

from common import claims, machine, median_ratio

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--model', default='lines-fr')
    p.add_argument('--lines', type=int, default=394)
    p.add_argument('--repeats', type=int, default=3)
    args = p.parse_args()
    folder = Path(os.environ['HCR_DATA'])/'lines'
    def table(part): return list(csv.DictReader((folder/part).open(encoding='utf-8'), delimiter='\t', quoting=csv.QUOTE_NONE))
    files = [folder/'images'/row['image'] for row in table('val.tsv')][:args.lines]
    lm, rec = CharLM.train([row['text'] for row in table('train.tsv')]), LineRecognizer.load(args.model)
    ways = dict(greedy=greedy, beam=BeamDecoder(), **{'beam with language model': BeamDecoder(lm)})
    seconds = {name: [] for name in ways}
    for _ in range(args.repeats):
        for name, rec.decoder in ways.items():
            start = time.perf_counter()
            rec.read(files, bs=16, errors='keep')
            seconds[name].append(time.perf_counter()-start)
    print(f'{"":26} {"lines/s":>8} {"against greedy":>15}')
    for name, found in seconds.items():
        print(f'{name:26} {len(files)/statistics.median(found):8.0f} {median_ratio(found, seconds["greedy"]):15.2f}')
    print(machine('numpy', 'onnxruntime'))
    return claims(('lines/s, greedy', len(files)/statistics.median(seconds['greedy']), '>=', 40),
                  ('seconds of the beam with language model / greedy', median_ratio(seconds['beam with language model'], seconds['greedy']), '<=', 1.5))

if __name__ == '__main__': sys.exit(main())
