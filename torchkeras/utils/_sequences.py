"""Sequences of different lengths as one array."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Sequences cut and filled to one length: ``[(t1, ...), (t2, ...), ...] -> (n, maxlen, ...)``.

    Args:
        sequences: sequences of numbers, strings, or arrays of equal shape.
        maxlen: the length, in steps; by default that of the longest sequence.
        dtype: of the result; ``object`` for strings of any length.
        padding: where to fill, ``"pre"`` or ``"post"``.
        truncating: where to cut, ``"pre"`` or ``"post"``.
        value: what to fill with.

    Raises:
        ValueError: not a sequence of sequences; steps of different shapes; an unknown `padding` or `truncating`;
            strings where `dtype` holds numbers.

    >>> pad_sequences([[1], [2, 3]])
    array([[0, 1],
           [2, 3]], dtype=int32)
    """
    _check(sequences, padding, truncating, dtype, value)
    maxlen = max(map(len, sequences)) if maxlen is None else maxlen
    step = next((np.asarray(steps).shape[1:] for steps in sequences if len(steps)), ())
    out = np.full((len(sequences), maxlen, *step), value, dtype=dtype)
    for index, steps in enumerate(sequences):
        kept = (steps[-maxlen:] if truncating == "pre" else steps[:maxlen]) if maxlen else []
        if not len(kept):
            continue
        kept = np.asarray(kept, dtype=dtype)
        if kept.shape[1:] != step:
            raise ValueError(
                f"Shape of sample {kept.shape[1:]} of sequence at position {index} is different from "
                f"expected shape {step}"
            )
        where = slice(None, len(kept)) if padding == "post" else slice(-len(kept), None)
        out[index, where] = kept
    return out


def _check(sequences: Any, padding: str, truncating: str, dtype: Any, value: Any) -> None:
    if not hasattr(sequences, "__len__"):
        raise ValueError("`sequences` must be iterable.")
    if not len(sequences):
        raise ValueError("pad_sequences: `sequences` is empty.")
    for steps in sequences:
        if not hasattr(steps, "__len__"):
            raise ValueError(f"`sequences` must be a list of iterables. Found non-iterable: {steps!r}")
    for name, given in (("Padding", padding), ("Truncating", truncating)):
        if given not in ("pre", "post"):
            raise ValueError(f"{name} type {given!r} not understood; expected 'pre' or 'post'.")
    holds_text = np.issubdtype(dtype, np.str_) or np.issubdtype(dtype, np.object_)
    if isinstance(value, str) and not holds_text:
        raise ValueError(
            f"`dtype` {dtype} is not compatible with `value`'s type: {type(value)}\n"
            "You should set `dtype=object` for variable length strings."
        )
