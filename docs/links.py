"""Follow every internal link of the site: `python docs/links.py` names those that lead nowhere, and pictures without words.

A link holds if its file is in `_site` and, where it names a place on a page, that page has it. Addresses elsewhere are not
asked for, and what a theme leaves in `_static` is not read. Each picture needs an alternative text that is more than the name
of its file, and one that a notebook has drawn a caption. It ends with 1 if anything was found.
"""
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

site = Path(__file__).resolve().parent.parent/'_site'

def html_pages():
    "The site's pages"
    return [o for o in sorted(site.rglob('*.html')) if '_static' not in o.parts]

class Page(HTMLParser):
    "The places of a page, where its links lead, and its pictures that lack words"
    def __init__(self, path):
        super().__init__()
        self.places, self.links, self.wordless, self.within = set(), [], [], []
        self.feed(path.read_text(encoding='utf-8'))

    def handle_starttag(self, tag, attrs):
        d = dict(attrs)
        self.places |= {d[k] for k in ('id', 'name') if d.get(k)}
        self.links += [d[k] for k in ('href', 'src') if d.get(k)]
        if tag in ('figure', 'figcaption', 'a'): self.within.append(tag)
        if tag == 'img':
            alt, src = (d.get('alt') or '').strip(), d.get('src') or ''
            if not alt or alt.endswith(Path(urlsplit(src).path).suffix or '.png'): self.wordless.append((src[:60], 'has no alternative text'))
            elif '_images/' in src and not {'figure', 'a'} & set(self.within): self.wordless.append((src[:60], 'has no caption'))

    def handle_endtag(self, tag):
        if tag in self.within: del self.within[len(self.within)-1-self.within[::-1].index(tag):]

def broken(path, link, pages):
    "Why a link on the page `path` leads nowhere, or None"
    url = urlsplit(link)
    if url.scheme or url.netloc: return None
    target = (path.parent/unquote(url.path)).resolve() if url.path else path
    if target.is_dir(): target = target/'index.html'
    if not target.is_relative_to(site): return 'leaves the site'
    if not target.is_file(): return 'no such file'
    place = unquote(url.fragment)
    return 'no such place' if place and target in pages and place not in pages[target].places else None

def main():
    if not site.is_dir(): return 'there is no site: run python docs/build.py'
    pages = {o: Page(o) for o in html_pages()}
    links = [(path, o) for path, page in pages.items() for o in page.links]
    bad = [(path, o, why) for path, o in links if (why := broken(path, o, pages))]
    bad += [(path, o, why) for path, page in pages.items() for o, why in page.wordless]
    for path, o, why in bad: print(f'{path.relative_to(site)}: {o}: {why}')
    print(f'{len(pages)} pages, {len(links):,} links, {len(bad)} that lead nowhere or pictures without words')
    return int(bool(bad))

if __name__ == '__main__': sys.exit(main())
