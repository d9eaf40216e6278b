"""Make README.md from nbs/index.ipynb, without Quarto.

    python .ci/readme.py           write README.md, and index_files/ if the notebook has figures
    python .ci/readme.py --check   compare contents, not times; ends with 1 if the README is stale

nbdev's own filters run in this process (`nbdev.serve.proc_nbs` does the same behind a cache of file times), less those
that run cells or document functions, which a README has none of; the one that makes a Quarto header of the title; and
`add_links`, which links backquoted names to documentation sites, differently with what happens to be installed.
"""
import argparse, re, shutil, sys
from pathlib import Path

import nbformat
from fastcore.nbio import read_nb
from nbconvert import MarkdownExporter
from nbdev.processors import FilterDefaults

ROOT = Path(__file__).resolve().parent.parent
FIGURES, LEFT_OUT = 'index_files', {'FrontmatterProc', 'add_links', 'add_show_docs', 'exec_show_docs'}

class ReadmeFilters(FilterDefaults):
    "nbdev's filters for a page that stands by itself"
    def base_procs(self): return [o for o in super().base_procs() if o.__name__ not in LEFT_OUT]

def make(fn):
    "The README's text as bytes, and its figures by path, from the notebook `fn`"
    nb = read_nb(fn)
    ReadmeFilters()(nb)
    cells = [c for c in nb.cells if c.cell_type != 'raw' and 'source' in c]
    for c in cells:
        c.pop('has_sd', None)
        c.metadata.pop('execution', None)
        if 'echo: false' in c.source: c.metadata['transient'] = {'remove_source': True}
    keep = [{k: v for k, v in c.items() if not k.endswith('_')} for c in cells]
    meta = {'language_info': {'name': 'python'}}
    nb = nbformat.from_dict(dict(cells=keep, metadata=meta, nbformat=4, nbformat_minor=5))
    text, found = MarkdownExporter().from_notebook_node(nb, dict(output_files_dir=FIGURES, unique_key='index'))
    alts = iter(re.findall(r'^#\| *fig-alt: *(.+)$', '\n'.join(c.source for c in cells if c.get('outputs')), re.M))
    text = re.sub(r'!\[(?:png|svg)\]', lambda m: f'![{next(alts)}]', text)
    text = re.sub(r'\n(?:[ \t]*\n){2,}', '\n\n', text).strip()+'\n'  # nbconvert is generous with empty lines
    return {'README.md': text.encode(), **found['outputs']}

def stale(files):
    "The files in the project that differ from `files`, are missing, or should not be there"
    old = {f'{FIGURES}/{o.name}' for o in (ROOT/FIGURES).glob('*')}
    differ = {o for o, data in files.items() if not (ROOT/o).is_file() or (ROOT/o).read_bytes() != data}
    return sorted(differ | (old-files.keys()))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--check', action='store_true', help='change nothing; end with 1 if the README is stale')
    check = p.parse_args().check
    files = make(ROOT/'nbs'/'index.ipynb')
    differ = stale(files)
    if check and differ: return f"{', '.join(differ)}: not what nbs/index.ipynb makes; run: python .ci/readme.py"
    if not check and differ:
        shutil.rmtree(ROOT/FIGURES, ignore_errors=True)
        for o, data in files.items():
            (ROOT/o).parent.mkdir(exist_ok=True)
            (ROOT/o).write_bytes(data)
    print('README.md is what nbs/index.ipynb makes' if not differ else 'README.md was written')

if __name__ == '__main__': sys.exit(main())
