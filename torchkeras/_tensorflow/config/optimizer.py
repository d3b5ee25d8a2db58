"""``tf.config.optimizer``: settings of TensorFlow's graphs, accepted."""

from typing import Any

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import own, publish


@own
def set_jit(enabled: Any) -> None:
    """Accepted: compile a model by ``model.compile(jit_compile=True)``."""


@own
def get_jit() -> str:
    """An empty text: nothing is compiled by itself."""
    return ""


@own
def set_experimental_options(options: dict[str, Any]) -> None:
    """Accepted: there are no graphs of TensorFlow to optimize."""


@own
def get_experimental_options() -> dict[str, Any]:
    """No options."""
    return {}


publish(globals())
__getattr__ = _refused.lookup("tf.config.optimizer", globals())
