"""Class weights as sample weights."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras._errors import brief


def checked_class_weight(class_weight: Any) -> dict[int, float] | None:
    """`class_weight` as a dict of numbers.

    Raises:
        ValueError: no dict, or keys that are no class numbers.
    """
    if class_weight is None:
        return None
    if not isinstance(class_weight, dict):
        raise ValueError(f"`class_weight`: expected a dict {{class: weight}}, got {brief(class_weight)}.")
    checked: dict[int, float] = {}
    for key, value in class_weight.items():
        if isinstance(key, str) or int(key) != key or key < 0:
            raise ValueError(f"`class_weight`: keys are class numbers (0, 1, ...), got the key {key!r}.")
        if isinstance(value, str) or not hasattr(value, "__float__"):
            raise ValueError(f"`class_weight`: weights are numbers, got {brief(value)} for the class {int(key)}.")
        checked[int(key)] = float(value)
    return checked


def class_weighter(class_weight: dict[int, float], known: Tensor | None = None) -> Callable[[Any, Any], Tensor]:
    """A function ``(y, sample_weight) -> sample_weight`` that multiplies the weight of each sample's class in.

    `known` holds labels that can be looked at now, so that a class without a weight is found before training.
    """
    table = torch.ones(max(class_weight, default=0) + 1)
    for number, weight in class_weight.items():
        table[number] = weight
    if known is not None:
        present = _classes(known).unique().tolist()
        missing = [int(number) for number in present if int(number) not in class_weight]
        if missing:
            raise ValueError(
                f"`class_weight`: the labels hold the classes {[int(p) for p in present][:20]}, "
                f"but there is no weight for {missing[:20]}."
            )

    def weigh(y: Any, sample_weight: Any) -> Tensor:
        if not isinstance(y, Tensor):
            raise ValueError("`class_weight` is only supported for models with one output.")
        classes = _classes(y)
        weights = table.to(classes.device)[classes.clamp(max=len(table) - 1)]
        return weights if sample_weight is None else weights * sample_weight.reshape(weights.shape)

    return weigh


def _classes(y: Tensor) -> Tensor:
    """Class numbers of labels that are numbers, a column of numbers, or one-hot."""
    if y.ndim >= 2 and y.shape[-1] > 1:
        return y.argmax(-1)
    return (y.squeeze(-1) if y.ndim >= 2 else y).round().long()
