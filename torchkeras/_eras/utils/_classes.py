"""`keras.utils.np_utils` of Keras 1: classes from probabilities, and how good they are."""

from typing import Any

import numpy as np

__all__ = [
    "accuracy",
    "binary_logloss",
    "categorical_probas_to_classes",
    "convert_kernel",
    "multiclass_logloss",
    "probas_to_classes",
]

_TINY = 1e-15  # probabilities are kept that far from 0 and 1


def probas_to_classes(y_pred: Any) -> np.ndarray:
    """The likeliest class of each row, or whether a single column is above 0.5: ``(n, k) -> (n,)``."""
    y_pred = np.asarray(y_pred)
    if y_pred.ndim > 1 and y_pred.shape[1] > 1:
        return categorical_probas_to_classes(y_pred)
    return (y_pred > 0.5).astype(int).reshape(-1)


def categorical_probas_to_classes(p: Any) -> np.ndarray:
    """The likeliest class of each row: ``(n, k) -> (n,)``."""
    return np.argmax(p, axis=1)


def accuracy(p: Any, y: Any) -> float:
    """The share of `p` that equals `y`."""
    return float(np.mean(np.equal(p, y)))


def binary_logloss(p: Any, y: Any) -> float:
    """The mean of ``-log`` of the probability of what happened: `p` of a one, `y` zeros and ones."""
    p, y = np.clip(p, _TINY, 1 - _TINY), np.asarray(y)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def multiclass_logloss(P: Any, Y: Any) -> float:
    """The mean of ``-log`` of the probability of the right class: `P` probabilities, `Y` one-hot, ``(n, k)``."""
    return float(np.mean([-np.log(p[int(np.argmax(y))]) for p, y in zip(np.asarray(P), np.asarray(Y))]))


def convert_kernel(kernel: Any, dim_ordering: str | None = None) -> np.ndarray:
    """A convolution's kernel between Theano, which turned kernels around, and others.

    Args:
        kernel: ``(h, w, in, out)``, with as many spatial axes as there are; of the ordering ``"th"`` with those last,
            ``(out, in, h, w)``.
        dim_ordering: ``"tf"`` or ``"th"``; None is ``"tf"``.

    Raises:
        ValueError: the kernel has not three to five axes.
    """
    kernel = np.asarray(kernel)
    if not 3 <= kernel.ndim <= 5:
        raise ValueError(f"convert_kernel: expected a kernel with 3 to 5 axes, got shape {kernel.shape}.")
    spatial = tuple(range(2, kernel.ndim)) if dim_ordering == "th" else tuple(range(kernel.ndim - 2))
    return np.flip(kernel, axis=spatial).copy()
