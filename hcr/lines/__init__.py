"Words, lines and pages of handwriting"
from importlib import import_module

_names = dict(data='LineData get_lines', inference='LineRecognizer', image='line_image', learner='line_learner', train='train_lines')

def __getattr__(name):
    "The names most used, each imported from its module when first asked for: reading needs no torch"
    for module, names in _names.items():
        if name in names.split(): return getattr(import_module(f'{__name__}.{module}'), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')

def __dir__(): return sorted([*globals(), *' '.join(_names.values()).split()])
