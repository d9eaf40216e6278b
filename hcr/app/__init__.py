"The web page: what stands before it, what it shows, who answers"
from ..core import lazy_names

__getattr__, __dir__ = lazy_names(__name__, server='make_app serve')
