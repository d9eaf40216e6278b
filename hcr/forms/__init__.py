"Forms: what is printed on them, where it lies in a scan, what was filled in"
from importlib import import_module

_names = dict(
    template='Field Template check_rules expand_pattern field_kinds pattern_symbols',
    sheet='Registered erase_lines register',
    strings='FieldReading best_strings',
    rows='read_row split_row',
    read='FormReading read_form write_csv',
    made='draw_blank fill_form sample_template')

def __getattr__(name):
    "The names most used, each imported from its module when first asked for: reading needs no torch"
    for module, names in _names.items():
        if name in names.split(): return getattr(import_module(f'{__name__}.{module}'), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')

def __dir__(): return sorted([*globals(), *' '.join(_names.values()).split()])
