"""Does the page that reads drawings say what Python says?

    HCR_DATA=... python docs/demo/check.py [--images 1000]     after `python docs/build.py`; needs Chromium and its driver

Test images of EMNIST become drawings of 256 pixels: enlarged by factors from 2 to 8, smoothed, set somewhere. The page, in
a real browser, and `char_image` with `chars-tiny` in Python read the same drawings. Status 0 if at most one in a thousand
gets another label.
"""
import argparse, base64, functools, shutil, sys, threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from hcr.data import get_data
from hcr.inference import Recognizer
from hcr.preprocess import char_image, emnist_geometry

site = Path(__file__).resolve().parents[2]/'_site'
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

def in_browser(images):
    "The classes that the page gives"
    server = ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    options = webdriver.ChromeOptions()
    for o in ('--headless=new', '--no-sandbox', '--disable-dev-shm-usage'): options.add_argument(o)
    options.binary_location = shutil.which('chromium') or shutil.which('google-chrome') or ''
    browser, out = webdriver.Chrome(options, Service(shutil.which('chromedriver'))), []
    try:
        browser.set_script_timeout(120)
        browser.get(f'http://127.0.0.1:{server.server_port}/try.html')
        for part in np.array_split(images, -(-len(images)//100)):
            out += browser.execute_async_script(script, [base64.b64encode(o.tobytes()).decode() for o in part])
    finally:
        browser.quit()
        server.shutdown()
    return np.array(out)

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--images', type=int, default=1000)
    images = drawings(p.parse_args().images)
    want = Recognizer.load('chars-tiny').predict_array(np.stack([char_image(o, emnist_geometry) for o in images])).argmax(1)
    same = int((in_browser(images) == want).sum())
    print(f'the page and Python give the same label for {same:,} of {len(images):,} drawings')
    return int(len(images)-same > len(images)/1000)

if __name__ == '__main__': sys.exit(main())
