"Model files: the file itself, the graph in it, and where others are shared"
from ..core import lazy_names

__getattr__, __dir__ = lazy_names(__name__, file='ModelCard load_model model_info quantize read_model save_model write_model')
