"A real browser without a window, and JupyterLab to open in it; needs Chromium, its driver and selenium"
import os, re, shutil, subprocess, sys, time
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

def programs():
    "Where Chromium and its driver are, `None` for what is not there"
    names = 'chromium', 'chromium-browser', 'google-chrome'
    return next(filter(None, map(shutil.which, names)), None), shutil.which('chromedriver')

def start(options=None):
    "A browser without a window, 1000 by 1100 pixels"
    options = options or webdriver.ChromeOptions()
    options.binary_location, driver = programs()
    for o in 'headless=new no-sandbox disable-gpu disable-dev-shm-usage window-size=1000,1100'.split():
        options.add_argument(f'--{o}')
    return webdriver.Chrome(options, Service(driver))

@contextmanager
def chromium():
    "A browser that is closed in the end"
    driver = start()
    try: yield driver
    finally: driver.quit()

@contextmanager
def jupyterlab(folder):
    "The address of a JupyterLab that shows a folder, with hcr from this repository"
    args = ['--no-browser', '--port=0', '--allow-root', f'--ServerApp.root_dir={folder}', '--IdentityProvider.token=',
            '--LabApp.expose_app_in_browser=True', '--LabApp.news_url=',
            '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate']
    env = {**os.environ, 'PYTHONPATH': str(Path(__file__).resolve().parent.parent)}
    with open(Path(folder)/'jupyterlab.log', 'w') as log:
        server = subprocess.Popen([sys.executable, '-m', 'jupyterlab', *args], cwd=folder, stderr=log, env=env)
        try: yield address(Path(log.name))
        finally:
            server.terminate()
            server.wait()

def address(log, seconds=120):
    "The address that JupyterLab names in its log, once it does"
    for _ in range(5*seconds):
        time.sleep(.2)
        if found := re.search(r'http://(?:localhost|127\.0\.0\.1):\d+/', log.read_text()): return found[0]
    raise SystemExit(f'JupyterLab did not start: {log.read_text()[-500:]}')
