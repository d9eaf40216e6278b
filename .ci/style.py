"""Check what CONTRIBUTING.md asks of a notebook and can be counted; print each breach.

    python .ci/style.py [--table] [--at-most N]      --table: a line for each notebook, instead of the breaches

Ends with 1 if there are more than N breaches (default: 0), so that those of older notebooks, once counted, only get fewer.

An exported cell has at most 26 lines below its directive (longer may be a table of data, which is an assignment of
one literal, and what is to stay whole: an `nn.Module`, and the classes in `WHOLE`), another at most 15; no line of
code is longer than 120; an API notebook has 10 to 60 cells, of whose example cells at least a quarter shows its
result, and one H1 with the `>` subtitle that becomes the module's docstring. No two notebooks of a folder have one
number, and a name of hcr in backquotes, such as `hcr.data.get_data`, exists. Public functions have a docstring and at
most 14 parameters, each with a docment. No module takes a private name of another, and modules import only from
folders above their own in `WINGS`, at the top of the file or inside a function. Sentences that only a German says
("is no file") do not return; "there is no file" is plain English.
"""
import argparse, ast, io, json, re, sys, tokenize
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WINGS = 'ground images files data models chars lines forms app commands'.split()
EXPORT = re.compile(r'^#\s*\|\s*exporti?\b', re.M)
IDIOM = re.compile(r"(?<!there )(?<!There )\b(?:is|are|was|were) no (?=[a-z`])(?!longer|darker|lighter|higher|lower|larger|smaller|wider|faster|slower|older|newer|more\b|less\b|worse|better|such\b|one\b|doubt|need|difference|error|hurry|way\b)")
WHOLE = 'Recognizer', 'LineRecognizer' # everybody uses them, so editors and type checkers show all their methods
LONGEST, CELL, EXAMPLE, CELLS, PARAMETERS, SHOWN = 120, 26, 15, (10, 60), 14, .25

def source(cell): return ''.join(cell['source'])

def code_lines(text): return [o for o in text.splitlines() if o.strip() and not o.lstrip().startswith('#')]

def is_table(text):
    "Is this exported cell one literal with a name? Such a table of data may be long"
    body = [o for o in ast.parse(text).body if not isinstance(o, (ast.Import, ast.ImportFrom))]
    plain = ast.Dict, ast.List, ast.Tuple, ast.Constant, ast.Call
    return len(body) == 1 and isinstance(body[0], ast.Assign) and isinstance(body[0].value, plain)

def is_whole(text):
    "Is this exported cell one class that stays whole?"
    body = [o for o in ast.parse(text).body if not isinstance(o, (ast.Import, ast.ImportFrom))]
    if len(body) != 1 or not isinstance(body[0], ast.ClassDef): return False
    return body[0].name in WHOLE or 'nn.Module' in map(ast.unparse, body[0].bases)

def commented(text):
    "Numbers of the lines that end with a comment"
    return {t.start[0] for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.COMMENT}

def public_functions(body, inside=False):
    "Public functions and methods of a cell"
    for o in body:
        if isinstance(o, ast.ClassDef) and not o.name.startswith('_'): yield from public_functions(o.body, True)
        elif isinstance(o, (ast.FunctionDef, ast.AsyncFunctionDef)) and (not o.name.startswith('_') or inside and o.name == '__init__'): yield o

def of_function(o, comments):
    "What is wrong with the function `o`"
    args = [a for a in (*o.args.posonlyargs, *o.args.args, *o.args.kwonlyargs) if a.arg not in ('self', 'cls')]
    if not ast.get_docstring(o) and o.name != '__init__': yield f'`{o.name}` has no docstring'
    if len(args) > PARAMETERS: yield f'`{o.name}` has {len(args)} parameters'
    for a in args:
        if a.lineno not in comments: yield f'parameter `{a.arg}` of `{o.name}` has no docment'

def of_cell(text, api):
    "What is wrong with a cell of code"
    exported, lines = bool(EXPORT.search(text)), code_lines(text)
    for o in text.splitlines():
        if len(o) > LONGEST and not o.lstrip().startswith('#') and 'http' not in o: yield f'a line of {len(o)} characters: {o.strip()[:50]}...'
    if text.lstrip().startswith(('%', '!')) or '\n%' in text or '\n!' in text: return
    try: tree = ast.parse(text)
    except SyntaxError: return
    limit = CELL if exported else EXAMPLE
    if len(lines) > limit and not (exported and (is_table(text) or is_whole(text))): yield f'{len(lines)} lines in one cell, at most {limit}'
    if exported and api:
        for o in public_functions(tree.body): yield from of_function(o, commented(text))

def is_example(text):
    "Does this cell show or test something, rather than export, hide or import?"
    lines = code_lines(text)
    imports = [o for o in lines if re.match(r'(from|import)\s', o)]
    return bool(lines) and not EXPORT.search(text) and len(imports) < len(lines) and not re.search(r'^#\|\s*(hide|default_exp)', text, re.M)

def of_notebook(fn):
    "The breaches of a notebook, and the shares that the table shows"
    cells = json.loads(fn.read_text(encoding='utf-8'))['cells']
    api, breaches = 'api' in fn.parts, []
    for n, c in enumerate(cells):
        text = source(c)
        if c['cell_type'] == 'code': breaches += [f'cell {n}: {o}' for o in of_cell(text, api)]
        if m := IDIOM.search(text): breaches.append(f'cell {n}: "{text[m.start():m.end()+12]}..." ("is not a")')
    examples = [c for c in cells if c['cell_type'] == 'code' and is_example(source(c))]
    shown = sum(bool(c['outputs']) for c in examples)
    if sum(len(re.findall(r'^# ', source(c), re.M)) for c in cells if c['cell_type'] == 'markdown') != 1: breaches.append('not one H1')
    if api:
        if not re.search(r'^> \S', source(cells[0]), re.M): breaches.append('the first cell has no `>` subtitle')
        if not CELLS[0] <= len(cells) <= CELLS[1]: breaches.append(f'{len(cells)} cells, not {CELLS[0]} to {CELLS[1]}')
        if examples and shown/len(examples) < SHOWN: breaches.append(f'{shown} of {len(examples)} example cells show a result')
    return breaches, len(cells), len(examples), shown

def wings():
    "Module -> folder of its notebook"
    found = {}
    for fn in (ROOT/'nbs'/'api').rglob('*.ipynb'):
        if m := re.search(r'default_exp ([\w.]+)', fn.read_text(encoding='utf-8')): found[m[1]] = fn.parent.name
    return found

def of_imports():
    "Private names taken from another module, and imports against the order of wings"
    wing = wings()
    for module, folder in sorted(wing.items()):
        package = ['hcr', *module.split('.')[:-1]]
        for o in ast.walk(ast.parse((ROOT/'hcr'/f'{module.replace(".", "/")}.py').read_text(encoding='utf-8'))):
            if not isinstance(o, ast.ImportFrom): continue
            base = package[:len(package)-o.level+1] if o.level else []
            name = '.'.join([*base, *filter(None, [o.module])])
            if not name.startswith('hcr.'): continue
            for a in o.names:
                if a.name.startswith('_'): yield f'hcr.{module} takes the private {a.name} of {name}'
            if (theirs := wing.get(name.removeprefix('hcr.'))) and WINGS.index(theirs) > WINGS.index(folder):
                yield f'hcr.{module} ({folder}) imports {name} ({theirs}), which stands above it'

def of_numbers():
    "Notebooks of one folder that have one number"
    for folder in sorted({fn.parent for fn in (ROOT/'nbs'/'api').rglob('*.ipynb') if '.ipynb_checkpoints' not in fn.parts}):
        names = sorted(fn.stem for fn in folder.glob('*.ipynb'))
        for a, b in zip(names, names[1:]):
            if a[:2] == b[:2]: yield f'{folder.relative_to(ROOT)}: {a} and {b} have one number'

def exported_names(text):
    "What a module defines or imports"
    for o in ast.walk(ast.parse(text)):
        if isinstance(o, (ast.FunctionDef, ast.ClassDef)): yield o.name
        elif isinstance(o, ast.ImportFrom): yield from (a.asname or a.name for a in o.names)
        elif isinstance(o, ast.Assign): yield from (t.id for t in o.targets if isinstance(t, ast.Name))

def of_names():
    "Names such as `hcr.data.get_data` that a notebook mentions and that do not exist"
    names = {}
    for fn in (ROOT/'hcr').rglob('*.py'):
        text, module = fn.read_text(encoding='utf-8'), '.'.join(fn.relative_to(ROOT).with_suffix('').parts)
        words = re.findall(r'\w+', text) if fn.stem == '__init__' else exported_names(text) # a facade names them in strings
        names[module.removesuffix('.__init__')] = set(words)
    for fn in sorted((ROOT/'nbs').rglob('*.ipynb')):
        for n, c in enumerate(json.loads(fn.read_text(encoding='utf-8'))['cells']):
            for name in set(re.findall(r'`(hcr(?:\.(?!json)\w+)+)`', source(c))):
                module, _, last = name.rpartition('.')
                if name in names or last in names.get(module, ()): continue
                above, _, kind = module.rpartition('.')
                if kind in names.get(above, ()): continue # an attribute of a class
                yield f'{fn.relative_to(ROOT)}: cell {n}: there is no `{name}`'

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--table', action='store_true', help='print a line for each notebook')
    p.add_argument('--at-most', type=int, default=0, metavar='N', help='how many breaches are borne')
    a, all_breaches, total = p.parse_args(), [*of_imports(), *of_numbers(), *of_names()], Counter()
    for fn in sorted((ROOT/'nbs').rglob('*.ipynb')):
        if '.ipynb_checkpoints' in fn.parts: continue
        breaches, cells, examples, shown = of_notebook(fn)
        all_breaches += [f'{fn.relative_to(ROOT)}: {o}' for o in breaches]
        total.update(examples=examples, shown=shown)
        if a.table: print(f'{str(fn.relative_to(ROOT)):45} {cells:3} cells, {shown:3} of {examples:3} examples show a result, {len(breaches):3} breaches')
    generated = [o for o in (ROOT/'hcr').rglob('*.py') if o.name != '_modidx.py']
    lines = {o: len(o.read_text(encoding='utf-8').splitlines()) for o in generated}
    all_breaches += [f'{o.relative_to(ROOT)} has {n} lines, at most 600' for o, n in lines.items() if n > 600]
    if not a.table: print(*all_breaches, sep='\n')
    print(f'{len(all_breaches)} breaches; {total["shown"]} of {total["examples"]} example cells show a result; {sum(lines.values()):,} generated lines')
    return len(all_breaches) > a.at_most

if __name__ == '__main__': sys.exit(main())
