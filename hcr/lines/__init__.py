"Words, lines and pages of handwriting"
from ..core import lazy_names

__getattr__, __dir__ = lazy_names(__name__, data='LineData get_lines', inference='LineRecognizer', image='line_image',
    learner='line_learner', train='train_lines')
