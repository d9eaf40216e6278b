"""Feed damaged and hostile files to everything that reads files, guided by coverage.

Claim: in a million executions of each reader there is no error but hcr's own, in one line; none takes longer than it
may (a second of CPU time, more where pictures of the largest size are allowed), nor more than 2 GB of memory.

    python tests/fuzz.py [READER ...] [--runs 1000000] [--seed N] [--corpus DIR]
    python tests/fuzz.py READER --replay FILE|TEXT

Needs atheris (`pip install atheris`; Linux and Python 3.11 to 3.13). Each reader runs in processes of its own, a new
one after 50,000 executions, since atheris keeps arrays that it saw compared. It starts from the small sound files of
`fuzz_readers.py`, which atheris changes at random; what reaches new lines of hcr is kept and changed further. The seed
is drawn, and told, unless it is given. The first input that breaks a rule ends that reader's run. What was found stands
at the end of the output: the error, and the input as text that `--replay` takes. Images are decoded by Pillow, PDFs
drawn by PDFium and graphs run by ONNX Runtime, whose own code is not followed.
"""
import argparse, base64, importlib.util, os, random, subprocess, sys, tempfile, time, traceback, zlib
from pathlib import Path

from fuzz_readers import image_bytes, modules, readers, seconds

def to_text(data): return base64.b85encode(zlib.compress(data, 9)).decode()

def from_text(text): return zlib.decompress(base64.b85decode(text))

def checked(name, tmp):
    "A function that reads some bytes and raises what breaks a rule"
    from hcr.core import HcrError
    read, limit = readers[name][0](tmp), seconds[name]
    def once(data):
        start = time.process_time() # others may be at work here
        try: read(data)
        except HcrError as e: assert '\n' not in str(e), f'an error of several lines: {e}'
        return time.process_time()-start
    def go(data):
        if once(data) < limit: return
        took = min(once(data) for _ in range(2)) # the first time may have imported something
        assert took < limit, f'it took {took:.1f} s'
    return go

def fuzz(name, runs, corpus, seed):
    "Run one reader here; does not return"
    import atheris
    if name in ('table', 'npz', 'language', 'xml'): import hcr.preprocess # atheris, when it follows comparisons of arrays, keeps them for ever
    with atheris.instrument_imports(include=['hcr'], enable_loader_override=False):
        import hcr.bulk, hcr.data, hcr.lines.data, hcr.lines.language, hcr.modelfile, hcr.files.pdf, hcr.strokes, hcr.forms.template
        if name == 'app': import hcr.app
        if name == 'onnx': import hcr.export
    tmp = Path(tempfile.mkdtemp(dir='/dev/shm' if os.path.isdir('/dev/shm') else None))
    (tmp/'a.png').write_bytes(image_bytes())
    read = checked(name, tmp)
    folder = Path(corpus)/name
    folder.mkdir(parents=True, exist_ok=True)
    for i, data in enumerate(readers[name][1]()):
        (folder/f'seed{i}').write_bytes(data)
        read(data)
    def one(data):
        try: read(data)
        except BaseException:
            traceback.print_exc()
            raise
    flags = [f'-runs={runs}', f'-seed={seed}', '-timeout=60', '-rss_limit_mb=2048', f'-artifact_prefix={folder}-', '-max_len=8192',
             '-print_final_stats=1', '-verbosity=0']
    atheris.Setup([sys.argv[0], *flags, str(folder)], one)
    atheris.Fuzz()

def run(name, args):
    "All executions of one reader; what was found, as text"
    start, n, peak, code = time.time(), 0, 0, 0
    while n < args.runs and not code:
        piece = min(args.runs-n, 50_000)
        r = subprocess.run([sys.executable, __file__, name, '--one', '--runs', str(piece), '--seed', str(args.seed+n//50_000),
                            '--corpus', args.corpus], capture_output=True, text=True, errors='replace')
        stats = dict(o.removeprefix('stat::').split(':') for o in r.stderr.splitlines() if o.startswith('stat::'))
        n, peak, code = n+int(stats.get('number_of_executed_units', 0)), max(peak, int(stats.get('peak_rss_mb', 0))), r.returncode
        if not code and not stats: code = 'no execution at all'
    result, said = 'FOUND SOMETHING' if code else 'nothing found', [o for o in r.stderr.splitlines() if not o.startswith('INFO: ')]
    print(f'{name:9} {n:>9,} executions in {time.time()-start:.0f} s, at most {peak} MB: {result}', flush=True)
    if not code: return ''
    kinds = ('crash', 'timeout', 'oom', 'leak')
    found = [to_text(o.read_bytes()) for kind in kinds for o in Path(args.corpus).glob(f'{name}-{kind}-*')]
    again = [f'python tests/fuzz.py {name} --replay {o!r}' for o in found]
    return '\n'.join([f'--- {name}, seed {args.seed}, ended with {code}', '\n'.join(said[-60:]), *again])

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('readers', nargs='*', metavar='READER', help=f'some of {", ".join(readers)} (default: all)')
    p.add_argument('--runs', type=int, default=1_000_000)
    p.add_argument('--seed', type=int, default=random.randrange(1, 2**31), help='of the changes (default: drawn)')
    p.add_argument('--corpus', default=tempfile.mkdtemp(), help='where inputs are kept (default: a new folder)')
    p.add_argument('--replay', metavar='FILE|TEXT', help='read one input, and show what comes of it')
    p.add_argument('--one', action='store_true', help=argparse.SUPPRESS)
    args = p.parse_args()
    if odd := set(args.readers)-set(readers): p.error(f'there is no reader {", ".join(odd)}')
    if args.one: fuzz(args.readers[0], args.runs, args.corpus, args.seed)
    if args.replay:
        data = Path(args.replay).read_bytes() if os.path.exists(args.replay) else from_text(args.replay)
        tmp = Path(tempfile.mkdtemp())
        (tmp/'a.png').write_bytes(image_bytes())
        return checked(args.readers[0], tmp)(data)
    print(f'seed {args.seed}', flush=True)
    found = []
    for name in args.readers or readers:
        lost = [o for o in ('atheris', *modules[name]) if not importlib.util.find_spec(o)]
        if lost: print(f'{name:9} left out: {", ".join(lost)} is not installed', flush=True)
        elif text := run(name, args): found.append(text)
    print(*found, sep='\n')
    return int(bool(found))

if __name__ == '__main__': sys.exit(main())
