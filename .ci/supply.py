"""What hcr stands on: is each requirement used, and under which licence may it be?

    python .ci/supply.py       in an environment with all extras; prints a table, ends with 1 if something is wrong

A requirement is used if something here imports it, or runs it as a command. Licences are those that the packages
declare; those that would ask something of whoever passes hcr on are not accepted.
"""
import configparser, re, sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = {'jupyterlab': "'jupyterlab'", 'build': '-m build'}
KNOWN = r'\b(MIT|BSD|Apache|PSF|Python Software Foundation|HPND|MIT-CMU|ISC|MPL|Unlicense|Zlib|CC0)'

def requirements():
    "(extra, package) for each line of settings.ini"
    ini = configparser.ConfigParser(interpolation=None)
    ini.read(ROOT/'settings.ini', encoding='utf-8')
    for key, value in ini['DEFAULT'].items():
        if not key.endswith('requirements'): continue
        extra = key.removesuffix('requirements').strip('_') or 'base'
        yield from ((extra, name) for name in re.findall(r'^\s*([\w-]+)(?:\[\w+\])?>=', value, re.M))

def everything():
    "All that is written here, as one text"
    files = [o for end in ('ipynb', 'py', 'yaml') for o in ROOT.rglob(f'*.{end}') if o.name != 'supply.py']+[ROOT/'.ci/run', ROOT/'.ci/fresh']
    return '\n'.join(o.read_text(encoding='utf-8') for o in files if o.is_file() and not {'.venv', '_docs', '_site'} & set(o.parts))

def used(name, text, modules):
    "Does something import or run this package?"
    found = {m for m, dists in modules.items() if name.lower().replace('_', '-') in [d.lower().replace('_', '-') for d in dists]}
    words = '|'.join(re.escape(o) for o in found) or re.escape(name)
    ways = rf"(?:import|from)\s+(?:[\w., ]+,\s*)?(?:{words})\b|need\('(?:{words})\b|import_module\('(?:{words})\b|'(?:{words})(?:\.\w+)*'"
    return bool(re.search(ways, text)) or name in COMMANDS and COMMANDS[name] in text

def licence(dist):
    "What a package says of its licence, in a few words"
    m = dist.metadata
    said = m.get('License-Expression') or ', '.join(o.split(' :: ')[-1] for o in m.get_all('Classifier', []) if o.startswith('License ::'))
    return (said or m.get('License') or 'not said').splitlines()[0][:60]

def main():
    text, modules, wrong = everything(), packages_distributions(), []
    for extra, name in requirements():
        try: dist = distribution(name)
        except PackageNotFoundError:
            print(f'{extra:12} {name:26} not installed here')
            continue
        said = licence(dist)
        print(f'{extra:12} {name:26} {dist.version:16} {said}')
        if not re.search(KNOWN, said) or 'GPL' in said: wrong.append(f'{name}: the licence is {said}: look whether it may be used')
        if not used(name, text, modules): wrong.append(f'{name} is not used: take it out of settings.ini')
    print(*wrong, sep='\n')
    return bool(wrong)

if __name__ == '__main__': sys.exit(main())
