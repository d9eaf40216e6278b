"""Thousands of forms and pages read on this machine: pages a second, memory, and what a million would cost.

Claim: memory does not grow with the number of scans, and a PDF of 100 pages becomes one that can be searched in less than
400 MB.

    python benchmarks/run.py ten_thousand_scans [--n 10000] [--pdf 100] [--workers 2] [--price .05] [--only form read pdf]
                                                [--ray]

Forms are answer sheets with 41 fields, filled with scikit-learn's digits and photographed by `hcr.forms.made`; pages are
A4 at 200 dpi with 25 lines by OpenCV's pen, JPEG. Some dozens of each are made, and linked until there are `--n`. `hcr form`
writes a table and a folder for review, `hcr read` writes texts; the PDF is read by one process. Memory is Linux's
proportional set size of the command with all its processes, looked at twice a second. Processor time is told beside the
time on the clock, which means little on a machine that does other things. `--price` is dollars for an hour of one core;
what clouds ask for it lies about there. `--ray` reads the pages on Ray as well, which needs the extra `ray`.

Measured on two idle cores: the PDF of 100 pages took 376 MB at most, 361 in its second quarter, and 1.4 s a page (2.1 s of
processor time). Ten thousand have not been read.

About 600 minutes on two cores; n=1.
"""
import argparse, os, shutil, subprocess, sys, tempfile, threading, time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from hcr.data import get_data
from hcr.forms.made import fill_form, sample_template, spoil

from common import claims, machine, table

WORDS = 'the letter came late but he read it twice and put it away with all the others in a box of tin'.split()

def page(rng, lines=25):
    "A page of handwriting, about"
    im = np.full((2339, 1654), 228, np.uint8)
    for i in range(lines):
        text, y = ' '.join(rng.choice(WORDS, 8)), 180+int(85*i)
        cv2.putText(im, text, (120+int(rng.integers(30)), y), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.6, 60, 3, cv2.LINE_AA)
    return Image.fromarray(im)

def linked(folder, images, n):
    "`n` JPEG files, of which many are the same"
    folder.mkdir()
    first = [folder/f'{i:06}.jpg' for i in range(min(n, len(images)))]
    for fn, im in zip(first, images): im.convert('L').save(fn, quality=85, dpi=(200, 200))
    for i in range(len(first), n): os.link(first[i % len(first)], folder/f'{i:06}.jpg')
    return folder

def tree(pid):
    "A process and all that came of it"
    out = [pid]
    for task in Path(f'/proc/{pid}/task').glob('*/children'):
        try: out += [o for child in task.read_text().split() for o in tree(int(child))]
        except OSError: pass
    return out

def held(pid):
    "Megabytes that a process and its children hold"
    total = 0
    for o in tree(pid):
        try: total += int(Path(f'/proc/{o}/smaps_rollup').read_text().split('Pss:')[1].split()[0])/1024
        except (OSError, IndexError): pass
    return total

def run(*args):
    "Run `hcr ARGS`: seconds, processor seconds, peak MB in the second quarter of the time, and in the last"
    env, start, seen = {**os.environ, 'OMP_NUM_THREADS': '1'}, time.time(), []
    child = subprocess.Popen([sys.executable, '-m', 'hcr', *map(str, args)], env=env, stderr=subprocess.DEVNULL)
    def look():
        while child.returncode is None:
            seen.append(held(child.pid))
            time.sleep(.5)
    watcher = threading.Thread(target=look)
    watcher.start()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    watcher.join()
    if child.returncode > 1: sys.exit(f'hcr {args[0]} ended with {child.returncode}')
    q = max(len(seen)//4, 1)
    return time.time()-start, used.ru_utime+used.ru_stime, max(seen[q:2*q] or seen), max(seen[-q:])

def on_ray(folder, workers):
    "Seconds for the pages in a folder, on Ray, and processor seconds are not known"
    import ray
    from hcr.files.inputs import document_sheets
    from hcr.lines.documents import read_sheets
    from hcr.lines.inference import LineRecognizer
    class Reader:
        def __init__(self): self.rec = LineRecognizer.load(threads=1)
        def read(self, paths): return [o.text for o in read_sheets(document_sheets(paths), self.rec)]
    ray.init('local', num_cpus=workers, log_to_driver=False)
    files = sorted(map(str, folder.iterdir()))
    start, pool = time.time(), ray.util.ActorPool([ray.remote(Reader).remote() for _ in range(workers)])
    n = sum(map(len, pool.map(lambda actor, part: actor.read.remote(part), [files[i:i+8] for i in range(0, len(files), 8)])))
    ray.shutdown()
    if n != len(files): sys.exit(f'Ray read {n} pages of {len(files)}')
    return time.time()-start, float('nan'), float('nan'), float('nan')

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--n', type=int, default=10_000, help='forms, and pages')
    p.add_argument('--pdf', type=int, default=100, help='pages of the PDF')
    p.add_argument('--workers', type=int, default=2)
    p.add_argument('--price', type=float, default=.05, help='dollars for an hour of a core')
    p.add_argument('--only', nargs='+', choices=('form', 'read', 'pdf'), default=['form', 'read', 'pdf'])
    p.add_argument('--ray', action='store_true')
    a, rng, found, rows = p.parse_args(), np.random.default_rng(0), {}, []
    with tempfile.TemporaryDirectory() as d:
        tmp, w = Path(d), ('--workers', a.workers)
        if 'form' in a.only:
            exam, digits = sample_template('exam'), get_data('digits', split='test')
            sheets = [spoil(fill_form(exam, digits, rng)[0], rng, exam.size)[0] for _ in range(min(a.n, 40))]
            linked(tmp/'forms', sheets, a.n), exam.save(tmp/'exam.json')
            found['form', a.n] = run('form', tmp/'forms', '--template', tmp/'exam.json', '--out', tmp/'table.csv',
                                     '--review', tmp/'review', *w)
        pages = [page(rng) for _ in range(min(max(a.n, a.pdf), 24))]
        if 'read' in a.only:
            linked(tmp/'pages', pages, a.n)
            found['read', a.n] = run('read', tmp/'pages', '--out', tmp/'texts', *w)
            if a.ray: found['read on Ray', a.n] = on_ray(tmp/'pages', a.workers)
        if 'pdf' in a.only:
            more = [pages[i % len(pages)] for i in range(1, a.pdf)]
            pages[0].save(tmp/'scan.pdf', save_all=True, append_images=more, resolution=200)
            found['pdf', a.pdf] = run('read', tmp/'scan.pdf', '--to', 'pdf', '--out', tmp/'out', '--workers', 1)
            if shutil.which('pdftotext'):
                last = subprocess.run(['pdftotext', '-f', str(a.pdf), tmp/'out/scan.pdf', '-'], capture_output=True).stdout
                if len(last) < 100: sys.exit('pdftotext finds no text on the last page of the PDF')
    for (what, n), (seconds, used, early, late) in found.items():
        cores = 1 if what == 'pdf' else a.workers
        dollars = [f'{o*1e6/3600*a.price/n:,.0f}' for o in (seconds*cores, used)]
        rows.append((what, n, f'{n/seconds:.2f}', f'{used/n:.2f}', f'{early:.0f}', f'{late:.0f}', *dollars))
    table(rows, ('what', 'n', 'pages/s', 'CPU s/page', 'MB, 2nd quarter', 'MB, last quarter', '$/million', '$/million by CPU s'))
    print(machine('onnxruntime', 'numpy', 'pillow'))
    grown = [(f'{k}: memory in the last quarter / in the second', late/early, '<=', 1.2)
             for (k, _), (_, _, early, late) in found.items() if early == early]
    limit = [('MB for a PDF that can be searched', max(found['pdf', a.pdf][2:]), '<=', 400)] if 'pdf' in a.only else []
    return claims(*grown, *limit)

if __name__ == '__main__': sys.exit(main())
