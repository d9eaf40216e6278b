"Forms: what is printed on them, where it lies in a scan, what was filled in"
from ..core import lazy_names

__getattr__, __dir__ = lazy_names(__name__,
    template='Field Template check_rules expand_pattern field_kinds pattern_symbols',
    sheet='Registered erase_lines register',
    strings='FieldReading best_strings',
    rows='read_row split_row',
    read='FormReading read_form write_csv',
    made='draw_blank fill_form sample_template')
