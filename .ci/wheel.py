"""Build the source archive and, from that, the wheel; check both; use the wheel in empty environments.

    python .ci/wheel.py [MODEL IMAGE ...]      with any Python that has the extra `dev`

The first environment has the base requirements alone: what predicts must work there without torch, fastai and
matplotlib, and the images are read with the model if they are given; then the extra `app` joins them. The second sees,
after its own, the packages of the Python that runs this, so that every module can be imported without installing torch
once more; a check makes sure that hcr itself comes from the wheel. Both are used from an empty folder, where nothing of
the project lies about. Ends with 1 at the first thing that is wrong.
"""
import ast, configparser, email, os, re, subprocess, sys, sysconfig, tempfile, venv, zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_NEEDED = 'torch fastai matplotlib pandas sklearn scipy'.split()
TERMS = r'CC BY|CC0|\bMIT\b|public domain|OFL|Apache' # what the data of a model may be under
READS = {'cli', 'inference', 'bulk', 'lines.inference', 'lines.decode', 'forms.read'} # what must work with the base requirements

IMPORT = """
import importlib, sys
from pathlib import Path
import hcr
assert Path(hcr.__file__).is_relative_to(sys.prefix), f'hcr comes from {hcr.__file__}, not from the wheel'
for name in sys.argv[1].split(): importlib.import_module(f'hcr.{name}')
found = [o for o in sys.argv[2].split() if o in sys.modules]
assert not found, f'importing these modules brings in {found}'
"""

def imports(fn, package):
    "What a module imports at its top level, by full names"
    for o in ast.parse(fn.read_text(encoding='utf-8')).body:
        if isinstance(o, ast.Import): yield from (a.name for a in o.names)
        elif isinstance(o, ast.ImportFrom):
            base = '.'.join([*package[:len(package)-o.level+1], *filter(None, [o.module])] if o.level else [o.module])
            yield from (base, *(f'{base}.{a.name}' for a in o.names))

def base_modules():
    "The modules that, with all they import, need no more than the base requirements"
    files = {'.'.join(fn.relative_to(ROOT).with_suffix('').parts): fn for fn in (ROOT/'hcr').rglob('*.py') if not fn.stem.startswith('_')}
    needs = {name: set(imports(fn, name.split('.')[:-1])) for name, fn in files.items()}
    extras = {*NOT_NEEDED, *'torchvision onnx starlette uvicorn anywidget ipywidgets traitlets ray pyarrow'.split()}
    heavy = {name for name, found in needs.items() if extras & {o.split('.')[0] for o in found}}
    while more := {name for name, found in needs.items() if name not in heavy and heavy & found}: heavy |= more
    return sorted(name.removeprefix('hcr.') for name in files if name not in heavy)

def run(*args, **kwargs):
    "Run a command; show what it printed if it fails"
    env = {k: v for k, v in os.environ.items() if k != 'PYTHONPATH'}
    r = subprocess.run([str(o) for o in args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, text=True, env={**env, 'MPLBACKEND': 'Agg'}, **kwargs)
    if r.returncode: raise SystemExit(f'{r.stdout}\nfailed: {" ".join(str(o) for o in args)[:200]}')
    return r.stdout

def check(ok, what):
    "Say that `what` holds, or end saying that it does not"
    if not ok: raise SystemExit(f'wrong: {what}')
    print(f'ok: {what}', flush=True)

def build(out):
    "The wheel, built from the source archive as an installer would"
    log = run(sys.executable, '-m', 'build', '--outdir', out, ROOT)
    warns = re.compile(r'^WARNING |^!!$|^warning: (?!.*byte-compiling)')  # pip's own begin with WARNING and a colon
    bad = [o for o in log.splitlines() if warns.search(o)]
    check(not bad, '\n'.join(['setuptools has nothing to warn of', *bad]))
    return next(out.glob('*.whl'))

def check_weights(wheel):
    "For each file of weights a card lies beside it, in the wheel, that says what it was made of and under which terms"
    with zipfile.ZipFile(wheel) as z:
        names = [o for o in z.namelist() if o.startswith('hcr/weights/')]
        cards = {Path(o).stem: z.read(o).decode() for o in names if o.endswith('.md')}
    for fn in sorted(o for o in names if o.endswith(('.safetensors', '.charlm'))):
        name = Path(fn).name
        text = cards.get(Path(fn).stem, '') if fn.endswith('.safetensors') else cards.get('languages', '')
        said = [o for o in text.splitlines() if re.search(TERMS, o)]
        own = said and (fn.endswith('.safetensors') or any(f'`{name}`' in o for o in said))
        check(own, f'a card in the wheel names sources and terms of {name}')

def check_contents(wheel):
    "All of the package and its weights is in the wheel, nothing else is, and the metadata say what settings.ini says"
    with zipfile.ZipFile(wheel) as z:
        names = set(z.namelist())
        info = next(o for o in names if o.endswith('.dist-info/METADATA')).rpartition('/')[0]
        meta, points = email.message_from_bytes(z.read(f'{info}/METADATA')), z.read(f'{info}/entry_points.txt').decode()
    files = [o for o in (ROOT/'hcr').rglob('*') if o.is_file() and o.suffix != '.pyc']
    want = {str(o.relative_to(ROOT).as_posix()) for o in files if o.suffix == '.py' or o.parent.name in ('weights', 'static')}
    check(want <= names, f'all {len(want)} files of the package are in the wheel {" ".join(sorted(want-names))}')
    extra = {o for o in names if not o.startswith((info, 'hcr/'))}
    check(not extra, f'nothing else is {" ".join(sorted(extra))}')
    check(f'{info}/licenses/LICENSE' in names, 'the licence is')
    check_weights(wheel)
    ini = configparser.ConfigParser(interpolation=None)
    ini.read(ROOT/'settings.ini', encoding='utf-8')
    cfg = ini['DEFAULT']
    fields = dict(Name='lib_name', Version='version', Summary='description', Author='author')
    fields['License-Expression'] = 'license'
    for field, key in fields.items(): check(meta[field] == cfg[key], f'{field}: {meta[field]}')
    check(meta['Requires-Python'] == f">={cfg['min_python']}", f"Requires-Python: {meta['Requires-Python']}")
    extras = ', '.join(meta.get_all('Provides-Extra'))
    check(extras == 'train, tf, distributed, ray, app, documents, completion, hub, log, notebooks, dev, docs', f'extras: {extras}')
    check(cfg['console_scripts'].replace('=', ' = ') in points, f"command: {cfg['console_scripts']}")
    check(len(meta.get_all('Classifier')) > 4 and meta['Keywords'], 'classifiers and keywords are there')
    readme = (ROOT/'README.md').read_text(encoding='utf-8').strip()
    check(meta.get_payload(decode=True).decode().strip() == readme, 'the README is the description')

def environment(path, wheel, *options):
    "A new environment with the wheel in it; its Python, and its folder of packages"
    venv.create(path, with_pip=True, symlinks=os.name != 'nt')
    python = path/('Scripts' if os.name == 'nt' else 'bin')/'python'
    run(python, '-m', 'pip', 'install', *options, wheel)
    return python, Path(run(python, '-c', 'import sysconfig; print(sysconfig.get_path("purelib"))').strip())

def main(*given):
    given, base = [Path(o).resolve() for o in given], base_modules()
    check(READS <= set(base), f'what reads needs no more than the base requirements {" ".join(sorted(READS-set(base)))}')
    with tempfile.TemporaryDirectory() as d:
        d = Path(d).resolve()
        empty = d/'empty'
        empty.mkdir()
        wheel = build(d/'dist')
        check_contents(wheel)
        python, site = environment(d/'base', wheel)
        check(not any((site/o).exists() for o in NOT_NEEDED), f'base requirements bring none of {" ".join(NOT_NEEDED)}')
        run(python, '-c', IMPORT, ' '.join(base), ' '.join(NOT_NEEDED), cwd=empty)
        check(True, f'{", ".join(base)} work with them alone')
        hcr = python.with_name('hcr')
        check('predict' in run(hcr, '--help', cwd=empty), 'hcr --help does')
        if given: print(run(hcr, 'predict', *given[1:], '--model', given[0], cwd=empty))
        run(python, '-m', 'pip', 'install', f'{wheel}[app]')
        run(python, '-c', IMPORT, 'app', ' '.join(NOT_NEEDED), cwd=empty)
        check(True, 'with the extra app, so does hcr.app')
        python, site = environment(d/'train', wheel, '--no-deps')
        (site/'zz_borrowed.pth').write_text(sysconfig.get_path('purelib')+'\n')
        modules = sorted('.'.join(o.relative_to(site/'hcr').with_suffix('').parts) for o in (site/'hcr').rglob('*.py') if not o.stem.startswith('_'))
        run(python, '-c', IMPORT, ' '.join(modules), '', cwd=empty)
        check(True, f'with the extras all {len(modules)} modules do: {", ".join(modules)}')

if __name__ == '__main__': main(*sys.argv[1:])
