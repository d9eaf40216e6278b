"Read handwriting from any image, document or pen"

def __getattr__(name):
    "The version lives in `settings.ini`; an installed package knows it"
    if name != '__version__': raise AttributeError(f"module 'hcr' has no attribute '{name}'")
    from importlib.metadata import version
    return version('hcr')

def load_model(name_or_path, device='cpu'):
    "The PyTorch network of the model called `name_or_path`, or in that file, for characters or for lines"
    from .inference import model_path
    from .modelfile import load_model, read_model
    path, build = model_path(name_or_path), None
    if read_model(path)[0].task == 'line': from .lines.models import create_line_model as build
    return load_model(path, device, build)

def read(
    source, # A file's path, a file object, bytes, a PIL image or an array: a picture or a PDF
    model=None, # A model's name, its file, or a `LineRecognizer`; None for the default
    layout='auto', # What it shows: `'line'`, `'page'`, or `'auto'` to tell by its shape
    pages=None, # Which pages of a PDF or TIFF, such as `'2-5'`; None for all
    rotate=None, # Degrees by which pages are turned to the right: 0, 90, 180, 270; None to find out
    **options # As for `LineRecognizer.load`
):
    "Read a document: `.text`, `.lines`, `.words`, `.confidence`, `.show()`, `.to_pdf('it.pdf')`; see `hcr.lines.documents`"
    from .lines.documents import read
    return read(source, model, layout, pages, rotate, **options)
