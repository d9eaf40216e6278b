"Models in other formats, and back: PyTorch, ONNX, Keras, SavedModel, TFLite"
from ..core import lazy_names

__getattr__, __dir__ = lazy_names(__name__,
    convert='Exported export_model formats from_onnx import_state load_exported to_onnx',
    keras='from_keras load_keras open_keras open_tflite to_keras to_tflite write_saved_model')
