"""Class labels as one-hot vectors; vectors of length one."""

from typing import Any

import numpy as np
import torch
from torch.nn import functional as F


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Class numbers as one-hot vectors: ``(...)`` or ``(..., 1) -> (..., num_classes)``.

    Args:
        x: integers from 0 to ``num_classes - 1``: array, tensor or list.
        num_classes: length of the vectors; by default the largest number plus one.

    Returns:
        A float64 array; for a torch tensor an int64 tensor on its device.

    Raises:
        ValueError: a number is not below `num_classes`, or `x` is empty and `num_classes` is not given.

    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    if isinstance(x, torch.Tensor):
        return _one_hot_tensor(_without_last_one(x.long()), num_classes)
    labels = np.asarray(x, dtype="int64")
    shape = _without_last_one(labels).shape
    labels = labels.reshape(-1)
    num_classes = _checked_classes(labels, num_classes)
    out = np.zeros((labels.size, num_classes))
    out[np.arange(labels.size), labels] = 1
    return out.reshape(*shape, num_classes)


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """`x` with vectors along `axis` of length one; zero vectors stay zero.

    Args:
        x: array or tensor; anything else becomes a tensor.
        axis: the axis along which a vector lies.
        order: the norm: 1, 2, ... or infinity.

    Raises:
        ValueError: `order` is no number of at least 1.

    >>> normalize(np.array([[3.0, 4.0]]))
    array([[0.6, 0.8]])
    """
    if not isinstance(order, (int, float)) or order < 1:
        raise ValueError(f"Argument `order` must be an int >= 1. Received: order={order}")
    if isinstance(x, np.ndarray):
        norm = np.atleast_1d(np.linalg.norm(x, order, axis))
        norm[norm == 0] = 1
        return x / np.expand_dims(norm, axis)
    tensor = torch.as_tensor(x)
    tensor = tensor if tensor.is_floating_point() else tensor.to(torch.get_default_dtype())
    return F.normalize(tensor, p=float(order), dim=axis, eps=1e-12)


def _without_last_one(x: Any) -> Any:
    """Column vectors of labels, ``(n, 1)``, count as ``(n,)``."""
    return x.reshape(x.shape[:-1]) if x.ndim > 1 and x.shape[-1] == 1 else x


def _one_hot_tensor(labels: torch.Tensor, num_classes: int | None) -> torch.Tensor:
    return F.one_hot(labels, _checked_classes(labels, num_classes))


def _checked_classes(labels: Any, num_classes: int | None) -> int:
    if 0 in labels.shape:
        if num_classes is None:
            raise ValueError("to_categorical: `x` is empty; give `num_classes`.")
        return num_classes
    largest = int(labels.max())
    num_classes = num_classes or largest + 1
    smallest = int(labels.min())
    # numpy counts negative indices from the end, and so does Keras; torch cannot.
    allowed = 0 if isinstance(labels, torch.Tensor) else -num_classes
    if largest >= num_classes or smallest < allowed:
        wrong = largest if largest >= num_classes else smallest
        raise ValueError(f"to_categorical: expected labels from 0 to {num_classes - 1}, found {wrong}.")
    return num_classes
