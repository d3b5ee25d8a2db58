"""The parts of a batch: inputs, targets, weights."""

from typing import Any


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """What `unpack_x_y_sample_weight` takes apart: `x` itself, ``(x, y)`` or ``(x, y, sample_weight)``."""
    if y is None:
        # A tuple would read as (x, y), so it is wrapped.
        return (x,) if isinstance(x, (list, tuple)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """``(x, y, sample_weight)`` of a batch in any of the usual forms, with None for what is not there.

    Raises:
        ValueError: a tuple of more than three.

    >>> unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return (data, None, None)
    if not 1 <= len(data) <= 3:
        raise ValueError(
            "Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`, "
            f"found a tuple of {len(data)}."
        )
    return (*data, None, None)[:3]
