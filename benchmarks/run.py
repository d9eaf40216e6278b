"""List the benchmarks, or run one and say whether its claim holds.

    python benchmarks/run.py                     name, claim, n and minutes of each
    HCR_DATA=... python benchmarks/run.py NAME [OPTION ...]

What follows NAME goes to the script (`NAME --help` tells its options). The exit status is 0 if every figure that the script
compares with its claim holds. `speed/` compares times within one run; `accuracy/` judges what hcr ships or trains;
`studies/` answered a question once and is kept so that anybody can ask it again.
"""
import ast, os, re, subprocess, sys, textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent
KINDS = 'speed', 'accuracy', 'studies'

def scripts():
    "Name -> file of each benchmark, by kind: those with a `main`; the others are what they share"
    files = [fn for kind in KINDS for fn in sorted((ROOT/kind).glob('*.py'))]
    return {fn.stem: fn for fn in files if "if __name__ == '__main__'" in fn.read_text(encoding='utf-8')}

def about(fn):
    "A script's claim (or question), its n and its minutes, from its docstring"
    doc = ast.get_docstring(ast.parse(fn.read_text(encoding='utf-8')))
    claim = re.search(r'^Claim: (.+?)(?:\n\n|\Z)', doc, re.M | re.S)
    cost = re.search(r'^About (.+?) on two cores; n=(.+?)\.$', doc, re.M)
    if not cost: sys.exit(f'{fn.name}: its docstring lacks a line "About N minutes on two cores; n=N."')
    text = ' '.join((claim[1] if claim else doc.split('\n\n')[0]).split())
    return text[0].upper()+text[1:], cost[2], cost[1]

def index():
    "Print all benchmarks"
    for kind in KINDS:
        print(f'{kind}/')
        for name, fn in scripts().items():
            if fn.parent.name != kind: continue
            claim, n, minutes = about(fn)
            print(textwrap.fill(f'{name}: {claim} (n={n}; {minutes})', 118, initial_indent='  ', subsequent_indent='      '))

def main():
    if len(sys.argv) < 2: return index()
    name, *options = sys.argv[1:]
    if name not in scripts(): sys.exit(f'no benchmark {name}: choose from {", ".join(scripts())}')
    shared = os.pathsep.join(str(ROOT/o) for o in ('', *KINDS))
    env = {**os.environ, 'PYTHONPATH': os.pathsep.join(filter(None, [shared, os.environ.get('PYTHONPATH')]))}
    if not {'-h', '--help'}.intersection(options): print(about(scripts()[name])[0], flush=True)
    return subprocess.run([sys.executable, scripts()[name], *options], env=env).returncode

if __name__ == '__main__': sys.exit(main())
