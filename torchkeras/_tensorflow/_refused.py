"""The error for names of TensorFlow that are not served, and why for the best known of them."""

from collections.abc import Callable, Iterable
from typing import Any

from torchkeras._errors import nearest

PAGE = "docs/tensorflow.md"

WHY: dict[str, str] = {
    "contrib": "tf.contrib ended with TensorFlow 1; its Keras parts are in tf.keras.",
    "estimator": "Estimators are TensorFlow's own training loop; use tf.keras' fit.",
    "feature_column": "Use the preprocessing layers of tf.keras.layers.",
    "layers": "The layers of TensorFlow 1's graphs are in tf.keras.layers.",
    "lite": "To take a model elsewhere, use torch.export or model.export.",
    "saved_model": "A SavedModel is a TensorFlow graph; use model.save('model.keras') and tf.keras.models.load_model.",
    "tpu": "torchkeras runs on CPUs and GPUs.",
    "raw_ops": "These are the kernels of TensorFlow; use tf.math, tf.nn or torch.",
}


def error(namespace: str, name: str, known: Iterable[str]) -> AttributeError:
    """What a lookup of ``<namespace>.<name>`` that failed raises."""
    path = f"{namespace}.{name}"
    why = WHY.get(name, "") if namespace == "tf" else ""
    hint = "" if why else nearest(name, known).replace(" Did you mean", " Nearest:").rstrip("?")
    text = (
        f"{path} is TensorFlow proper: torchkeras serves tf.keras and the TensorFlow functions listed in {PAGE}."
        f"{' ' + why if why else ''}{hint}"
    )
    return AttributeError(text, name=name)


def lookup(namespace: str, names: dict[str, Any]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a submodule, whose names are `names`: every lookup that reaches it has failed."""

    def refuse(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {names['__name__']!r} has no attribute {name!r}")
        raise error(namespace, name, names["__all__"])

    return refuse
