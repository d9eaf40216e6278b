"What reads strangers' files, for `fuzz.py`: each reader with small sound files to begin with."
import asyncio, builtins, bz2, gzip, io, json, lzma, re, tempfile, zipfile
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import numpy as np

readers, seconds, modules = {}, {}, {}

def reader(seeds, limit=1, needs=()):
    "Register what makes a reader in a folder; `limit` seconds of CPU are enough for anything of 8 kB"
    def add(make):
        name = make.__name__.strip('_')
        readers[name], seconds[name], modules[name] = (make, seeds), limit, needs
        return make
    return add

def file(path, read):
    "A reader of bytes that lie in a file"
    def go(data):
        path.write_bytes(data)
        return read(path)
    return go

def written(write, name='a'):
    "The bytes that `write` puts into a file"
    with tempfile.TemporaryDirectory() as d:
        write(Path(d)/name)
        return (Path(d)/name).read_bytes()

def image_bytes(mode='L', kind='PNG', size=(12, 9)):
    from PIL import Image
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, size[::-1], np.uint8)).convert(mode)
    image.save(f := io.BytesIO(), kind)
    return f.getvalue()

@cache
def tiny():
    "Weights and facts of the smallest model that comes with hcr"
    from hcr.core import load_tensors
    from hcr.inference import shipped_models
    return load_tensors(shipped_models()['chars-tiny'])

def tiny_card():
    return dict(tiny()[1]['card'], figures={'a valid': dict(thresholds={'0.01': .5})}, trained_on={}, versions={})

# Data

def idx_seeds():
    from hcr.files.idx import write_idx
    for a in (np.arange(24, dtype=np.uint8).reshape(2, 3, 4), np.arange(3, dtype=np.float64)):
        data = written(lambda fn: write_idx(fn, a))
        yield from (data, gzip.compress(data), bz2.compress(data), lzma.compress(data))

@reader(idx_seeds)
def idx(tmp):
    from hcr.files.idx import read_idx
    return file(tmp/'a.idx', read_idx)

def image_seeds():
    kinds = dict(L='PNG BMP GIF TIFF PPM', RGB='PNG JPEG WEBP TIFF', RGBA='PNG WEBP', P='PNG GIF', CMYK='TIFF JPEG')
    for mode, formats in dict(kinds, **{'1': 'PNG TIFF', 'I;16': 'PNG TIFF'}).items():
        for kind in formats.split(): yield image_bytes(mode, kind)

@reader(image_seeds, limit=10) # of 64 million pixels
def image(tmp):
    from hcr.image import read_grey
    return read_grey

def pdf_seeds():
    yield image_bytes('L', 'PDF')
    yield image_bytes('RGB', 'PDF')
    yield (b'%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj '
           b'3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>endobj '
           b'4 0 obj<</Length 26>>stream\n5 w 9 9 m 80 50 l 9 80 l S\nendstream endobj trailer<</Root 1 0 R>>')

@reader(pdf_seeds, limit=10, needs=['pypdfium2'])
def pdf(tmp):
    from hcr.files.pdf import pdf_pages
    return lambda data: list(pdf_pages(data, '1-3'))

def zip_seeds():
    for how in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(f := io.BytesIO(), 'w', how) as z:
            for name in ('a.png', 'b/ü.jpg', 'c.txt'): z.writestr(name, image_bytes())
        yield f.getvalue()

@reader(zip_seeds)
def zip(tmp):
    from hcr.files.images import zip_images
    return file(tmp/'a.zip', lambda path: list(zip_images(path)))

def table_seeds():
    yield b'image,label,split\na.png,a,train\n"b,c.png","""",test\n'
    yield b'path\tclass\na.png\t7\n'
    yield b'image\twriter\ttext\na.jpg\tw1\tun mot\nb.jpg\tw2\tdeux\n'
    yield b'\xef\xbb\xbfsep=;\r\nlabel;'+b';'.join(b'pixel%d' % i for i in range(25))+b'\r\n7;'+b';'.join([b'255']*25)+b'\r\n'
    yield b','.join([b'0', *[b'0.5']*25])+b'\n'+b','.join([b'a', *[b'1']*25])+b'\n'

@reader(table_seeds)
def table(tmp):
    from hcr.data import get_data
    return file(tmp/'a.csv', lambda path: get_data(path, split='all'))

cut = b'\n--\n' # between the parts of an input that is more than one file

def npz_seeds():
    x, y = np.arange(50, dtype=np.uint8).reshape(2, 5, 5), np.arange(2)
    for arrays in ((x, y), (x.reshape(2, 25)/49, np.array(['a', 'b']))):
        yield cut.join(written(lambda fn: np.save(fn, a), 'a.npy') for a in arrays)

@reader(npz_seeds)
def npz(tmp):
    "Its parts are the arrays, since a mutant of the whole archive has a wrong checksum"
    from hcr.data import get_data
    def read(data):
        with zipfile.ZipFile(tmp/'a.npz', 'w') as z:
            for name, part in builtins.zip(('images.npy', 'labels.npy'), data.split(cut)): z.writestr(name, part)
        return get_data(tmp/'a.npz', split='all')
    return read

def mapping_seeds(): yield b'0 48\n1 49\n2 50 51\n'

@reader(mapping_seeds)
def mapping(tmp):
    from hcr.data.sets import read_mapping
    return lambda data: read_mapping(data.decode(errors='replace'))

def strokes_seeds():
    yield b'.COORD X Y T\n.X_POINTS_PER_INCH 200\n.Y_POINTS_PER_INCH 200\n.SEGMENT WORD 0-1:1,1 OK "a b"\n.PEN_DOWN\n1 2 0\n3 4 1\n.PEN_UP\n5 5 2\n.PEN_DOWN\n9 9 3\n'
    yield (b'<ink><traceFormat><channel name="X"/><channel name="Y"/></traceFormat><trace id="a">0 0, \'1 "1, 2 2</trace>'
           b'<traceGroup><annotation type="truth">x</annotation><traceView traceDataRef="#a"/></traceGroup></ink>')
    yield json.dumps(dict(text='l', writer='w', strokes=[[dict(x=.5, y=.1, p=.5), dict(x=.5, y=.9, p=1)]])).encode()

@reader(strokes_seeds, limit=10) # ink of 8,000 pixels each way
def strokes(tmp):
    "UNIPEN, InkML and recordings of a pad, by their first byte, and the ink of them"
    from hcr.core import HcrError
    from hcr.pens import draw
    from hcr.strokes import get_strokes
    def read(data):
        path = tmp/('a.inkml' if data[:1] == b'<' else 'a.dat' if data[:1] == b'.' else 'a.json')
        path.write_bytes(data)
        for o in get_strokes(path).writings(): draw(o.strokes)
    return read

# Lines

@reader(table_seeds)
def lines(tmp):
    from hcr.lines.data import table_rows
    return file(tmp/'a.tsv', table_rows)

def words_seeds():
    yield b'# comment\na01-000u-00-00 ok 154 408 768 27 51 AT A\na01-000u-00-01 err 154 507 766 213 48 NN MOVE to|x\n'

@reader(words_seeds)
def words(tmp):
    from hcr.lines.data import iam_rows
    return file(tmp/'words.txt', lambda path: iam_rows(path.parent))

def xml_seeds():
    page = '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Page imageFilename="a.png">{}</Page></PcGts>'
    line = '<TextRegion><TextLine id="l"><Coords points="0,0 19,0 19,15 0,15"/><TextEquiv index="0"><Unicode>ab</Unicode></TextEquiv></TextLine></TextRegion>'
    yield page.format(line).encode()
    yield (b'<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><MeasurementUnit>pixel</MeasurementUnit>'
           b'<sourceImageInformation><fileName>a.png</fileName></sourceImageInformation></Description><Layout><Page><PrintSpace>'
           b'<TextBlock><TextLine ID="l" HPOS="1" VPOS="2" WIDTH="13" HEIGHT="14"><Shape><Polygon POINTS="0 0 9 0 9 15"/></Shape>'
           b'<String CONTENT="ab"/><SP/><String CONTENT="c"/></TextLine></TextBlock></PrintSpace></Page></Layout></alto>')
    yield (b'<html><div class="ocr_page" title="image a.png; bbox 0 0 30 20"><span class="ocr_line" title="bbox 0 0 20 15; '
           b'baseline 0.1 -3"><span class="ocrx_word">ab</span></span></div></html>')
    yield b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><alto>&c;</alto>'

@reader(xml_seeds)
def xml(tmp):
    "ALTO, PAGE and hOCR, with the lines that they cut out of their page"
    from hcr.lines.data import get_lines
    folder = tmp/'page'
    folder.mkdir()
    (folder/'a.png').write_bytes(image_bytes(size=(30, 20)))
    return file(folder/'a.xml', lambda path: get_lines(folder))

def language_seeds():
    from hcr.lines.language import CharLM
    from hcr.core import load_tensors
    with tempfile.TemporaryDirectory() as d: tensors, meta = load_tensors(CharLM.train(['ab', 'aa'], 2).save(Path(d)/'a'))
    yield json.dumps(meta).encode()+cut+lzma.decompress(tensors['packed'].tobytes())

def parsed(data):
    "JSON, or None"
    try: return json.loads(data)
    except (ValueError, RecursionError): return None

@reader(language_seeds)
def language(tmp):
    "Its parts are the facts and the numbers, since a mutant of the whole file has a wrong checksum"
    from hcr.core import save_tensors
    from hcr.lines.language import CharLM
    def read(data):
        meta, _, packed = data.partition(cut)
        if not isinstance(meta := parsed(meta), dict): return
        save_tensors(tmp/'a.charlm', dict(packed=np.frombuffer(lzma.compress(packed, preset=0), np.uint8)), meta)
        lm = CharLM.load(tmp/'a.charlm')
        return lm.log_probs('ab') if hasattr(lm, 'log_probs') else lm
    return read

# Models

def model_seeds():
    from hcr.core import save_tensors
    from hcr.inference import shipped_models
    yield written(lambda fn: save_tensors(fn, {'w': np.ones((2, 2), np.float32)}, dict(graph='', card={})))
    yield Path(shipped_models()['chars-tiny']).read_bytes()

@reader(model_seeds)
def model(tmp):
    from hcr.core import load_tensors
    return file(tmp/'a.safetensors', load_tensors)

def card_seeds(): yield json.dumps(tiny_card()).encode()

@reader(card_seeds)
def card(tmp):
    "A card in a file with a right checksum, and the recogniser that comes of it"
    from hcr.core import save_tensors
    from hcr.inference import Recognizer
    tensors, meta = tiny()
    def read(data):
        if (d := parsed(data)) is None: return
        save_tensors(tmp/'a.safetensors', tensors, dict(meta, card=d))
        rec = Recognizer(tmp/'a.safetensors', threads=1)
        rec.threshold(.01)
        return rec.predict_array(np.zeros((1, 28, 28), np.uint8))
    return read

def graph_seeds():
    from hcr.inference import shipped_models
    from hcr.modelfile import read_model
    yield read_model(shipped_models()['chars-tiny'])[2]

@reader(graph_seeds, limit=5)
def graph(tmp):
    "The graph of a model file, with its weights in memory"
    from hcr.modelfile.graph import onnx_session
    from hcr.inference import shipped_models
    from hcr.modelfile import read_model
    tensors = read_model(shipped_models()['chars-tiny'])[1]
    def read(data):
        session, _ = onnx_session(data, tensors, 1)
        try: return session.run(None, {'image': np.zeros((1, 28, 28), np.uint8)})
        except Exception: pass # `Recognizer` sees only graphs of files with a checksum; what matters is that it ends
    return read

def onnx_seeds():
    import onnx
    from onnx import TensorProto as T, helper as h, numpy_helper
    inits = dict(shape=np.array([-1, 784]), axes=np.array([1]), w=np.float32([[1, -1]]))
    nodes = [h.make_node('Cast', ['image'], ['f'], to=T.FLOAT), h.make_node('Reshape', ['f', 'shape'], ['r']),
             h.make_node('ReduceMean', ['r', 'axes'], ['m'], keepdims=1), h.make_node('MatMul', ['m', 'w'], ['z']),
             h.make_node('Softmax', ['z'], ['probs'], axis=-1)]
    graph = h.make_graph(nodes, 'g', [h.make_tensor_value_info('image', T.UINT8, ['n', 28, 28])],
        [h.make_tensor_value_info('probs', T.FLOAT, ['n', 2])], [numpy_helper.from_array(v, k) for k, v in inits.items()])
    proto = h.make_model(graph, opset_imports=[h.make_opsetid('', 18)], ir_version=8)
    card = dict(tiny_card(), vocab=['a', 'b'], prior=[], arch_args=dict(tiny_card()['arch_args'], n_classes=2))
    h.set_model_props(proto, dict(hcr=json.dumps(dict(card=card, output='probs'))))
    yield proto.SerializeToString()

@reader(onnx_seeds, limit=5, needs=['onnx', 'torch'])
def onnx(tmp):
    "An exported model, as `load_exported` opens and runs it"
    from hcr.export import load_exported
    return file(tmp/'a.onnx', lambda path: load_exported(path, 1)(np.zeros((1, 28, 28), np.uint8)))

# Forms and the page

def small_template():
    from hcr.forms.template import Field, Template
    fields = [Field('a', 'boxes', (10, 10, 90, 20), 4, 'digits', check='luhn'), Field('b', 'marks', (10, 40, 90, 20), 2, options=['y', 'n'])]
    return Template('t', (200, 100), fields, marks=[(5, 5), (195, 5), (195, 95), (5, 95)], mark_size=8)

def template_seeds():
    from dataclasses import replace
    t = small_template()
    for o in (t, replace(t, marks=None, blank='a.png')): yield written(o.save, 't.json')

@reader(template_seeds)
def template(tmp):
    from hcr.forms.template import Template
    (tmp/'a.png').write_bytes(image_bytes())
    return file(tmp/'t.json', Template.load)

def app_seeds():
    def ask(line, body=b'', *headers): return '\n'.join([line, 'host: localhost', *headers]).encode()+b'\n\n'+body
    for path in ('/', '/form', '/blank?template=exam', '/static/page.js', '/static/%2e%2e/app.py', '/none'): yield ask('GET '+path)
    from hcr.forms.made import draw_blank
    from hcr.app.panel import png_bytes
    png, form = image_bytes(size=(28, 28)), png_bytes(draw_blank(small_template()))
    yield ask('POST /read?only=digits', png)
    yield ask('POST /keep?label=a', png, 'origin: http://localhost')
    reading = dict(template='t', path='p', score=.5, fields=dict(a=dict(text='12', confidence=.5, status='ok', why='', box=[1, 2, 3, 4],
        chars=[['1', .5, [1, 2, 3, 4]]])))
    for kind in ('json', 'csv'): yield ask('POST /form/'+kind, json.dumps(reading).encode())
    parts = dict(template=b'exam', own=written(small_template().save, 't.json'), picture=form)
    body = b''.join(b'--x\r\ncontent-disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' %
        (k.encode(), b'; filename="a"' if k != 'template' else b'', v) for k, v in parts.items())+b'--x--\r\n'
    yield ask('POST /form', body, 'content-type: multipart/form-data; boundary=x')

def request(data):
    "Method, path, headers and body of an input, as a server of HTTP would let them through"
    head, _, body = data.partition(b'\n\n')
    (method, _, url), *headers = (o.partition(b' ') for o in head.split(b'\n'))
    method = re.sub('[^A-Z]', '', method.decode('latin-1')) or 'GET'
    raw, _, query = re.sub(rb'[^!-~]', b'', url).partition(b'?')
    headers = [(re.sub(rb'[^a-z-]', b'', k.lower()) or b'x', re.sub(rb'[\0\r]', b'', v)) for k, _, v in headers]
    return method, unquote('/'+raw.decode().lstrip('/')), query, headers, body

@reader(app_seeds, limit=10) # for a picture of 64 million pixels
def app(tmp):
    "Every route of the page"
    from hcr.app import make_app
    loop, page, kept = asyncio.new_event_loop(), make_app('chars-tiny', tmp/'kept', per_minute=10**9, max_bytes=1_000_000), tmp/'kept'
    async def answer(method, path, query, headers, body):
        sent, got = [dict(type='http.request', body=body)], []
        async def receive(): return sent.pop() if sent else dict(type='http.disconnect')
        async def send(message): got.append(message)
        await page(dict(type='http', asgi=dict(version='3.0'), http_version='1.1', method=method, scheme='http', path=path,
            raw_path=path.encode(errors='replace'), query_string=query, root_path='', headers=headers, client=('1.2.3.4', 5), server=('localhost', 80)), receive, send)
        return got[0]['status'], b''.join(o.get('body', b'') for o in got[1:])
    def read(data):
        method, path, query, headers, body = request(data)
        status, text = loop.run_until_complete(answer(method, path, query, headers, body))
        assert status < 500, f'status {status}'
        if path == '/form/json' and method == 'POST' and status == 200: json.loads(text, parse_constant=lambda c: 1/0)
        if kept.exists() and len(found := list(kept.rglob('*.png'))) > 100:
            for o in found: o.unlink()
    return read
