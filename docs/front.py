"The pages that lead to the others: cards on the first page, what a page's notebook is called elsewhere, and the commands"
import argparse, html, os, re, textwrap

cards = [
    ('Read a letter', 'Pages, lines and words become text, or a PDF that can be searched.', 'hcr read letter.jpg', 'commands#words-lines-and-pages'),
    ('Fill a spreadsheet from forms', 'Photographed forms become rows of a table; what is doubtful is marked.', 'hcr form scans/ --template t.json --csv', 'forms'),
    ('Grade an exam', 'A key and a list of students give points to each sheet; what is doubtful waits for a person.', 'hcr exam read.csv --key key.csv', 'hcr.forms.exam'),
    ('Train on my letters', 'A sheet to write on, a photograph, and a reader that knows your hand.', 'hcr train --data my_letters --init digits', 'own_hand'),
    ('Understand a CNN', 'What happens between a picture and an answer, with the numbers on the pixels.', 'jupyter lab nbs/tutorials', 'inside_a_cnn'),
    ('Put it in an app', 'One model for a service, a browser, a phone: ONNX, Keras, TFLite, PyTorch.', 'hcr export digits digits.onnx', 'ship')]

def card_page(page_link):
    "The cards, as a cell of the first page"
    items = []
    for title, about, command, to in cards:
        link = page_link(to).replace('.ipynb', '.html')
        items.append(f'<li><a href="{link}"><strong>{title}</strong></a><span>{about}</span><code>{html.escape(command)}</code></li>')
    more = ' · '.join(f'<a href="{to}.html">{text}</a>' for to, text in
        dict(**{'try': 'Try it in your browser'}, install='Install it', faq='Questions people ask', cli='Every command').items())
    return '\n'.join(['## I want to …', '', '```{raw} html', '<ul class="hcr-cards">', *items, '</ul>', f'<p>{more}</p>', '```'])

def notebook_links(name, module, depth):
    "A line below a page's title: its notebook to download, in Colab and at its source, where the repository's address is known"
    up, repo = '../'*depth, os.environ.get('GITHUB_REPOSITORY')
    links = [f'<a href="{up}notebooks/{name}" download>Download the notebook</a>']
    if module: links.append(f'<a href="{up}source/{module}.html">Source of hcr.{module}</a>')
    if repo:
        at = f'{repo}/blob/{os.environ.get("GITHUB_REF_NAME", "main")}/nbs/{name}'
        links += [f'<a href="https://colab.research.google.com/github/{at}">Open in Colab</a>', f'<a href="https://github.com/{at}">On GitHub</a>']
    first = f'<br>In Colab, first run <code>!pip install "hcr[train] @ git+https://github.com/{repo}"</code>' if repo else ''
    return '```{raw} html\n<p class="hcr-of-page">'+' · '.join(links)+first+'</p>\n```'

def flag_rows(actions):
    "A table of a command's options"
    rows = ['| option | what it does |', '|---|---|']
    for a in actions:
        if a.help == argparse.SUPPRESS: continue
        value = '' if a.nargs == 0 else ' '+(a.metavar or ('|'.join(map(str, a.choices)) if a.choices else a.dest.upper()))
        names = ', '.join(f'`{o}`' for o in a.option_strings) or f'`{a.metavar or a.dest}`'
        many = ' …' if a.nargs in ('+', '*') else ''
        shown = names+(f' `{value.strip()}{many}`' if a.option_strings and value.strip() else many)
        about = html.escape((a.help or '').replace('%%', '%') % dict(default=a.default, prog='hcr') if '%(' in (a.help or '') else (a.help or ''), quote=False)
        rows.append(f'| {shown.replace("|", chr(92)+"|")} | {about.replace("|", chr(92)+"|")} |')
    return rows

def command_page():
    "Every command with its options, from the parser itself; each is an entry of the index, so the search finds it"
    from hcr.cli import parser
    p = parser()
    parts = ['# Every command', '', 'What `hcr COMMAND --help` prints, as a page. The tutorial [The command hcr, use by use](page:commands) tells what each is for.', '']
    for name, q in p.commands.items():
        flags = [o for a in q._actions for o in a.option_strings if o.startswith('--')]
        parts += [f'## hcr {name}', '', *(f'```{{index}} ! single: {o}; hcr {name}\n```' for o in flags), '', q.description, '']
        usage = textwrap.fill(' '.join(q.format_usage().removeprefix('usage: ').split()), 90, subsequent_indent='    ', break_on_hyphens=False)
        parts += ['```text', usage, '```', '']
        for group in q._action_groups:
            if not group._group_actions: continue
            if group.title not in ('positional arguments', 'options', 'optional arguments'): parts += [f'**{group.title[0].upper()+group.title[1:]}**', '']
            parts += [*flag_rows(group._group_actions), '']
    return '\n'.join(parts)

def resolve_links(text, page_link):
    "Markdown in which `page:NAME` and `page:hcr.module` are the addresses of pages"
    return re.sub(r'\bpage:([\w.]+(?:#[\w-]+)?)', lambda m: '/'+page_link(m[1]), text)
