"""Read from an object store, and write to it, over its real protocol: S3, as moto speaks it on this machine.

    pip install "moto[server]" s3fs; python .ci/store.py

Single images, a zip archive, a Parquet file and what is no image lie in a bucket. `hcr predict --engine ray` must answer as
it does from a folder on the disk, go on where a portion is missing, and say in one line what is wrong.
"""
import io, os, re, subprocess, sys, tempfile, time, zipfile
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

@contextmanager
def s3():
    "A store that forgets everything in the end; processes that are started find it"
    server = subprocess.Popen([sys.executable, '-m', 'moto.server', '-p', '0'], stderr=subprocess.PIPE, text=True)
    try:
        url = next(m[0] for m in (re.search(r'http://127\S+', line) for line in server.stderr) if m)
        os.environ.update(AWS_ACCESS_KEY_ID='x', AWS_SECRET_ACCESS_KEY='y', AWS_DEFAULT_REGION='us-east-1',
                          AWS_ENDPOINT_URL=url, PYTHONPATH=str(ROOT))
        yield
    finally: server.terminate()

def fill(folder):
    "Images in all the ways that they may lie, and two things that are none"
    import pyarrow as pa
    from pyarrow.parquet import write_table
    from hcr.data import get_data, save_images
    files = save_images(get_data('digits', split='test')[:100], folder/'single')
    with zipfile.ZipFile(folder/'packed.zip', 'w') as z:
        for f in files[:40]: z.write(f, f.name)
    write_table(pa.table({'image': [f.read_bytes() for f in files[:50]]}), folder/'rows.parquet', row_group_size=20)
    (folder/'single/none.png').write_bytes(b'')
    (folder/'single/other.png').write_bytes(b'no picture')

def predict(*args):
    "The command; its status, and the last line that it says"
    r = subprocess.run([sys.executable, '-m', 'hcr.cli', 'predict', '--engine', 'ray', *map(str, args)], capture_output=True, text=True)
    return r.returncode, (r.stderr+r.stdout).strip().splitlines()[-1]

def answers(parts, base):
    "Name below `base` -> label and probability"
    from pyarrow.parquet import read_table
    rows = [o for part in parts for o in read_table(io.BytesIO(part)).to_pylist()]
    found = {o['name'].split(base, 1)[1]: (o['label'], o['prob']) for o in rows}
    assert len(found) == len(rows), 'an image was answered twice'
    return found

def check(what, found, wanted):
    if found != wanted: raise SystemExit(f'wrong: {what}: {found} instead of {wanted}')
    print(f'ok: {what}', flush=True)

def main():
    try: import moto, s3fs
    except ModuleNotFoundError as e: return print(f'skipped: {e.name} is not installed')
    import fsspec
    with tempfile.TemporaryDirectory() as d, s3():
        d, store = Path(d), fsspec.filesystem('s3')
        fill(d/'scans')
        store.mkdir('bucket')
        store.put(str(d/'scans'), 'bucket/scans', recursive=True)
        start = time.time()
        status, said = predict('s3://bucket/scans', '--out', 's3://bucket/out')
        check(f'images, an archive and a table are read: {said}', (status, '2 of them' in said), (1, True))
        print(f'   after {time.time()-start:.0f} s')
        predict(d/'scans', '--out', d/'out')
        here = answers([o.read_bytes() for o in (d/'out').glob('part*')], 'scans/')
        def there(): return answers([store.cat_file(o) for o in store.glob('bucket/out/part*')], 'scans/')
        check('each once, and as from a disk', (len(here), there()), (192, here))
        store.rm(store.glob('bucket/out/part*')[1])
        check('--resume goes on', predict('s3://bucket/scans', '--out', 's3://bucket/out', '--resume'), (status, said))
        check('and nothing is missing', there(), here)
        for args, why in [(('s3://bucket/scans', '--out', 's3://bucket/out'), 'is not empty'),
                          (('s3://bucket/none', '--out', 's3://bucket/new'), 'does not exist'),
                          (('s3://nowhere/none', '--out', 's3://bucket/new'), 'does not exist')]:
            status, said = predict(*args)
            check(f'{args[0]} to {args[2]}: {said}', (status, why in said), (1, True))

if __name__ == '__main__': main()
