"""Do the tutorials run in JupyterLab, in a real browser, as a learner runs them?

    HCR_DATA=... python docs/lab.py [NAME ...] [--pictures DIR]     needs Chromium and its driver

Each tutorial is opened in a copy without outputs, all its cells are run by the menu's command, and it is saved. Then no
cell may have failed, each must have been run, and a widget that a cell shows must be on the page. All of them take most of
an hour on two cores; `first_model`, a few minutes.
"""
import argparse, json, shutil, sys, tempfile, time
from pathlib import Path

from chrome import chromium, jupyterlab

root = Path(__file__).resolve().parent.parent
run = """const go = o => window.jupyterapp.commands.execute(o)
window.said = ''
go('notebook:run-all-cells').then(() => go('docmanager:save')).then(() => { window.said = 'done' }, e => { window.said = String(e) })"""

def without_outputs(nb):
    for c in nb['cells']:
        if c['cell_type'] == 'code': c.update(outputs=[], execution_count=None)
    return nb

def faults(nb):
    "What went wrong in a notebook that was run"
    for i, c in enumerate(o for o in nb['cells'] if o['cell_type'] == 'code'):
        if ''.join(c['source']).strip() and not c['execution_count']: yield f'code cell {i} was not run'
        for o in c['outputs']:
            if o['output_type'] == 'error': yield f'code cell {i}: {o["ename"]}: {o["evalue"][:200]}'

def walk(driver, url, folder, name, pictures):
    "Run one tutorial; what went wrong"
    driver.get(f'{url}lab/tree/{name}.ipynb?reset')
    ready = "return window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    for _ in range(120):
        time.sleep(.5)
        if driver.execute_script(ready): break
    else: return ['its kernel did not start within a minute']
    driver.execute_script(run)
    while not (said := driver.execute_script('return window.said')): time.sleep(1)
    if said != 'done': return [said]
    if pictures: driver.save_screenshot(str(pictures/f'{name}.png'))
    nb = json.loads((folder/f'{name}.ipynb').read_text())
    views = sum('application/vnd.jupyter.widget-view+json' in o.get('data', {}) for c in nb['cells'] for o in c.get('outputs', []))
    shown = len(driver.find_elements('css selector', '.jupyter-widgets, .jp-OutputArea-output .hcr-panel')) if views else 0
    return [*faults(nb), *['its widgets are not on the page']*(views > 0 and not shown)]

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    names = sorted(o.stem for o in (root/'nbs/tutorials').glob('*.ipynb'))
    p.add_argument('names', nargs='*', metavar='NAME', help=f'some of {", ".join(names)} (default: all)')
    p.add_argument('--pictures', type=Path, metavar='DIR', help='keep a picture of each here')
    a = p.parse_args()
    if a.pictures: a.pictures.mkdir(parents=True, exist_ok=True)
    folder, wrong = Path(tempfile.mkdtemp()), 0
    shutil.copytree(root/'nbs/tutorials', folder, dirs_exist_ok=True)
    for o in folder.glob('*.ipynb'): o.write_text(json.dumps(without_outputs(json.loads(o.read_text()))))
    with jupyterlab(folder) as url, chromium() as driver:
        driver.set_window_size(1200, 1600)
        for name in a.names or names:
            start, found = time.time(), walk(driver, url, folder, name, a.pictures)
            print(f'{name:16} {"FAILED" if found else "ok"} after {time.time()-start:.0f} s', *found, sep='\n    ', flush=True)
            wrong += bool(found)
    return wrong > 0

if __name__ == '__main__': sys.exit(main())
