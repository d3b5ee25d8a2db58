"""The error for names of TensorFlow that are not served, and why for the best known of them."""

import sys
from collections.abc import Callable
from typing import Any

from torchkeras._errors import nearest
from torchkeras._missing import Lookup

PAGE = "docs/tensorflow.md"

WHY: dict[str, str] = {
    "tf.contrib": "tf.contrib ended with TensorFlow 1; its Keras parts are in tf.keras.",
    "tf.estimator": "Estimators are TensorFlow's own training loop; use tf.keras' fit.",
    "tf.feature_column": "Use the preprocessing layers of tf.keras.layers.",
    "tf.layers": "The layers of TensorFlow 1's graphs are in tf.keras.layers.",
    "tf.lite": "To take a model elsewhere, use torch.export or model.export.",
    "tf.raw_ops": "These are the kernels of TensorFlow; use tf.math, tf.nn or torch.",
    "tf.saved_model": "A SavedModel is a graph of TensorFlow; use model.save('model.keras') and "
    "tf.keras.models.load_model.",
    "tf.tpu": "torchkeras runs on CPUs and GPUs.",
    "tf.while_v2": "Use tf.while_loop.",
}


class _Refusing(Lookup):
    """A module's ``__getattr__``: its own one first, then the error that says what TensorFlow proper is."""

    def __init__(self, namespace: str, names: dict[str, Any], original: Callable[[str], Any] | None) -> None:
        super().__init__(sys.modules[names["__name__"]], original)
        self.namespace = namespace

    def _explain(self, name: str) -> str:
        path = f"{self.namespace}.{name}"
        hint = WHY.get(path) or nearest(name, dir(self.module)).strip()
        return (
            f"{path} is TensorFlow proper: torchkeras serves tf.keras and the TensorFlow functions listed in {PAGE}. "
            f"{hint.replace('Did you mean', 'Nearest:').rstrip('?')}"
        ).rstrip()


def lookup(namespace: str, names: dict[str, Any], original: Callable[[str], Any] | None = None) -> Callable[[str], Any]:
    """The ``__getattr__`` of a module of the stand-in.

    Args:
        namespace: TensorFlow's path of the module: ``"tf.nn"``.
        names: the module's ``globals()``.
        original: a lookup that comes first; it raises an AttributeError for what it does not know.
    """
    return _Refusing(namespace, names, original)
