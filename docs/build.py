"""Build the site from the notebooks: `python docs/build.py` writes it to `_site`.

nbdev's own filters turn each notebook into a page: exported cells become their documentation, hidden cells go. Sphinx with
myst-nb renders the pages; nothing is executed but the imports and the signatures, figures are those that the notebooks
have saved, with captions and alternative texts (`figures.py`), signatures become tables (`signatures.py`). The pages of
`pages/`, the command's options, the cards of the shipped models, the changelog and the docstrings of the benchmarks are
pages, too, and so is one that reads what is drawn, for which npm fetches ONNX Runtime Web. Where GITHUB_REPOSITORY names the
repository, as it does on a server, each page leads to its notebook there and in Colab.
"""
import argparse, ast, base64, builtins, hashlib, json, os, re, shutil, struct, subprocess, sys, tarfile, tempfile
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import nbformat
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from figures import label_figures
from front import card_page, command_page, notebook_links, resolve_links
from signatures import as_table

root = Path(__file__).resolve().parent.parent
work, site = root/'_docs', root/'_site'
source = work/'source'
runtime = 'onnxruntime-web@1.23.2'
runtime_hash = 'T09JUtMn+CZLk3mFwqiH0lgQf+4S7+oYHHtk6uhaYAAJI95bTcKi5bOOZYwORXfS/RLZCjDDEXGWIuOCAFlEjg==' # sha512, as npm says it
rooms = {'tutorials': ('Tutorials', ['first_model', 'inside_a_cnn', 'how_it_learns', 'commands', 'emnist', 'augmentation', 'own_hand', 'fine_tuning', 'forms', 'digit_strings', 'adapting', 'ship', 'several_gpus']),
    'explanations': ('Explanations', None), 'api': ('API', None)}
wings = {'ground': 'text that leaves hcr; errors, folders and safe files; several processes',
    'images': 'any picture to grey values; paper and ink; how a character lies in its image; pen strokes',
    'files': 'which files there are to read and what is in them: pictures, PDF, IDX, archives, object stores; fetching',
    'data': 'data sets of characters: published ones, folders, tables; looking at them',
    'models': 'networks, model files and formats; reading one character, thousands, millions',
    'chars': 'characters: augmentation, training, judging', 'lines': 'words, lines and pages, from data to a reader',
    'forms': 'what a form is, where it lies in a scan, what was filled in', 'app': 'the web page and the widgets of a notebook',
    'commands': 'the command `hcr`'}
kinds = {'speed': 'Times, as ratios within one run', 'accuracy': 'What hcr ships or trains, judged', 'studies': 'Questions answered once'}

def module_of(fn):
    "The module that a notebook exports, or None"
    found = re.search(r'default_exp ([\w.]+)', fn.read_text(encoding='utf-8'))
    return found and found[1]

@cache
def page_of_module():
    "Module -> its notebook, below `nbs/api`; a package leads to what most people want of it"
    pages = {module_of(o): o.relative_to(root/'nbs'/'api').as_posix() for o in (root/'nbs'/'api').rglob('*.ipynb')}
    return dict(pages, data=pages['data.load'], modelfile=pages['modelfile.file'], export=pages['export.convert'], app=pages['app.server'])

@cache
def page_link(name):
    "The address of a page by the name of its notebook, without folder and number, or by its module: `forms`, `hcr.lines.data`"
    name, _, place = name.partition('#')
    fns = [o.relative_to(root/'nbs') for o in sorted((root/'nbs').rglob('*.ipynb')) if '.ipynb_checkpoints' not in o.parts]
    if name.startswith('hcr.') and name[4:] in page_of_module(): found = [Path('api')/page_of_module()[name[4:]]]
    else: found = [o for o in fns if re.sub(r'^\d+_', '', o.stem) == name and o.parts[0] != 'api']
    if len(found) != 1: raise SystemExit(f'docs: a link leads to {name}, which is the name of {len(found)} notebooks')
    return found[0].as_posix()+(f'#{place}' if place else '')

def names_in(room, order):
    "The pages of a part, in the order given, by wing or by name; without `.ipynb`"
    found = sorted(o.relative_to(source/room).with_suffix('').as_posix() for o in (source/room).rglob('*.ipynb'))
    return order or sorted(found, key=lambda o: (list(wings).index(o.split('/')[0]) if '/' in o else 0, o))

def named_by_annotations():
    "Names in quoted annotations, which modules import late or not at all"
    import matplotlib, numpy, onnx, pandas, torch
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner
    from PIL import Image
    from hcr.data import CharData
    from hcr.forms.read import FormReading
    from hcr.inference import Prediction, Recognizer
    from hcr.lines.inference import LineRecognizer
    from hcr.lines.write import Page
    from hcr.modelfile import ModelCard
    from hcr.preprocess import Geometry
    keras, FT = SimpleNamespace(Model=type('keras.Model', (), {})), type('FT', (), {})
    return dict(locals(), np=numpy, pd=pandas, nn=torch.nn, Path=Path)

def module_file(module): return root/'hcr'/f'{module.replace(".", "/")}.py'

def defined(module):
    "Where in a module each function, class and patched method begins: name -> line"
    lines = {}
    for o in ast.parse(module_file(module).read_text(encoding='utf-8')).body:
        if not isinstance(o, (ast.FunctionDef, ast.ClassDef)): continue
        patched = any(ast.unparse(d).startswith('patch') for d in o.decorator_list)
        lines[f'{ast.unparse(o.args.args[0].annotation)}.{o.name}' if patched else o.name] = o.lineno
    return lines

def docments_in(module, name):
    "The docments of a class's fields, which nbdev does not show"
    from hcr.cli import docments_of
    if not module or not name: return {}
    try: return docments_of(f'hcr.{module}', name)
    except StopIteration: return {}

def source_page(module):
    "The page of a module's source, with a place for every line"
    code = highlight(module_file(module).read_text(encoding='utf-8'), PythonLexer(), HtmlFormatter(lineanchors='L'))
    to = source/'source'/f'{module}.md'
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(f'---\norphan: true\n---\n# hcr.{module}\n\n```{{raw}} html\n{code}\n```\n', encoding='utf-8')

def documented(cell, module, lines):
    "A cell that shows documentation, as that documentation with a link to the source"
    text = ''.join(''.join(o.get('data', {}).get('text/markdown', '')) for o in cell.get('outputs', []))
    text = re.sub(r'^---\n+', '', text).replace('__main__.', '')
    name = re.match(r'#+ ([\w.]+)', text)
    text = as_table(text, docments_in(module, name and name[1]))
    if name and name[1] in lines: text += f'\n\n<a class="source" href="../../source/{module}.html#L-{lines[name[1]]}">source</a>\n'
    return nbformat.v4.new_markdown_cell(text)

def linked(text):
    "Markdown in which `hcr.module`, `nbs/...` and `docs/pages/...` lead to their pages"
    def module(m):
        found = page_of_module().get(m[1])
        return f'[{m[0]}](/api/{found})' if found else m[0]
    text = re.sub(r'(?<!\[)`hcr\.([\w.]+)`', module, text)
    text = re.sub(r'(?<!\[)`docs/pages/(\w+\.md)`', r'[\g<0>](/\1)', text)
    return re.sub(r'(?<!\[)`nbs/((?:\w+/)+\w+\.ipynb)`', r'[\g<0>](/\1)', text)

def page(fn):
    "Write the page of the notebook `fn`"
    from fastcore.nbio import read_nb
    from nbdev.processors import FilterDefaults

    class Filters(FilterDefaults):
        def base_procs(self): return [o for o in super().base_procs() if o.__name__ not in ('FrontmatterProc', 'add_links')]

    for k, v in named_by_annotations().items(): setattr(builtins, k, v)
    os.chdir(fn.parent)
    nb, cells, sources = read_nb(fn), [], []
    module = module_of(fn)
    lines = defined(module) if module else {}
    if module: source_page(module)
    Filters()(nb)
    for c in nb.cells:
        text = ''.join(c.get('source', ''))
        if c.cell_type == 'raw' or 'AUTOGENERATED' in text or not text: continue
        sources.append(text)
        if 'show_doc(' in text and 'echo: false' in text: cells.append(documented(c, module, lines))
        else:
            seen = dict(tags=['remove-input']) if 'echo: false' in text else {}
            text = linked(text) if c.cell_type == 'markdown' else '\n'.join(o for o in text.split('\n') if not o.startswith('#|'))
            cells.append({k: v for k, v in c.items() if not k.endswith('_') and k not in ('has_sd', 'id')}|dict(metadata=seen, source=text))
    cells = [nbformat.from_dict(o) for o in cells]
    name = fn.relative_to(root/'nbs')
    label_figures(str(name), cells, sources)
    if fn.parent != root/'nbs': cells.insert(1, nbformat.v4.new_markdown_cell(notebook_links(name.as_posix(), module, len(name.parts)-1)))
    out = source/name
    out.parent.mkdir(parents=True, exist_ok=True)
    meta = dict(kernelspec=dict(name='python3', display_name='Python 3', language='python'), language_info=dict(name='python', pygments_lexer='ipython3'))
    nbformat.write(nbformat.from_dict(dict(cells=cells, metadata=meta, nbformat=4, nbformat_minor=4)), out)
    return out

def toctree(entries):
    "The order of pages, for the bar at the side"
    return '\n'.join(['```{toctree}', ':hidden:', '', *entries, '```'])

def overview(room, title, order):
    "The first page of a part: its pages, each with what it is about"
    names, rows, wing = names_in(room, order), [], None
    for name in names:
        if '/' in name and name.split('/')[0] != wing:
            wing = name.split('/')[0]
            rows.append(f'\n## {wing}\n\n{wings[wing][0].upper()+wings[wing][1:]}.\n')
        text = '\n'.join(''.join(c.source) for c in nbformat.read(source/room/f'{name}.ipynb', 4).cells[:4] if c.cell_type == 'markdown' and '{raw}' not in c.source)
        module = module_of(root/'nbs'/room/f'{name}.ipynb')
        about = re.search(r'^> (.+)', text, re.M) or re.search(r'^(?!#)(\S.*?[.!?])(\s|$)', text, re.M)
        rows.append(f'[{re.search("^# (.+)", text, re.M)[1]}]({name}.ipynb){f" (`hcr.{module}`)" if module else ""}\n: {about[1]}\n')
    (source/room/'index.md').write_text('\n'.join([f'# {title}\n', *rows, toctree(names)]), encoding='utf-8')

def models():
    "The cards of the shipped models, and a table of them"
    from hcr.inference import shipped_models
    from hcr.modelfile import model_info
    kinds, rows = dict(char='single characters', line='characters in lines'), ['| name | reads | weights | file | measured |', '| --- | --- | --- | --- | --- |']
    for name, path in sorted(shipped_models().items()):
        info = model_info(path)
        found = {k: v for k, v in info['figures'].items() if 'low' in v or 'cer_low' in v}
        said = [f'{k}: {v["accuracy"]:.2%} right' if 'accuracy' in v else f'{k}: CER {v["cer"]:.1%}' for k, v in found.items()]
        rows.append(f'| [{name}]({name}.md) | {kinds[info["task"]]}, {len(info["vocab"])} different | {info["weights"]:,} | {info["bytes"]/1e6:.2f} MB | {"<br>".join(said)} |')
    cards = sorted((root/'hcr'/'weights').glob('*.md'))
    (source/'models').mkdir()
    for o in cards: shutil.copy(o, source/'models')
    about = 'These come with hcr: `Recognizer.load(NAME)`, `LineRecognizer.load(NAME)`. Each has a card that says what it was made of, and what it cannot do.'
    text = '\n'.join(['# Models', '', about, '', *rows, '', toctree([o.stem for o in cards])])
    (source/'models'/'index.md').write_text(text, encoding='utf-8')

def gallery():
    "One picture of each page that has some, each a link to its page"
    parts = []
    for room, (title, order) in rooms.items():
        pictures = []
        for name in names_in(room, order):
            cells = nbformat.read(source/room/f'{name}.ipynb', 4).cells
            found = [o.data['image/png'] for c in cells for o in c.get('outputs', []) if 'image/png' in o.get('data', {})]
            if not found: continue
            image = f'{name.replace("/", "_")}.png'
            (source/'gallery').mkdir(exist_ok=True)
            (source/'gallery'/image).write_bytes(base64.b64decode(max(found, key=len)))
            pictures.append(f'[![From {re.search("^# (.+)", cells[0].source, re.M)[1]}](gallery/{image}){{width=300px}}]({room}/{name}.ipynb)')
        parts += [f'## {title}\n', '\n'.join(pictures)+'\n']
    (source/'gallery.md').write_text('\n'.join(['# Gallery\n', 'A picture leads to the page that makes it.\n', *parts]), encoding='utf-8')

def benchmarks():
    "What each benchmark claims and how it is run"
    parts = []
    for kind, about in kinds.items():
        parts.append(f'## {about}\n')
        for fn in sorted((root/'benchmarks'/kind).glob('*.py')):
            doc = ast.get_docstring(ast.parse(fn.read_text(encoding='utf-8')))
            if doc and f'run.py {fn.stem}' in doc: parts.append(f'### {fn.stem}\n\n{doc}\n')
    head = '# Benchmarks\n\nEvery figure that hcr states is measured by one of these scripts, which `benchmarks/run.py` lists and runs.\n\n'
    (source/'benchmarks.md').write_text(head+'\n'.join(parts), encoding='utf-8')

def npm_files(package, sha512, names, to):
    "Files of an npm package, whose archive is the one that was meant"
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run(['npm', 'pack', '--silent', package], cwd=tmp, check=True, stdout=subprocess.DEVNULL)
        archive = next(Path(tmp).glob('*.tgz'))
        if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != sha512: raise SystemExit(f'{package} is not the file that it was')
        with tarfile.open(archive) as tar:
            for name in names: (to/name).write_bytes(tar.extractfile(f'package/dist/{name}').read())

def demo(to):
    "What the page `try` runs on: its scripts, ONNX Runtime Web, and the tiny model"
    from hcr.export import export_model
    from hcr.inference import Recognizer, shipped_models
    to.mkdir(parents=True)
    for o in (root/'docs'/'demo').glob('*.js'): shutil.copy(o, to)
    npm_files(runtime, runtime_hash, ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'], to)
    export_model(shipped_models()['chars-tiny'], to/'chars-tiny.onnx')
    (to/'vocab.json').write_text(json.dumps(list(Recognizer.load('chars-tiny').vocab)))

def lighter(html):
    "Pages that are drawn sooner: the search's index where one searches, scripts after the page, pictures with their sizes"
    def sized(m):
        head = (html/'_images'/m[2]).read_bytes()[:24]
        w, h = struct.unpack('>II', head[16:24]) if head[1:4] == b'PNG' else (None, None)
        return f'<img loading="lazy" width="{w}" height="{h}"{m[1]}' if w else m[0]
    for fn in html.rglob('*.html'):
        if '_static' in fn.parts: continue
        text = fn.read_text(encoding='utf-8')
        if fn.name != 'search.html': # whose scripts need each other in their order
            text = re.sub(r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>', '', text)
            text = re.sub(r'<script (src="[^"]*(?:doctools|sphinx_highlight|clipboard\.min|copybutton)\.js)', r'<script defer \1', text)
        text = re.sub(r'<img( alt="[^"]*" src="(?:\.\./)*_images/([^"/]+)"(?! style))', sized, text)
        fn.write_text(text.replace('<img loading="lazy" ', '<img ', 1), encoding='utf-8')

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--workers', type=int, default=os.cpu_count())
    args = p.parse_args()
    for o in (work, site): shutil.rmtree(o, ignore_errors=True)
    notebooks = sorted((root/'nbs').rglob('*.ipynb'))
    notebooks = [o for o in notebooks if '.ipynb_checkpoints' not in o.parts]
    for fn in notebooks: page(fn)
    os.chdir(root)
    for o in (root/'nbs').rglob('files'): shutil.copytree(o, source/o.relative_to(root/'nbs'), dirs_exist_ok=True, ignore=shutil.ignore_patterns('*.ipynb'))
    for room, (title, order) in rooms.items(): overview(room, title, order)
    models()
    shutil.copy(root/'CHANGELOG.md', source/'changelog.md')
    shutil.copy(root/'docs'/'demo'/'try.md', source)
    for o in (root/'docs'/'pages').glob('*.md'):
        (source/o.name).write_text(resolve_links(linked(o.read_text(encoding='utf-8')), page_link), encoding='utf-8')
    (source/'cli.md').write_text(resolve_links(command_page(), page_link), encoding='utf-8')
    benchmarks()
    gallery()
    nb = nbformat.read(source/'index.ipynb', 4)
    nb.cells.append(nbformat.v4.new_markdown_cell(toctree(['install', 'try', *(f'{o}/index' for o in (*rooms, 'models')), 'faq', 'cli', 'gallery', 'benchmarks', 'changelog'])))
    at = next(i for i, c in enumerate(nb.cells) if c.cell_type == 'code' or c.source.startswith('## '))
    nb.cells.insert(at, nbformat.v4.new_markdown_cell(card_page(page_link)))
    nbformat.write(nb, source/'index.ipynb')
    html = work/'html' # beside it myst-nb leaves what it works with
    done = subprocess.run([sys.executable, '-m', 'sphinx', '-W', '--keep-going', '-q', '-b', 'html', '-c', root/'docs', '-j', str(args.workers), source, html])
    if done.returncode: return done.returncode
    lighter(html)
    demo(html/'_static'/'demo')
    for fn in notebooks:
        to = html/'notebooks'/fn.relative_to(root/'nbs')
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(fn, to)
    html.rename(site)

if __name__ == '__main__': sys.exit(main())
