"""What an optimizer says about its arguments before the first step."""

from typing import Any

from torchkeras._errors import brief, nearest
from torchkeras._fields import known_arguments


def shared_arguments(optimizer: Any, kwargs: dict[str, Any]) -> None:
    """Raise a ValueError for what no optimizer takes; `kwargs` are the arguments that nobody knew."""
    title = type(optimizer).__name__
    _no_more(optimizer, title, kwargs)
    clips = {key: getattr(optimizer, key) for key in ("clipnorm", "clipvalue", "global_clipnorm")}
    if sum(value is not None for value in clips.values()) > 1:
        given = ", ".join(f"{key}={value}" for key, value in clips.items())
        raise ValueError(f"{title}: Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set, got {given}.")
    for key in (*clips, "weight_decay", "loss_scale_factor"):
        value = getattr(optimizer, key)
        if value is not None and not is_number(value):
            raise ValueError(f"{title}: `{key}` must be a number or None, got {brief(value)}.")
    if optimizer.use_ema and not (is_number(optimizer.ema_momentum) and 0 <= optimizer.ema_momentum <= 1):
        raise ValueError(f"{title}: `ema_momentum` must be in the range [0, 1], got {brief(optimizer.ema_momentum)}.")
    for key, least in (("ema_overwrite_frequency", 1), ("gradient_accumulation_steps", 2)):
        value = getattr(optimizer, key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            raise ValueError(f"{title}: `{key}` must be an integer >= {least} or None, got {brief(value)}.")


def _no_more(optimizer: Any, title: str, kwargs: dict[str, Any]) -> None:
    if not kwargs:
        return
    known = [name for name in known_arguments(type(optimizer)) if name not in ("args", "kwargs", "self")]
    hint = nearest(next(iter(kwargs)), known)
    raise ValueError(
        f"{title}: Argument(s) not recognized: {brief(kwargs)}.{hint} Known arguments: {', '.join(known)}."
    )


def is_number(value: Any) -> bool:
    """Whether it is a real number, of Python or NumPy."""
    return hasattr(value, "__float__") and not isinstance(value, (bool, str))
