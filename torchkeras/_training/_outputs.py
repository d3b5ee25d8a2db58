"""A model's outputs, targets and weights as flat lists under names: what losses and metrics are matched by."""

from typing import Any

from torch import Tensor

from torchkeras._errors import nearest
from torchkeras._symbolic import leaves


def named_outputs(model: Any, y_pred: Any) -> list[str]:
    """A name for each output: the keys of a dict, the output layers of a graph, else ``output_1``, ..."""
    flat = list(leaves(y_pred))
    if isinstance(y_pred, dict) and all(not isinstance(value, (list, tuple, dict)) for value in y_pred.values()):
        return list(y_pred)
    names = getattr(model, "output_names", None)
    if names and len(names) == len(flat):
        return list(names)
    return [f"output_{index + 1}" for index in range(len(flat))]


def is_one(value: Any) -> bool:
    """Whether `value` is one loss or metric, not a list or dict of them."""
    return value is None or not isinstance(value, (list, tuple, dict)) or isinstance(value, dict) and "class_name" in value


def per_output(what: str, given: Any, names: list[str], y_pred: Any, partial: bool = True) -> list[Any]:
    """`given` for each output: a list in their order, or a dict by their names.

    Raises:
        ValueError: a name that no output has, or another number of entries.
    """
    if isinstance(given, dict) and "class_name" not in given:
        unknown = [key for key in given if key not in names]
        if unknown:
            hint = nearest(str(unknown[0]), names)
            raise ValueError(f"`{what}`: {unknown[0]!r} is not the name of an output; the outputs are {names}.{hint}")
        missing = [name for name in names if name not in given]
        if missing and not partial:
            raise ValueError(f"`{what}`: expected keys {names}, got {list(given)}; {missing[0]!r} is missing.")
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ValueError(f"`{what}`: the model has {len(names)} output(s) {names}, got a list of {len(given)}.")
        return list(given)
    return [given] * len(names)


def flat_targets(what: str, given: Any, names: list[str]) -> list[Any]:
    """Targets or weights as a flat list in the order of the outputs."""
    if isinstance(given, dict):
        if any(key in given for key in names):
            return [given.get(name) for name in names]
        if len(names) == 1 and len(given) == 1:
            return list(given.values())
        raise ValueError(f"`{what}`: expected the keys {names}, got {list(given)}.")
    if isinstance(given, (list, tuple)):
        flat = list(leaves(given))
        if len(flat) != len(names):
            raise ValueError(f"`{what}`: the model has {len(names)} output(s) {names}, got {len(flat)} array(s).")
        return flat
    return [given] * len(names)


def shape_of(value: Any) -> tuple[int, ...] | None:
    """The shape, or None if there is no tensor."""
    return tuple(value.shape) if isinstance(value, Tensor) else None
