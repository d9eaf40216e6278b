"Data sets of character images: where they come from, what they hold, what to look at before training"
from ..core import lazy_names

__getattr__, __dir__ = lazy_names(__name__, chardata='CharData', sets='sources',
    load='data_info get_data image_data join_chars save_corrections save_images')
