"""Run the notebooks as nbdev-test does, two at a time, each in a process of its own, and count what really ran.

    python .ci/tests.py [--slow] [NOTEBOOK or FOLDER ...]

Cells flagged `data` run when HCR_DATA names a folder, `cuda` when torch sees a GPU, `tf`, `ray` and `log` when tensorflow, Ray, or
TensorBoard and W&B are installed, `slow` with --slow. What a flag held back stands in its notebook's line and, with the reason, in the
sum before the last line. The last line counts notebooks: passed, failed, and skipped, which are those that ran no code
but imports (prose only, `skip_exec`, or every other cell held back by a flag). Ends with 1 if one failed or none passed.
"""
import argparse, ast, importlib.util, json, os, subprocess, sys, tempfile, time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from nbdev.config import get_config
from nbdev.doclinks import nbglob

ROOT = Path(__file__).resolve().parent.parent

def run_one(fn, result, missing):
    "In a process of its own: run notebook `fn` without the flags `missing`, write to `result` what became of it"
    import nbdev.test as t
    class CountingShell(t.CaptureShell):
        n = 0  # cells that do more than import
        def cell(self, cell, *args, **kwargs):
            code = cell.parsed_()  # None for a cell of magics
            CountingShell.n += code is None or any(not isinstance(o, (ast.Import, ast.ImportFrom)) for o in code)
            return super().cell(cell, *args, **kwargs)
    t.CaptureShell = CountingShell
    held = ('+'.join(sorted(missing.intersection(c.directives_))) for c in t.nb_test_cells(fn))
    ok, _ = t.test_nb(fn, skip_flags=missing, basepath=ROOT, cell_timeout=get_config(ROOT).cell_timeout)
    result.write_text(json.dumps(dict(ok=ok, ran=CountingShell.n, held=Counter(filter(None, held)))))

def start_one(fn, missing, limit=3600):
    "Run `fn` in a new process; a crash, or `limit` seconds gone by, is a failure like any other"
    start = time.time()
    with tempfile.TemporaryDirectory() as d:
        result, log = Path(d)/'result', Path(d)/'log'
        cmd = [sys.executable, __file__, '--one', fn, result, *missing]
        with log.open('wb') as f:
            try: end = subprocess.run(cmd, stdin=subprocess.DEVNULL, stdout=f, stderr=f, timeout=limit).returncode
            except subprocess.TimeoutExpired: end = f'stopped after {limit} s'
        early = dict(ok=False, ran=0, held={}, end=f'its process ended early: {end}\n')
        r = json.loads(result.read_text()) if result.exists() and end == 0 else early
        r['log'] = '' if r['ok'] else log.read_text(errors='replace')+r.get('end', '')
    return dict(r, fn=os.path.relpath(fn), secs=time.time()-start)

def missing_flags(slow):
    "The flags whose cells cannot run here, with the reason"
    has, data = importlib.util.find_spec, os.environ.get('HCR_DATA', '')
    cuda = has('torch') and importlib.import_module('torch').cuda.is_available()
    here = dict(data=os.path.isdir(data), cuda=cuda, tf=has('tensorflow'), ray=has('ray'), slow=slow,
                log=has('tensorboard') and has('wandb'))
    why = dict(data=f'HCR_DATA={data} is no folder' if data else 'HCR_DATA is not set', cuda='torch sees no GPU',
               tf='tensorflow is not installed', ray='ray is not installed',
               log='tensorboard or wandb is not installed', slow='--slow was not given')
    return {o: why.get(o, f'{o} is not known here') for o in get_config(ROOT).tst_flags.split() if not here.get(o)}

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('paths', nargs='*', type=Path, default=[ROOT/'nbs'], help='notebooks or folders; default: nbs')
    p.add_argument('--slow', action='store_true', help='run the cells flagged slow too')
    a = p.parse_args()
    if gone := [str(o) for o in a.paths if not o.exists()]: p.error(f'no such notebook or folder: {", ".join(gone)}')
    fns = [fn.resolve() for o in a.paths for fn in (sorted(nbglob(o, as_path=True)) if o.is_dir() else [o])]
    os.environ.setdefault('OMP_NUM_THREADS', '1')  # a core for each of the two
    if d := os.environ.get('HCR_DATA'): os.environ['HCR_DATA'] = os.path.abspath(d)  # a notebook runs in its own folder
    missing, n, held, ran = missing_flags(a.slow), Counter(), Counter(), 0
    with ThreadPoolExecutor(2) as pool:
        for job in as_completed([pool.submit(start_one, fn, missing) for fn in fns]):
            r = job.result()
            word = 'failed' if not r['ok'] else 'passed' if r['ran'] else 'skipped'
            n[word] += 1; ran += r['ran']; held.update(r['held'])
            rest = ''.join(f', {v} {k} held back' for k, v in r['held'].items())
            print(f"{word:8}{r['fn']:45} {r['ran']:3} cells, {r['secs']:5.1f} s{rest}\n{r['log']}", end='', flush=True)
    why = {k: ' and '.join(missing[o] for o in k.split('+')) for k in held}
    print(f'{ran} cells ran'+''.join(f', {v} held back ({why[k]})' for k, v in held.items()))
    print(f"{n['passed']} passed, {n['failed']} failed"+(f", {n['skipped']} skipped" if n['skipped'] else ''))
    return n['failed'] > 0 or n['passed'] == 0

if __name__ == '__main__':
    sys.exit(run_one(*map(Path, sys.argv[2:4]), set(sys.argv[4:])) if '--one' in sys.argv else main())
