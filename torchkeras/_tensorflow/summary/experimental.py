"""``tf.summary.experimental``: the step of summaries that say none."""

from typing import Any

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.summary import _writers


def set_step(step: Any) -> None:
    """From now on, summaries without a step have this one: a number, or a variable that is asked each time."""
    _writers.state.step = step


def get_step() -> Any:
    """What was set."""
    return _writers.state.step


__getattr__ = _refused.lookup("tf.summary.experimental", globals())
