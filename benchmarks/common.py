"""What the comparisons share: contenders in turn, medians of ratios, one table, and a line that says on what machine.

A contender runs in a process of its own, since thread pools, allocators and warm caches of one would disturb the next.
Contenders take turns, so that a slow minute of the machine hits all of them; a ratio compares neighbours in time.
"""
import json, operator, os, platform, statistics, subprocess, sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

def installed(package):
    "The version of a package, which may be its build for processors alone"
    try: return version(package)
    except PackageNotFoundError: return version(f'{package}-cpu')

def machine(*packages):
    "Processor, cores and versions in one line"
    cpu = platform.processor() or platform.machine()
    if Path('/proc/cpuinfo').exists():
        info = dict(o.split(':', 1) for o in Path('/proc/cpuinfo').read_text().split('\n\n')[0].splitlines() if ':' in o)
        info = {k.strip(): v.strip() for k, v in info.items()}
        fast = [o for o in ('avx512_bf16', 'avx512_vnni', 'amx_bf16', 'amx_int8') if o in info.get('flags', '').split()]
        cpu = f'{info.get("model name", cpu)} ({", ".join(fast) or "no bf16"})'
    versions = ', '.join(f'{p} {installed(p)}' for p in packages)
    return f'{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}'

def child(script, *args, env=None):
    "Run `script --one ...` in a new process and return the JSON object that it prints last"
    env = dict(os.environ, PYTHONWARNINGS='ignore', TF_CPP_MIN_LOG_LEVEL='3', **(env or {}))
    cmd = [sys.executable, str(script), '--one', *map(str, args)]
    r = subprocess.run(cmd, capture_output=True, text=True, env=env)
    if r.returncode: sys.exit(f'{" ".join(cmd)} failed:\n{r.stderr[-2000:]}')
    return json.loads(r.stdout.strip().splitlines()[-1])

def in_turn(contenders, repeats):
    "Call each of `contenders` (name -> function) in turn, `repeats` times: name -> list of results"
    found = {name: [] for name in contenders}
    for i in range(repeats):
        for name, f in contenders.items():
            found[name].append(f())
            print(f'  {i+1}/{repeats} {name}: {found[name][-1]}', file=sys.stderr, flush=True)
    return found

def ratio(ours, theirs):
    "Median of the ratios of neighbours, with their range"
    r = [a/b for a, b in zip(ours, theirs)]
    return f'{median_ratio(ours, theirs):.2f}x ({min(r):.2f} to {max(r):.2f})'

def median_ratio(ours, theirs):
    "Median of the ratios of neighbours"
    return statistics.median(a/b for a, b in zip(ours, theirs))

def claims(*rows):
    "Say of each (what, value, '>=' or '<=', limit) whether it holds; the exit status: 0 if all do"
    compare, failed = {'>=': operator.ge, '<=': operator.le}, 0
    for what, value, sign, limit in rows:
        ok = compare[sign](value, limit)
        failed += not ok
        print(f'{"holds" if ok else "DOES NOT HOLD"}: {what}: {value:.4g} (claimed {sign} {limit:g})')
    return int(failed > 0)

def table(rows, head):
    "Print rows of strings under their heads"
    rows = [head, *[[str(o) for o in r] for r in rows]]
    width = [max(len(r[i]) for r in rows) for i in range(len(head))]
    for r in rows: print('  '.join(o.ljust(w) for o, w in zip(r, width)).rstrip())

def kept(path, keys, run):
    "The rows (dictionaries) of a file of JSON lines that hold `keys`; what is missing is made by `run(key)` and written down at once"
    path.parent.mkdir(parents=True, exist_ok=True)
    for key in keys:
        on_file = [json.loads(o) for o in path.read_text().splitlines()] if path.exists() else []
        row = next((r for r in on_file if all(r[k] == v for k, v in key.items())), None)
        if row is None:
            row = dict(key, **run(key))
            with path.open('a') as f: f.write(json.dumps(row)+'\n')
        yield row

def timed(command, ok=('0',)):
    "Seconds, peak memory in MB (of the process and the largest of its children) and standard output of a command"
    code = ('import resource, subprocess, sys, time; t = time.time(); r = subprocess.run(sys.argv[1:], stdout=2).returncode; '
            'print(time.time()-t, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1000, r)')
    r = subprocess.run([sys.executable, '-c', code, *map(str, command)], capture_output=True, text=True)
    seconds, mb, status = r.stdout.split()
    if status not in ok: sys.exit(f'{command} failed:\n{r.stderr[-2000:]}')
    return float(seconds), float(mb), r.stderr
