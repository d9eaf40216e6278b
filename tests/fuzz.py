"""Feed damaged and hostile files to everything that reads files, guided by coverage.

Claim: in a million executions of each reader there is no error but hcr's own, no execution over a second, and never
more than 2 GB of memory.

    python tests/fuzz.py [READER ...] [--runs 1000000] [--corpus DIR]

Needs atheris (`pip install atheris`; Linux and Python 3.11 to 3.13). Each reader runs in processes of its own, a new
one after 50,000 executions, since atheris keeps arrays that it saw compared. It starts from small sound files, made
here, which atheris changes at random; what reaches new lines of hcr is kept and changed further. The first input that
breaks a rule ends that reader's run, is kept in DIR, and is told. Images are decoded by Pillow, whose own code is not
followed.
"""
import argparse, bz2, gzip, io, json, lzma, os, subprocess, sys, tempfile, time, zipfile
from pathlib import Path

import numpy as np

def idx_seeds():
    from hcr.idx import write_idx
    with tempfile.TemporaryDirectory() as d:
        fn = Path(d)/'a'
        for a in (np.arange(24, dtype=np.uint8).reshape(2, 3, 4), np.arange(3, dtype=np.float64)):
            write_idx(fn, a)
            data = fn.read_bytes()
            yield from (data, gzip.compress(data), bz2.compress(data), lzma.compress(data))

def model_seeds():
    from hcr.core import save_tensors
    from hcr.inference import shipped_models
    with tempfile.TemporaryDirectory() as d:
        save_tensors(fn := Path(d)/'a', {'w': np.ones((2, 2), np.float32)}, dict(graph='', card={}))
        yield fn.read_bytes()
    yield Path(shipped_models()['chars-tiny']).read_bytes()

def card_seeds():
    from hcr.core import load_tensors
    from hcr.inference import shipped_models
    for name in ('chars-tiny', 'words-en'):
        meta = load_tensors(shipped_models()[name])[1]
        yield json.dumps(dict(meta['card'], figures={}, trained_on={})).encode()

def image_seeds():
    from PIL import Image
    rng = np.random.default_rng(0)
    for mode, kinds in dict(L='PNG BMP GIF TIFF PPM', RGB='PNG JPEG WEBP TIFF', RGBA='PNG WEBP', P='PNG GIF', **{'1': 'PNG TIFF', 'I;16': 'PNG TIFF'}).items():
        image = Image.fromarray(rng.integers(0, 255, (9, 12), np.uint8)).convert(mode)
        for kind in kinds.split():
            image.save(f := io.BytesIO(), kind)
            yield f.getvalue()

def zip_seeds():
    png = next(image_seeds())
    for how in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(f := io.BytesIO(), 'w', how) as z:
            for name in ('a.png', 'b/ü.jpg', 'c.txt'): z.writestr(name, png)
        yield f.getvalue()

def template_seeds():
    from hcr.forms.template import Field, Template
    fields = [Field('a', 'boxes', (10, 10, 90, 20), 4, 'digits', check='luhn'), Field('b', 'marks', (10, 40, 90, 20), 2, options=['y', 'n'])]
    with tempfile.TemporaryDirectory() as d:
        for found_by in (dict(marks=[(5, 5), (195, 5), (195, 95), (5, 95)], mark_size=8), dict(blank='a.png')):
            Template('t', (200, 100), fields, **found_by).save(fn := Path(d)/'t.json')
            yield fn.read_bytes()

def table_seeds():
    yield b'image,label,split\na.png,a,train\n"b,c.png","""",test\n'
    yield b'path\tclass\na.png\t7\n'
    yield b'image\twriter\ttext\na.jpg\tw1\tun mot\nb.jpg\tw2\tdeux\n'
    yield b'\xef\xbb\xbfsep=;\r\nlabel;'+b';'.join(b'pixel%d' % i for i in range(25))+b'\r\n7;'+b';'.join([b'255']*25)+b'\r\n'
    yield b','.join([b'0', *[b'0.5']*25])+b'\n'+b','.join([b'a', *[b'1']*25])+b'\n'

def npz_seeds():
    x, y = np.arange(50, dtype=np.uint8).reshape(2, 5, 5), np.arange(2)
    for arrays in (dict(x_train=x, y_train=y, x_test=x, y_test=y), dict(images=x.reshape(2, 25)/49, labels=np.array(['a', 'b']))):
        np.savez(f := io.BytesIO(), **arrays)
        yield f.getvalue()

def language_seeds():
    from hcr.lines.language import CharLM
    with tempfile.TemporaryDirectory() as d: yield CharLM.train(['ab', 'aa'], 2).save(Path(d)/'a').read_bytes()

def words_seeds():
    yield b'# comment\na01-000u-00-00 ok 154 408 768 27 51 AT A\na01-000u-00-01 err 154 507 766 213 48 NN MOVE to|x\n'

def xml_seeds():
    page = '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Page imageFilename="a.png">{}</Page></PcGts>'
    line = '<TextRegion><TextLine id="l"><Coords points="0,0 9,0 9,5 0,5"/><TextEquiv index="0"><Unicode>ab</Unicode></TextEquiv></TextLine></TextRegion>'
    yield page.format(line).encode()
    yield (b'<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><MeasurementUnit>pixel</MeasurementUnit>'
           b'<sourceImageInformation><fileName>a.png</fileName></sourceImageInformation></Description><Layout><Page><PrintSpace>'
           b'<TextBlock><TextLine ID="l" HPOS="1" VPOS="2" WIDTH="3" HEIGHT="4"><Shape><Polygon POINTS="0 0 9 0 9 5"/></Shape>'
           b'<String CONTENT="ab"/><SP/><String CONTENT="c"/></TextLine></TextBlock></PrintSpace></Page></Layout></alto>')
    yield b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><alto>&c;</alto>'

def mapping_seeds(): yield b'0 48\n1 49\n2 50 51\n'

def readers(tmp):
    "Name -> what reads some bytes, and small sound files"
    from hcr.files import zip_images
    from hcr.core import load_tensors
    from hcr.data import get_data
    from hcr.idx import read_idx
    from hcr.image import read_grey
    from hcr.lines.data import iam_rows, table_rows
    from hcr.lines.language import CharLM
    from hcr.modelfile import card_from_dict
    from hcr.sets import read_mapping
    from hcr.lines.xml import page_lines
    from hcr.forms.template import Template
    def file(name, read):
        path = tmp/name
        def go(data):
            path.write_bytes(data)
            return read(path)
        return go
    def card(data):
        try: meta = json.loads(data)
        except (ValueError, RecursionError): return
        card_from_dict(meta)
    return dict(
        idx=(file('a.idx', read_idx), idx_seeds), model=(file('a.safetensors', load_tensors), model_seeds), card=(card, card_seeds),
        image=(read_grey, image_seeds), zip=(file('a.zip', lambda path: list(zip_images(path))), zip_seeds),
        template=(file('a.json', Template.load), template_seeds), table=(file('a.csv', lambda path: get_data(path, split='all')), table_seeds),
        npz=(file('a.npz', lambda path: get_data(path, split='all')), npz_seeds), language=(file('a.charlm', CharLM.load), language_seeds),
        lines=(file('a.tsv', table_rows), table_seeds), words=(file('words.txt', lambda path: iam_rows(path.parent)), words_seeds),
        xml=(file('a.xml', page_lines), xml_seeds), mapping=(lambda data: read_mapping(data.decode(errors='replace')), mapping_seeds))

def fuzz(name, runs, corpus):
    "Run one reader here; does not return"
    import atheris
    if name in ('table', 'npz', 'language'): import hcr.preprocess # atheris, when it follows comparisons of arrays, keeps them for ever
    with atheris.instrument_imports(include=['hcr'], enable_loader_override=False):
        import hcr.bulk, hcr.data, hcr.lines.data, hcr.lines.language, hcr.modelfile, hcr.lines.xml, hcr.forms.template
    from hcr.core import HcrError
    tmp = Path(tempfile.mkdtemp(dir='/dev/shm' if os.path.isdir('/dev/shm') else None))
    (tmp/'a.png').write_bytes(next(image_seeds()))
    read, seeds = readers(tmp)[name]
    folder = Path(corpus)/name
    folder.mkdir(parents=True, exist_ok=True)
    for i, data in enumerate(seeds()): (folder/f'seed{i}').write_bytes(data)
    def one(data):
        start = time.process_time()
        try: read(data)
        except HcrError as e: assert '\n' not in str(e), f'an error of several lines: {e}'
        took = time.process_time()-start # others may be at work here
        assert took < 1, f'it took {took:.1f} s'
    flags = [f'-runs={runs}', '-timeout=10', '-rss_limit_mb=2048', f'-artifact_prefix={folder}-', '-max_len=8192', '-print_final_stats=1']
    atheris.Setup([sys.argv[0], *flags, str(folder)], one)
    atheris.Fuzz()

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    names = 'idx model card image zip template table npz language lines words xml mapping'.split()
    p.add_argument('readers', nargs='*', metavar='READER', help=f'some of {", ".join(names)} (default: all)')
    p.add_argument('--runs', type=int, default=1_000_000)
    p.add_argument('--corpus', default=tempfile.mkdtemp(), help='where inputs are kept (default: a new folder)')
    p.add_argument('--one', action='store_true', help=argparse.SUPPRESS)
    args = p.parse_args()
    if args.one: fuzz(args.readers[0], args.runs, args.corpus)
    failed = 0
    for name in args.readers or names:
        start, n, peak, code = time.time(), 0, 0, 0
        while n < args.runs and not code:
            piece = min(args.runs-n, 50_000)
            r = subprocess.run([sys.executable, __file__, name, '--one', '--runs', str(piece), '--corpus', args.corpus], capture_output=True, text=True)
            stats = dict(o.removeprefix('stat::').split(':') for o in r.stderr.splitlines() if o.startswith('stat::'))
            n, peak, code = n+int(stats.get('number_of_executed_units', 0)), max(peak, int(stats.get('peak_rss_mb', 0))), r.returncode
        print(f'{name:9} {n:>9,} executions in {time.time()-start:.0f} s, at most {peak} MB: {"FOUND SOMETHING" if code else "nothing found"}', flush=True)
        if code: print(r.stderr[-3000:], flush=True)
        failed += code != 0
    return int(failed > 0)

if __name__ == '__main__': sys.exit(main())
