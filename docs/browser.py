"""Does the site work in a real browser?

    HCR_DATA=... python docs/browser.py [--images 1000]     after `python docs/build.py`; needs Chromium and its driver

Every page is opened as wide as a phone, 390 pixels, and must not be wider. The search must find commands and their options.
Then test images of EMNIST become drawings of
256 pixels: enlarged by factors from 2 to 8, smoothed, set somewhere. The page that reads drawings and `char_image` with
`chars-tiny` in Python read the same ones; at most one in a thousand may get another label. Without data the drawings are
left out.
"""
import argparse, base64, functools, os, sys, threading, time
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import cv2
import numpy as np

from hcr.data import get_data
from hcr.inference import Recognizer
from hcr.preprocess import char_image, emnist_geometry

from chrome import chromium, programs
from links import html_pages, site

script = """const [texts, done] = [arguments[0], arguments[1]]
Promise.all([import('/_static/demo/demo.js'), import('/_static/demo/preprocess.js')]).then(async ([demo, pre]) => {
  const out = []
  for (const text of texts) {
    const a = Float64Array.from(atob(text), c => c.charCodeAt(0))
    const probs = await demo.read(pre.charImage({w: 256, h: 256, a}, {size: 28, box: 24, center: 'box'}))
    out.push(probs.indexOf(Math.max(...probs)))
  }
  done(out)
})"""

class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args): pass

def drawings(n):
    "Test images as drawings, uint8 (n, 256, 256)"
    data, rng = get_data('emnist-byclass', split='test'), np.random.default_rng(0)
    out = np.zeros((n, 256, 256), np.uint8)
    for one, i in zip(out, rng.permutation(len(data))):
        s = int(rng.integers(60, 240))
        im = cv2.GaussianBlur(cv2.resize(data.images[i], (s, s), interpolation=cv2.INTER_CUBIC), (0, 0), s/60)
        y, x = rng.integers(0, 257-s, 2)
        one[y:y+s, x:x+s] = np.clip((im.astype(float)-90)*3, 0, 255)
    return out[(out > 100).any((1, 2))]

@contextmanager
def browser():
    "A browser, and the address of the site"
    server = ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Quiet, directory=site))
    server.handle_error = lambda *args: None # a page that is left early
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with chromium() as driver: yield driver, f'http://127.0.0.1:{server.server_port}'
    finally: server.shutdown()

def too_wide(driver, url, width=390):
    "The pages that a phone has to be moved sideways for"
    driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', dict(width=width, height=800, deviceScaleFactor=1, mobile=True))
    pages, wide = [o.relative_to(site) for o in html_pages()], []
    for page in pages:
        driver.get(f'{url}/{page}')
        if driver.execute_script('return document.documentElement.scrollWidth') > width: wide.append(str(page))
    print(f'{len(pages)} pages on a phone, {len(wide)} too wide', *wide)
    return wide

def not_found(driver, url, queries=('hcr read', '--lm', '--template', 'hcr train')):
    "What the search does not answer with the page of commands among its results"
    missed = []
    for query in queries:
        driver.get(f'{url}/search.html?q={quote(query)}')
        for _ in range(100): # results come one by one
            if driver.find_elements('css selector', '#search-results a[href*="cli.html"]'): break
            time.sleep(.1)
        else: missed.append(query)
    print(f'the search finds {len(queries)-len(missed)} of {len(queries)} commands and options', *missed)
    return missed

def read_by_page(driver, url, images):
    "The classes that the page gives"
    driver.set_script_timeout(120)
    driver.get(f'{url}/try.html')
    parts = [[base64.b64encode(o.tobytes()).decode() for o in part] for part in np.array_split(images, -(-len(images)//100))]
    return np.array([k for part in parts for k in driver.execute_async_script(script, part)])

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--images', type=int, default=1000)
    n, alike = p.parse_args().images, True
    if not all(programs()): return print('skipped: no chromium')
    with browser() as (driver, url):
        wide = too_wide(driver, url)+not_found(driver, url)
        if os.environ.get('HCR_DATA'):
            images = drawings(n)
            want = Recognizer.load('chars-tiny').predict_array(np.stack([char_image(o, emnist_geometry) for o in images])).argmax(1)
            same = int((read_by_page(driver, url, images) == want).sum())
            alike = len(images)-same <= len(images)/1000
            print(f'the page and Python give the same label for {same:,} of {len(images):,} drawings')
    return int(bool(wide) or not alike)

if __name__ == '__main__': sys.exit(main())
