"""Defaults that were others in Keras 1 and 2 (not in tf.keras): what a script does not say counts as today."""

from typing import Any, NamedTuple

from torchkeras import optimizers
from torchkeras._check._uses import CallUse
from torchkeras.layers import Conv2D
from torchkeras.saving._legacy_keras1 import ARGUMENTS


class Changed(NamedTuple):
    """One argument, and its former default."""

    argument: str
    position: int  # among positional arguments
    former: Any
    today: Any


CHANGED: dict[str, Changed] = {
    "Adadelta": Changed("learning_rate", 0, 1.0, 0.001),
    "Adagrad": Changed("learning_rate", 0, 0.01, 0.001),
    "Adamax": Changed("learning_rate", 0, 0.002, 0.001),
    "Nadam": Changed("learning_rate", 0, 0.002, 0.001),
    "LSTM": Changed("recurrent_activation", 2, "hard_sigmoid", "sigmoid"),
    "GRU": Changed("recurrent_activation", 2, "hard_sigmoid", "sigmoid"),
    "ConvLSTM2D": Changed("recurrent_activation", 7, "hard_sigmoid", "sigmoid"),
    "L1L2": Changed("l1", 0, 0.01, 0.0),
}
_FORMER_WORDS = {"learning_rate": "lr", "recurrent_activation": "inner_activation"}


def note(use: CallUse, target: Any) -> tuple[str, str] | None:
    """What a call takes by default and Keras 2 took otherwise: a text for the call, and one for the default."""
    if use.path == ".compile":
        return _of_word(use)
    if _is_ambiguous(use, target):
        return _AMBIGUOUS
    name = getattr(target, "__name__", "")
    changed = CHANGED.get(name)
    if changed is None or len(use.args) > changed.position or use.unpacks:
        return None
    if {changed.argument, _FORMER_WORDS.get(changed.argument)} & use.kwargs.keys():
        return None
    return f"{use.path.rpartition('.')[2]}()", _said(changed)


_AMBIGUOUS = (
    "Conv2D(n, a, b)",
    "a kernel (a, a) with a stride of b; Keras 1 and 2 read a kernel (a, b): write `Conv2D(n, (a, b))` for that",
)


def _is_ambiguous(use: CallUse, target: Any) -> bool:
    """Whether a call gives three numbers and nothing that tells what the third one is."""
    numbers = [value for value in use.args if isinstance(value, int)]
    return target is Conv2D and len(use.args) == len(numbers) == 3 and not _TELLING & use.kwargs.keys()


_TELLING = {"padding", "strides", *ARGUMENTS}


def _of_word(use: CallUse) -> tuple[str, str] | None:
    word = use.kwargs.get("optimizer", use.args[0] if use.args else None)
    classes = {name.lower(): name for name in CHANGED if hasattr(optimizers, name)}
    if not isinstance(word, str) or word.lower() not in classes:
        return None
    return f"compile({word!r})", _said(CHANGED[classes[word.lower()]])


def _said(changed: Changed) -> str:
    return f"`{changed.argument}` is {changed.today!r} by default; it was {changed.former!r} in Keras 1 and 2"
