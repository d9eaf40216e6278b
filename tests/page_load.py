"""The web page under load: clients that want an answer, and clients that misbehave, at the same time.

Claim: with 50 clients for five minutes no good request fails, 95% are answered within three times as long as that takes
an otherwise idle page, the memory stays below 500 MB and flat, and every bad request gets the status it should.

    python tests/page_load.py [--seconds 300] [--good 40] [--bad 10] [--pause 2]

The good clients ask for the page and its files and send a digit to be read, each about every two seconds. The others
send what is too large, no picture, or a path that leads elsewhere, pretend to
come from another page or to another host, use methods that are not known, stop in the middle of a head or a body, or
cut the connection. All of it on one machine, which the server has to share with its clients.
"""
import argparse, http.client, random, re, signal, socket, subprocess, sys, tempfile, threading, time
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from hcr.data import get_data
sys.path.insert(0, str(Path(__file__).resolve().parent.parent/'benchmarks'))
from common import claims, machine, table

serve = '''
import hcr.app
hcr.app.serve(port=0, open_browser=False, per_minute=10**9, max_bytes=1_000_000)
'''
def ask(host, port, digit, end, times, failed, rng, pause):
    "One good client: seconds that each answer took, and what was no answer"
    requests = [('POST', '/read', digit)]*5+[('GET', o, None) for o in ('/', '/form', '/static/page.js')]
    time.sleep(rng.uniform(0, pause))
    while time.time() < end:
        method, path, body = rng.choice(requests)
        start, c = time.perf_counter(), http.client.HTTPConnection(host, port, timeout=60)
        try:
            c.request(method, path, body)
            answer = c.getresponse()
            answer.read()
            if answer.status != 200: failed[method, path, answer.status] += 1
        except OSError as e: failed[method, path, type(e).__name__] += 1
        finally: c.close()
        times.append(time.perf_counter()-start)
        time.sleep(rng.uniform(.5, 1.5)*pause)

def bad_requests(digit):
    "What misbehaves: (name, method, path, body, headers, status it should get)"
    page, here = 'http://evil.example', {}
    return [
        ('no picture', 'POST', '/read', b'no picture', here, 400), ('nothing', 'POST', '/read', b'', here, 400),
        ('half a picture', 'POST', '/read', digit[:60], here, 400), ('too large', 'POST', '/read', bytes(1_500_000), here, 413),
        ('unknown letters', 'POST', '/read?only=letters', digit, here, 400), ('unknown path', 'GET', '/secret', None, here, 404),
        ('path tricks', 'GET', '/../../etc/passwd', None, here, 404), ('hidden path tricks', 'GET', '/%2e%2e/%2e%2e/etc/passwd', None, here, 404),
        ('template tricks', 'GET', '/blank?template=../../x', None, here, 404), ('another page', 'POST', '/read', digit, {'Origin': page}, 403),
        ('another site', 'POST', '/read', digit, {'Sec-Fetch-Site': 'cross-site'}, 403), ('another host', 'GET', '/', None, {'Host': 'evil.example'}, 403),
        ('wrong method', 'PUT', '/read', digit, here, 405), ('no form', 'POST', '/form', b'x', {'Content-Type': 'multipart/form-data'}, 400),
        ('no reading', 'POST', '/form/csv', b'{}', here, 400), ('deep JSON', 'POST', '/form/json', b'['*100_000, here, 400)]

def misbehave(host, port, digit, end, seen, rng):
    "One client; counts what it got for what"
    kinds = bad_requests(digit)
    while time.time() < end:
        name, method, path, body, headers, status = rng.choice(kinds)
        try:
            c = http.client.HTTPConnection(host, port, timeout=60)
            c.request(method, path, body, headers)
            seen[name, status, c.getresponse().status] += 1
            c.close()
        except OSError as e: seen[name, status, type(e).__name__] += 1
        with socket.create_connection((host, port)) as s: # gone in the middle of a head or a body
            s.sendall(rng.choice([b'GET / HT', b'POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\nx']))
        time.sleep(rng.uniform(0, .2))

def dawdle(host, port, end, seen):
    "One client that sends a head, or a body, too slowly; is it cut off?"
    while time.time() < end:
        with socket.create_connection((host, port), timeout=90) as s:
            try:
                s.sendall(b'GET / HT')
                while not (gone := s.recv(100) == b''): pass
                seen['half a head', 'closed', 'closed' if gone else 'open'] += 1
            except OSError as e: seen['half a head', 'closed', type(e).__name__] += 1
        if time.time() > end-70: continue
        with socket.create_connection((host, port), timeout=90) as s:
            s.sendall(b'POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\nx')
            seen['half a body', 408, int(s.recv(100).split()[1])] += 1

def resident(pid):
    "MB of memory"
    return int(re.search(r'VmRSS:\s+(\d+)', Path(f'/proc/{pid}/status').read_text())[1])/1024

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--seconds', type=int, default=300)
    p.add_argument('--good', type=int, default=40, help='clients that want an answer')
    p.add_argument('--pause', type=float, default=2, help='seconds between two requests of a good client')
    p.add_argument('--bad', type=int, default=10, help='clients that misbehave, two of them slow')
    a = p.parse_args()
    tmp = Path(tempfile.mkdtemp())
    Image.fromarray(255-get_data('digits', split='test').images[1]).save(tmp/'digit.png')
    digit = (tmp/'digit.png').read_bytes()
    server = subprocess.Popen([sys.executable, '-c', serve], stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().split()[3]
    host, port = url.split('/')[2].split(':')
    idle, times, failed, seen, memory = [], [], Counter(), Counter(), []
    ask(host, port, digit, time.time()+min(20, a.seconds/4), idle, failed, random.Random(0), .1)
    end = time.time()+a.seconds
    threads = [threading.Thread(target=ask, args=(host, port, digit, end, times, failed, random.Random(i), a.pause)) for i in range(a.good)]
    threads += [threading.Thread(target=misbehave, args=(host, port, digit, end, seen, random.Random(i))) for i in range(a.bad-2)]
    threads += [threading.Thread(target=dawdle, args=(host, port, end, seen)) for _ in range(2)]
    for o in threads: o.start()
    while time.time() < end:
        memory.append(resident(server.pid))
        time.sleep(min(5, a.seconds/20))
    for o in threads: o.join()
    before, under = (float(np.percentile(o, 95)) for o in (idle, times))
    print(f'{len(times):,} good requests; 95% were answered within {1000*under:.0f} ms, {1000*before:.0f} ms on the idle page')
    for what, n in failed.items(): print('failed:', *what, n)
    table([[n, want, got, count, '' if want == got else 'WRONG'] for (n, want, got), count in sorted(seen.items(), key=str)], ['bad request', 'wanted', 'got', 'times', ''])
    n = len(memory)
    print('memory, MB: ', ', '.join(f'{memory[n*i//10]:.0f}' for i in range(1, 10)), f'(largest {max(memory):.0f})')
    server.send_signal(signal.SIGINT)
    print('the server ended with', server.wait(60))
    print(machine('uvicorn', 'starlette', 'onnxruntime'))
    return claims(('good requests that failed', sum(failed.values()), '<=', 0),
                  ('95th percentile, times that of the idle page', under/before, '<=', 3),
                  ('memory at the end, times that after a tenth', memory[-1]/memory[n//10], '<=', 1.2),
                  ('bad requests with another answer than theirs', sum(c for (_, want, got), c in seen.items() if want != got), '<=', 0),
                  ('largest memory, MB', max(memory), '<=', 500))

if __name__ == '__main__': sys.exit(main())
