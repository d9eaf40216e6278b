"""Captions and alternative texts of a page's figures, from the notebook itself.

A cell may say them: `#| fig-cap: ...` and `#| fig-alt: ...`, as Quarto has it. Where it does not, the caption is the heading
that the figure stands under, and the alternative text is the prose next to it: above, or below where there is none above.
A picture with neither is a mistake.
"""
import re

def has_picture(cell):
    return any(k.startswith('image/') for o in cell.get('outputs', []) for k in o.get('data', {}))

def said(source, key):
    "What a cell says of its figure by a directive, or None"
    found = re.search(rf'^#\| *{key}: *(.+)$', source, re.M)
    return found and found[1].strip().strip('"')

def plain(text, longest=300):
    "Markdown as plain text, whole sentences as far as they fit"
    text = re.sub(r'```.*?```|^\|.*$|^#+ .*$|\$\$.*?\$\$', '', text, flags=re.M | re.S if '```' in text else re.M)
    text = re.sub(r'!?\[([^]]*)\]\([^)]*\)', r'\1', text)
    text = re.sub(r'^(?:> |- |\d+\. )|[*`\\$]', '', text, flags=re.M)
    text = ' '.join(text.split())
    if len(text) <= longest: return text
    whole = re.match(rf'.{{20,{longest}}}[.!?:](?= )', text)
    return whole[0] if whole else text[:longest].rsplit(' ', 1)[0]+' …'

def prose_near(cells, i):
    "The prose that a figure belongs to: nearest above it in its section, else nearest below"
    def prose(c):
        parts = [plain(o) for o in c.source.split('\n\n')] if c.cell_type == 'markdown' else []
        return [o for o in parts if o]
    for c in reversed(cells[:i]):
        if found := prose(c): return found[-1]
        if c.cell_type == 'markdown' and c.source.startswith('#'): break
    return next((found[0] for c in cells[i+1:] if (found := prose(c))), None)

def label_figures(name, cells, sources):
    "Give each figure among `cells` caption and alternative text; `sources` are the cells with their directives"
    heading, n = name, 0
    for i, (c, source) in enumerate(zip(cells, sources)):
        if c.cell_type == 'markdown': heading = ([heading]+re.findall(r'^#+ (.+)$', c.source, re.M))[-1]
        if not has_picture(c): continue
        n += 1
        caption, alt = said(source, 'fig-cap') or heading, said(source, 'fig-alt') or prose_near(cells, i)
        if not alt: raise SystemExit(f'{name}: the figure under "{heading}" has no words near it: give its cell `#| fig-alt: ...`')
        c.metadata['mystnb'] = dict(image=dict(alt=alt), figure=dict(caption=f'Figure {n}. {caption}', classes='hcr-figure'))
