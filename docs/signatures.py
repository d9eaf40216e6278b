"Documentation of a function as nbdev writes it, with its parameters in a table"
import re

opening, closing = '([{<', ')]}>'

def split_top(text, at):
    "Split at a character that no bracket or quotation mark encloses"
    parts, depth, quote = [''], 0, ''
    for i, ch in enumerate(text):
        if quote: quote = '' if ch == quote else quote
        elif ch in '\'"': quote = ch
        elif ch in opening: depth += 1
        elif ch in closing and text[i-1:i+1] != '->': depth -= 1
        if ch == at and not depth and not quote: parts.append('')
        else: parts[-1] += ch
    return parts

def parameter(text):
    "`name:type=default` in its parts"
    before, *default = split_top(text.strip(), '=')
    name, *kind = split_top(before, ':')
    return name.strip(), ':'.join(kind).strip(), '='.join(default).strip()

def parse(signature, docments):
    "Parameters [(name, type, default, about)] and what is returned (type, about) of a signature on several lines"
    params, last = [], ''
    for line in signature.split('\n')[1:]:
        if line.startswith(')'): last = line
        else:
            code, _, about = line.strip().partition(' # ')
            found = [parameter(o) for o in split_top(code.rstrip(','), ',') if o.strip()]
            params += [(*o, about or docments.get(o[0], (None, ''))[1]) for o in found]
    kind, _, about = last.partition(' # ')
    return params, (kind[1:].rstrip().rstrip(':').removeprefix('->').strip(), about)

def code(text):
    text = re.sub(r'\b(?:pathlib|collections\.abc|typing)\.', '', text)
    return f'`{text}`'.replace('|', '\\|') if text else ''

def short(default): return default if re.fullmatch(r"[\w.+'-]{1,12}", default) else '...'

def as_table(text, docments=None):
    "Text of nbdev's `show_doc`; a signature whose parameters are explained becomes a line and a table"
    found = re.search(r'```python\n(?:def|class) ([\w.]+)(\(.*?)\n```', text, re.S)
    if not found or '\n' not in found[2]: return text
    params, (kind, about) = parse(found[2], docments or {})
    if not params or not any(o[3] for o in params): return text
    rows = ['| parameter | type | default | what it is |', '|---|---|---|---|']
    rows += [f'| {code(n)} | {code(t)} | {code(d)} | {a.replace("|", chr(92)+"|")} |' for n, t, d, a in params]
    if kind not in ('', 'None') or about: rows.append(f'| *returns* | {code(kind)} | | {about.replace("|", chr(92)+"|")} |')
    line = f'{found[1]}({", ".join(n+("="+short(d) if d else "") for n, _, d, _ in params)})'
    head, tail = text[:found.start()], text[found.end():].strip('\n')
    says, _, rest = tail.partition('\n')
    return f'{head}```python\n{line}\n```\n\n{says}\n\n'+'\n'.join(rows)+f'\n\n{rest}'
