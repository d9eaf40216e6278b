"""Use the web page and the widgets as people do, in a real Chromium: by mouse, keys and finger, with files, on forms.

    python .ci/browser.py [--shots FOLDER]      nbs/api/app/files has the pictures of the page and the widgets

Needs selenium (pip install selenium) and Chromium with its driver (Debian: apt-get install chromium chromium-driver).
Without them it says so and ends with 0; the widgets are tried where jupyterlab and anywidget are installed, too. Nothing
is fetched from a network: the page must work offline, and a check makes sure that it asks nobody but its own server.
Ends with 1 at the first thing that is wrong.
"""
import argparse, csv, importlib.util, io, json, os, re, shutil, subprocess, sys, tempfile, time, zipfile
from base64 import b64encode
from contextlib import closing
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
SERVE = """
import json, sys
from hcr.app import serve
serve(port=0, open_browser=False, **json.loads(sys.argv[1]))
"""
STROKES = {  # in parts of the pad's side
    '7': [[(.3, .25), (.7, .25), (.45, .8)]],
    '1': [[(.5, .2), (.5, .8)]],
    '0': [[(.5, .2), (.35, .3), (.3, .5), (.35, .7), (.5, .8), (.65, .7), (.7, .5), (.65, .3), (.5, .2)]]}

def check(ok, what):
    "Say that `what` holds, or end saying that it does not"
    if not ok: raise SystemExit(f'wrong: {what}')
    print(f'ok: {what}', flush=True)

def wait_for(get, what, seconds=20):
    "What `get` gives once it is true; where the page replaced what it was reading, it looks again"
    from selenium.common.exceptions import StaleElementReferenceException
    end = time.monotonic()+seconds
    while time.monotonic() < end:
        try:
            if found := get(): return found
        except StaleElementReferenceException: pass
        time.sleep(.05)
    raise SystemExit(f'wrong: {seconds} s and still not: {what}')

class Page:
    "A browser window that shows the page of a server"
    def __init__(self, url, phone=False, shots=None):
        from chrome import start
        from selenium.webdriver import ChromeOptions
        self.url, self.shots, self.phone, options = url, shots, phone, ChromeOptions()
        options.set_capability('goog:loggingPrefs', dict(browser='ALL', performance='ALL'))
        if phone:
            metrics = dict(width=360, height=740, pixelRatio=2, touch=True)
            options.add_experimental_option('mobileEmulation', dict(deviceMetrics=metrics))
        self.downloads = Path(tempfile.mkdtemp())
        options.add_experimental_option('prefs', {'download.default_directory': str(self.downloads)})
        self.driver = start(options)

    def open(self, path=''): self.driver.get(self.url+path)
    def close(self): self.driver.quit()
    def find(self, css): return self.driver.find_element('css selector', css)
    def all(self, css): return self.driver.find_elements('css selector', css)
    def js(self, code, *args): return self.driver.execute_script(code, *args)

    def shot(self, name):
        "A picture of the whole page, for looking at"
        if not self.shots: return
        height = self.js('return document.documentElement.scrollHeight')
        size = dict(width=360 if self.phone else 1000, height=max(height, 600), deviceScaleFactor=1, mobile=self.phone)
        if not self.phone: self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', size)
        self.driver.save_screenshot(str(self.shots/f'{name}.png'))
        if not self.phone: self.driver.execute_cdp_cmd('Emulation.clearDeviceMetricsOverride', {})

    def picture(self, name, element):
        "A picture of one element for the notebooks, with few colours as they go into git"
        if not self.shots: return
        size = dict(width=760, height=1700, deviceScaleFactor=1, mobile=False)
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', size)
        self.js('document.activeElement.blur(); arguments[0].scrollIntoView({block: "start"})', element)
        time.sleep(.5)
        im = Image.open(io.BytesIO(element.screenshot_as_png)).convert('RGB')
        im.crop((0, 0, im.width, min(im.height, 900))).quantize(128).save(self.shots/f'{name}.png', optimize=True)
        self.driver.execute_cdp_cmd('Emulation.clearDeviceMetricsOverride', {})

    def keys(self, keys):
        "Press keys, wherever the focus is"
        from selenium.webdriver.common.action_chains import ActionChains
        ActionChains(self.driver).send_keys(keys).perform()

    def draw(self, strokes):
        "Draw on the pad by mouse, or by finger on a phone"
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.actions.pointer_input import PointerInput
        pad = self.find('#pad')
        w, h = pad.size['width'], pad.size['height']
        actions = ActionChains(self.driver, 20, devices=[PointerInput('touch' if self.phone else 'mouse', 'pen')])
        pointer = actions.w3c_actions.pointer_action
        for stroke in strokes:
            for i, (x, y) in enumerate(stroke):
                pointer.move_to(pad, int((x-.5)*w), int((y-.5)*h))
                if i == 0: pointer.pointer_down()
            pointer.pointer_up()
        actions.perform()

    def answer(self):
        "The answer once it is there, and not the one before"
        def get(): return self.js("""const a = document.getElementById('answer');
            const l = a.querySelector('.hcr-label, .hcr-error');
            return a.getAttribute('aria-busy') == 'false' && l && l.textContent""")
        return wait_for(get, 'an answer')

    def clear(self):
        self.find('#clear').click()
        wait_for(lambda: not self.all('.hcr-panel'), 'an empty answer')

    def strangers(self):
        "Addresses that the page asked and that are not its server's"
        seen = [json.loads(o['message'])['message'] for o in self.driver.get_log('performance')]
        urls = [o['params']['request']['url'] for o in seen if o['method'] == 'Network.requestWillBeSent']
        return [o for o in urls if not o.startswith((self.url, 'data:', 'blob:', 'chrome:'))]

    def complaints(self): return [o['message'] for o in self.driver.get_log('browser') if o['level'] == 'SEVERE']

def check_desktop(page, image, keep):
    "Mouse, keys and files on a computer"
    from selenium.webdriver.common.keys import Keys
    page.open('draw')
    for label, strokes in STROKES.items():
        page.draw(strokes)
        check(page.answer() == label, f'a {label} drawn by mouse is read as {label}')
        if label == '7': page.picture('page', page.find('body'))
        page.clear()
    check(len(page.all('.hcr-bars progress')) == 0, 'Clear clears the answer')
    page.draw([*STROKES['1'], *STROKES['0']])
    page.answer()
    page.find('#undo').click()
    wait_for(lambda: [o.text for o in page.all('.hcr-label')] == ['1'], 'an undone stroke to be gone')
    check(True, 'Undo takes back one stroke')
    page.clear()

    page.find('#file').send_keys(str(image))
    check(page.answer() == image.name[0], f'an uploaded {image.name[0]} is read')
    check(len(page.all('.hcr-bars progress')) == 5, 'five bars')
    check(len(page.all('.hcr-panel figure')) >= 3, 'the steps and the reason are shown')
    page.find('#keep input').send_keys(image.name[0]+Keys.ENTER)
    wait_for(lambda: page.find('#kept').text.startswith('Kept'), 'Kept')
    check(len(list(keep.glob(f'{image.name[0]}/*.png'))) == 1, 'a correction is kept when asked for')

    page.open('draw')
    def on_pad(): return page.js('return document.activeElement.id') == 'pad'
    for _ in range(10):
        if on_pad(): break
        page.keys(Keys.TAB)
    check(on_pad(), 'Tab reaches the pad')
    page.keys(' '+Keys.ARROW_DOWN*15+' '+Keys.ENTER)
    check(page.answer() == '1', 'a 1 drawn by keys is read')
    page.shot('keys')
    page.keys(Keys.DELETE)
    wait_for(lambda: not page.all('.hcr-panel'), 'Delete to clear')
    order = []
    for _ in range(6):
        page.keys(Keys.TAB)
        order.append(page.js('return document.activeElement.id'))
    check(order[:3] == ['undo', 'clear', 'file'], 'Tab goes on to undo, clear and the file')

    paste = """const bytes = Uint8Array.from(atob(arguments[0]), c => c.charCodeAt(0)), data = new DataTransfer();
        data.items.add(new File([bytes], 'a.png', {type: 'image/png'}));
        const how = {clipboardData: data, dataTransfer: data, bubbles: true, cancelable: true};
        const e = arguments[1] == 'paste' ? new ClipboardEvent('paste', how) : new DragEvent('drop', how);
        document.querySelector('main').dispatchEvent(e)"""
    for how in ('paste', 'drop'):
        page.open('draw')
        page.js(paste, b64encode(image.read_bytes()).decode(), how)
        check(page.answer() == image.name[0], f'a picture by {how} is read')
    (image.parent/'notes.png').write_text('no image')
    page.find('#file').send_keys(str(image.parent/'notes.png'))
    wait_for(lambda: 'cannot be read as an image' in page.find('#answer').text, 'what is wrong with a file')
    check(True, 'what cannot be read is said')
    page.shot('error')
    big = image.parent/'big.png'
    big.write_bytes(bytes(20_000_001))
    page.find('#file').send_keys(str(big))
    wait_for(lambda: 'larger than 20 MB' in page.find('#answer').text, 'too large')
    check(True, 'what is too large is said')

def check_form(page, form, values, keep):
    "Read a form, put a field right by keys, save both files"
    from selenium.webdriver.common.keys import Keys
    page.open('form')
    page.find('#file').send_keys(str(form))
    wait_for(lambda: page.all('.fields li'), 'the fields of a form', 60)
    rows = page.all('.fields li')
    check(len(rows) == len(values), f'all {len(values)} fields of a form are shown')
    read = {o.get_attribute('name'): o.get_attribute('value') for o in page.all('.fields input')}
    right = sum(read[k] == v for k, v in values.items())
    check(right > .9*len(values), f'{right} of them are read right')
    waiting = page.all('.fields .review')
    first = 0 < len(waiting) < 5 and waiting == rows[:len(waiting)]
    check(first, f'what a person should look at comes first: {len(waiting)}')
    check(page.all('.sheet'), 'the whole form is shown')
    page.picture('form_page', page.find('body'))
    student = page.find('.fields input[name=student]')
    wrong = str((int(read['student'][0])+1) % 10)
    student.send_keys(Keys.HOME+Keys.DELETE+wrong)
    page.find('[data-keep]').click()
    wait_for(lambda: page.find('.bar .status').text == 'Characters kept: 1', 'a kept character')
    check(len(list(keep.glob(f'{wrong}/*.png'))) == 1, 'of a field put right the wrong character is kept')
    read['student'] = wrong+read['student'][1:]
    box = page.find('.fields input')
    name = box.get_attribute('name')
    box.clear()
    box.send_keys('it says, "so"'+Keys.ENTER)
    check(page.js('return document.activeElement.id') != box.get_attribute('id'), 'Enter goes on to the next')
    for kind in ('csv', 'json'):
        page.find(f'[data-save={kind}]').click()
        file = page.downloads/f'form.{kind}'
        wait_for(file.exists, f'the download of {file.name}')
        text = wait_for(lambda: file.read_text(encoding='utf-8'), 'its content')
        if kind == 'json': said = {k: v['text'] for k, v in json.loads(text)['fields'].items()}
        else: said = next(csv.DictReader(text.splitlines()))
        check(said[name] == 'it says, "so"', f'{file.name} says what was put right')
        check(all(said[k] == read[k] for k in values if k != name), 'and the rest as it was read')
    check(json.loads(text)['fields'][name]['status'] == 'ok', 'a field that was looked at waits no more')

def taken(page, n=1, seconds=120):
    "What the newest file was taken for, once it and `n` pages of it are read; '' if it could not be read"
    def get():
        item = next(iter(page.all('.item')), None)
        if not item: return None
        if item.get_attribute('aria-busy') != 'false' or len(item.find_elements('css selector', '.parts > div')) < n:
            return item.find_elements('css selector', '.hcr-error') and item.get_attribute('aria-busy') == 'false' and [' ']
        return [o.text for o in item.find_elements('css selector', '.taken')]
    return [o for o in wait_for(get, 'an answer to a file', seconds) if o.strip()]

def check_anything(page, form, folder):
    "Samples, several files, a choice put right, lines in picture and text, files of what was read"
    page.open()
    expected = {'digit.png': 'one character, read by digits', 'line.png': 'a word or a line, read by latin',
                'letter.jpg': 'a page of writing, read by latin', 'form.png': 'the form exam, read by digits and chars'}
    for name, what in expected.items():
        page.find(f'[data-sample="{name}"]').click()
        wait_for(lambda: page.all('.item h2') and page.find('.item h2').text == name, f'the sample {name}')
        check(taken(page) == [f'Taken for {what}'], f'the sample {name} is taken for {what}')
    check(len(page.all('.item .fields li')) == 41, 'the fields of a form are there to review')
    page.picture('read_page', page.find('body'))
    page.open()
    letter = folder/'letter.pdf'
    page.js("""fetch('sample/pages.pdf').then(r => r.arrayBuffer()).then(b => { window.sample =
        btoa(String.fromCharCode(...new Uint8Array(b))) })""")
    from base64 import b64decode
    letter.write_bytes(b64decode(wait_for(lambda: page.js('return window.sample'), 'the bytes of a sample')))
    page.find('#file').send_keys(f'{letter}\n{form}')
    wait_for(lambda: len(page.all('.item')) == 2, 'a section for each of two files')
    wait_for(lambda: all(o.get_attribute('aria-busy') == 'false' for o in page.all('.item')), 'both to be read', 120)
    names = [o.text for o in page.all('.item header h2')]
    check(sorted(names) == [form.name, letter.name], f'several files are read, one after the other: {names}')
    page.all('.item .remove')[names.index(form.name)].click()
    check(taken(page, 2) == [f'Page {i}. Taken for a page of writing, read by latin' for i in (1, 2)],
          'a PDF is read page by page')
    lines = [o.text for o in page.all('.text li')]
    check(lines[1] == 'this is a letter' and len(page.all('polygon')) == len(lines), 'each line of its text is marked')
    page.all('.text li')[1].click()
    check(len(page.all('polygon.on')) == 1, 'whoever points at a line sees it in the picture')
    allowed = dict(permissions=['clipboardReadWrite', 'clipboardSanitizedWrite'], origin=page.url.rstrip('/'))
    page.driver.execute_cdp_cmd('Browser.grantPermissions', allowed)
    page.find('.copy').click()
    wait_for(lambda: page.find('.said').text == 'Copied', 'the text to be copied')
    page.driver.set_script_timeout(10)
    got = page.driver.execute_async_script('navigator.clipboard.readText().then(arguments[0])')
    check(lines[1] in got and lines[-1] in got, 'the text of all pages can be copied')
    endings = dict(txt='.txt', json='.json', hocr='.hocr', alto='.zip', page='.zip', pdf='.pdf')
    for kind, ending in endings.items():
        file = page.downloads/f'letter{ending}'
        file.unlink(missing_ok=True)
        page.find(f'[data-as={kind}]').click()
        wait_for(lambda: file.exists() and file.stat().st_size, f'the download of {kind}')
    check(True, 'what was read is saved in every format')
    if shutil.which('pdftotext'):
        text = subprocess.run(['pdftotext', file, '-'], capture_output=True, text=True).stdout
        check(lines[1] in text, 'pdftotext finds the text in the PDF')
    options = page.all('.item .model option')
    next(o for o in options if o.text == 'lines-fr').click()
    check('read by lines-fr' in taken(page, 2)[0], 'another reader can be chosen')
    (folder/'notes.pdf').write_text('no PDF')
    page.find('#file').send_keys(str(folder/'notes.pdf'))
    wait_for(lambda: 'cannot be read as a PDF' in page.find('.item').text, 'what is wrong with a file')
    check(True, 'what cannot be read is said in its place')

def check_template(page, blank, filled):
    "A blank form becomes a template: proposed, drawn, undone, moved by keys, tried, saved"
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys
    page.open('template')
    page.find('#file').send_keys(str(blank))
    wait_for(lambda: page.all('.hcr-name'), 'the fields that are proposed', 120)
    n = len(page.all('.hcr-name'))
    check(n == 6, f'{n} fields are proposed, with their names beside them')
    svg = page.find('svg.hcr-form')
    def act(*chain):
        for o in chain: o(ActionChains(page.driver)).perform()
    def fields(): return len(page.all('.hcr-name'))
    def drag(a): return a.click_and_hold().move_by_offset(150, 20).move_by_offset(10, 20).release()
    act(lambda a: drag(a.move_to_element_with_offset(svg, -200, -160)))
    wait_for(lambda: fields() == n+1, 'a field that was drawn')
    focused = page.js('return document.activeElement.dataset.key')
    check(focused == 'name', 'the settings of the field just drawn are beside it, its name first')
    page.keys('colour'+Keys.ENTER)
    wait_for(lambda: 'colour' in [o.text for o in page.all('.hcr-name')], 'its name')
    where = 'const o = document.querySelector(".hcr-corner"); return [+o.getAttribute("x"), +o.getAttribute("y")]'
    before = page.js(where)
    page.keys(Keys.ARROW_RIGHT*3+Keys.ARROW_DOWN)
    after = page.js(where)
    check([round(b-a) for a, b in zip(before, after)] == [3, 1], 'arrows move it')
    width = svg.size['width']
    page.keys('++')
    wait_for(lambda: svg.size['width'] > 1.4*width, 'a larger picture')
    page.shot('template')
    page.keys('0')
    for _ in range(3): act(lambda a: a.key_down(Keys.CONTROL).send_keys('z').key_up(Keys.CONTROL))
    wait_for(lambda: fields() == n, 'a drawn field to be gone')
    check(True, 'Ctrl+Z takes back moving, naming and drawing')
    page.find('.hcr-w .pick input').send_keys(str(filled))
    wait_for(lambda: 'Tried:' in page.find('.hcr-said').text, 'a trial', 120)
    check(sum(': ' in o.text for o in page.all('.hcr-name')) == n, 'what a filled sheet says stands beside the names')
    page.picture('template_page', page.find('body'))
    page.find('#save').click()
    file = page.downloads/'blank.zip'
    wait_for(lambda: file.exists() and file.stat().st_size, 'the download of the template', 60)
    with zipfile.ZipFile(file) as z: names = z.namelist()
    check(names == ['blank.blank.png', 'blank.json'], f'the template is saved with its blank form: {names}')

def check_dark(page, image):
    dark = dict(name='prefers-color-scheme', value='dark')
    page.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', dict(features=[dark]))
    page.open('draw')
    page.draw(STROKES['7'])
    page.answer()
    ground = page.js('return getComputedStyle(document.documentElement).backgroundColor')
    check(sum(map(int, ground[4:-1].split(','))) < 150, f'dark where the computer is set to dark: {ground}')
    page.shot('dark')
    page.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', dict(features=[]))

FITS = 'return document.documentElement.scrollWidth <= innerWidth'

LAB = [
    """from hcr.data import get_data
from hcr.forms.made import sample_template
from hcr.inference import Recognizer
from hcr.widgets import recognizer_widget, review_items, review_widget, template_widget
rec, test = Recognizer.load('digits'), get_data('digits', split='test')
recognizer_widget(rec, test)""",
    "review_widget(review_items(test.images[:9], rec.predict(list(test.images[:9])), below=1.1))",
    "layout = template_widget(sample_template('rows').blank)\nlayout",
    "layout.save('drawn.json')"]

def check_lab(page, folder):
    "The widgets in JupyterLab: draw, go through answers, draw a field"
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys
    cell = dict(cell_type='code', metadata={}, execution_count=None, outputs=[])
    cells = [dict(cell, id=f'c{i}', source=o) for i, o in enumerate(LAB)]
    meta = dict(kernelspec=dict(display_name='python3', language='python', name='python3'))
    (folder/'lab.ipynb').write_text(json.dumps(dict(cells=cells, metadata=meta, nbformat=4, nbformat_minor=5)))
    def center(o): page.js('arguments[0].scrollIntoView({block: "center"})', o)
    def keys(*chain):
        for o in chain: o(ActionChains(page.driver)).perform()
    def run_cell(): keys(lambda a: a.key_down(Keys.SHIFT).send_keys(Keys.ENTER).key_up(Keys.SHIFT))
    page.open('doc/tree/lab.ipynb')
    wait_for(lambda: page.all('.jp-Cell .cm-content'), 'the notebook', 120)
    wait_for(lambda: 'Idle' in page.find('body').text, 'its kernel', 120)
    page.all('.jp-Cell .cm-content')[0].click()
    for _ in range(3): run_cell()
    wait_for(lambda: page.all('svg.hcr-form'), 'three widgets', 120)
    canvas = page.find('.hcr-w canvas')
    center(canvas)
    page.js('arguments[0].id = "pad"', canvas)
    page.draw(STROKES['7'])
    wait_for(lambda: [o.text for o in page.all('.hcr-label')] == ['7'], 'the answer of a widget')
    check(True, 'in JupyterLab a 7 drawn by mouse is read as 7')
    outputs = page.all('.jp-OutputArea-output')
    page.picture('recognizer_widget', outputs[0])
    page.picture('review_widget', outputs[1])
    box, where = page.find('.hcr-w input[type=text]'), lambda: page.find('.hcr-w [role=status]').text
    center(box)
    box.click()
    for n, text in ((8, ''), (7, '5')):
        page.keys(text+Keys.ENTER)
        wait_for(lambda: f'; {n} to go' in where(), 'the next answer to look at')
    check(True, 'Enter accepts an answer, changed or not, and goes on to the next')
    svg = page.find('svg.hcr-form')
    center(svg)
    def drag(a): return a.click_and_hold().move_by_offset(200, 0).move_by_offset(20, 40).release()
    keys(lambda a: drag(a.move_to_element_with_offset(svg, -150, -50)))
    wait_for(lambda: 'can be saved' in page.all('.hcr-w [role=status]')[-1].text, 'a field that was drawn')
    page.picture('template_widget', page.all('.jp-OutputArea-output')[2])
    page.all('.jp-Cell .cm-content')[3].click()
    run_cell()
    file = folder/'drawn.json'
    wait_for(file.exists, 'the template that was drawn')
    kind = json.loads(file.read_text())['fields'][0]['kind']
    check(kind == 'boxes', 'a field drawn over a form is saved as a template')

def check_phone(page, image, form):
    "A finger on 360 pixels"
    page.open('draw')
    page.draw(STROKES['7'])
    check(page.answer() == '7', 'a 7 drawn by finger on a phone is read')
    check(page.js('return scrollY') == 0, 'drawing does not scroll the page')
    for width in (360, 320):
        size = dict(width=width, height=740, deviceScaleFactor=2, mobile=True)
        page.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', size)
        check(page.js(FITS), f'nothing sticks out at {width} pixels')
    check(page.find('.camera').is_displayed(), 'the camera is offered')
    small = page.js("""return [...document.querySelectorAll('button, .pick, select')].filter(o => o.offsetParent
        && o.getBoundingClientRect().height < 43).map(o => o.textContent)""")
    check(not small, f'everything to press is large enough for a finger {small or ""}')
    page.shot('phone')
    page.open('form')
    page.find('#file').send_keys(str(form))
    wait_for(lambda: page.all('.fields li'), 'the fields of a form', 60)
    check(page.js(FITS), 'a form does not stick out either')
    page.shot('phone-form')
    page.open()
    page.find('[data-sample="letter.jpg"]').click()
    taken(page)
    check(page.js(FITS), 'a page and its text do not stick out')
    page.shot('phone-read')

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--shots', type=Path, help='write screenshots to this folder')
    a = p.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT/'docs')]
    try: from chrome import jupyterlab, programs
    except ModuleNotFoundError: return print('skipped: no selenium')
    if not all(programs()): return print('skipped: no chromium')
    if a.shots: a.shots.mkdir(parents=True, exist_ok=True)
    import numpy as np
    from hcr.data import get_data, save_images
    from hcr.forms.made import fill_form, sample_template
    with tempfile.TemporaryDirectory() as d:
        d = Path(d)
        digits, rng = get_data('digits', split='test'), np.random.default_rng(0)
        image = save_images(digits[2:3], d/'in', zoom=6)[0]
        filled, truth = fill_form(sample_template('exam'), digits, rng, dpi=150,
            values=dict(q7='A,C'))  # two marks where there may be one: for a person to look at
        filled.save(d/'in/form.png')
        values = {k: v.text for k, v in truth.items()}
        rows = sample_template('rows')
        Image.fromarray(rows.blank).save(d/'in/blank.png')
        fill_form(rows, digits, rng, dpi=150)[0].save(d/'in/rows.png')
        settings = dict(model='digits', keep=str(d/'kept'), data='digits', per_minute=1000)
        env = {**os.environ, 'PYTHONPATH': str(ROOT)}
        command = [sys.executable, '-c', SERVE, json.dumps(settings)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
        pages = []
        try:
            url = server.stdout.readline().split()[3]
            for phone in (False, True): pages.append(Page(url, phone, a.shots))
            check_anything(pages[0], d/'in/form.png', d/'in')
            check_desktop(pages[0], image, d/'kept')
            check_dark(pages[0], image)
            check_form(pages[0], d/'in/form.png', values, d/'kept')
            check_template(pages[0], d/'in/blank.png', d/'in/rows.png')
            check_phone(pages[1], image, d/'in/form.png')
            for page in pages:
                check(not (found := page.strangers()), f'the page asks nobody but its server {found or ""}')
                errors = [o for o in page.complaints() if not re.search('status of 4(00|13)', o)] # both were asked for
                check(not errors, f'the browser has nothing to complain about {errors or ""}')
        finally:
            for page in pages: page.close()
            server.terminate()
            server.wait()
        missing = [o for o in ('jupyterlab', 'anywidget') if not importlib.util.find_spec(o)]
        if missing: print(f'skipped: the widgets, as {" and ".join(missing)} is not installed')
        else:
            with jupyterlab(d) as url, closing(Page(url, shots=a.shots)) as page: check_lab(page, d)

if __name__ == '__main__': main()
