"""``tf.debugging``: assertions about tensors. Those about values hold when they run: at once."""

import itertools
from collections.abc import Callable
from typing import Any

import torch

from torchkeras import ops
from torchkeras._errors import brief
from torchkeras._symbolic import KerasTensor, any_symbolic
from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras._tensorflow._rows import Function, own, publish
from torchkeras._tensorflow.errors import InvalidArgumentError
from torchkeras.ops._op import tensor


def _assertion(holds: Callable[..., Any], words: str) -> Function:
    def check(x: Any, y: Any, message: str | None = None, summarize: Any = None, **options: Any) -> None:
        if any_symbolic((x, y)):
            return
        if not bool(torch.all(tensor(holds(x, y, **options)))):
            raise InvalidArgumentError(f"{message + ': ' if message else ''}expected x {words} y, got {_two(x, y)}.")

    check.__doc__ = f"Raise an ``InvalidArgumentError`` unless each element of `x` is {words} that of `y`."
    return own(check)


def _two(x: Any, y: Any) -> str:
    return f"x = {_few(x)} and y = {_few(y)}"


def _few(value: Any) -> str:
    value = tensor(value)
    return str(value.tolist()) if value.numel() <= 6 else brief(value)


def _near(x: Any, y: Any, rtol: Any = None, atol: Any = None) -> Any:
    tolerance = 10 * torch.finfo(tensor(x).dtype).eps
    return ops.isclose(x, y, tolerance if rtol is None else rtol, tolerance if atol is None else atol)


def _all_differ(x: Any, y: Any) -> Any:
    return ops.not_equal(x, y)


assert_equal = _assertion(ops.equal, "equal to")
assert_greater = _assertion(ops.greater, "greater than")
assert_greater_equal = _assertion(ops.greater_equal, "at least")
assert_less = _assertion(ops.less, "less than")
assert_less_equal = _assertion(ops.less_equal, "at most")
assert_near = _assertion(_near, "near")
assert_none_equal = _assertion(_all_differ, "other than")


def _about_sign(holds: Callable[..., Any], words: str) -> Function:
    def check(x: Any, message: str | None = None, summarize: Any = None) -> None:
        if not any_symbolic((x,)) and not bool(torch.all(tensor(holds(x, 0)))):
            raise InvalidArgumentError(f"{message + ': ' if message else ''}expected x {words}, got {_few(x)}.")

    check.__doc__ = f"Raise an ``InvalidArgumentError`` unless each element is {words}."
    return own(check)


assert_negative = _about_sign(ops.less, "negative")
assert_non_negative = _about_sign(ops.greater_equal, "not negative")
assert_non_positive = _about_sign(ops.less_equal, "not positive")
assert_positive = _about_sign(ops.greater, "positive")


@own
def Assert(condition: Any, data: Any, summarize: Any = None) -> None:
    """Raise an ``InvalidArgumentError`` with the `data` unless the condition holds."""
    if not any_symbolic((condition,)) and not bool(torch.all(tensor(condition))):
        raise InvalidArgumentError(f"assertion failed: {', '.join(map(str, data))}")


def _rank(x: Any) -> int:
    return len(x.shape) if hasattr(x, "shape") else tensor(x).ndim


@own
def assert_rank(x: Any, rank: Any, message: str | None = None) -> None:
    """Raise a ``ValueError`` unless `x` has that many axes."""
    if _rank(x) != int(rank):
        raise ValueError(f"{message + ': ' if message else ''}expected {int(rank)} axes, got {_rank(x)}.")


@own
def assert_rank_at_least(x: Any, rank: Any, message: str | None = None) -> None:
    """Raise a ``ValueError`` unless `x` has that many axes, or more."""
    if _rank(x) < int(rank):
        raise ValueError(f"{message + ': ' if message else ''}expected {int(rank)} axes or more, got {_rank(x)}.")


@own
def assert_rank_in(x: Any, ranks: Any, message: str | None = None) -> None:
    """Raise a ``ValueError`` unless the number of axes is one of `ranks`."""
    if _rank(x) not in [int(rank) for rank in ranks]:
        raise ValueError(f"{message + ': ' if message else ''}expected {list(ranks)} axes, got {_rank(x)}.")


@own
def assert_scalar(tensor: Any, message: str | None = None) -> None:
    """Raise a ``ValueError`` unless `tensor` has no axes."""
    assert_rank(tensor, 0, message)


@own
def assert_shapes(shapes: Any, data: Any = None, summarize: Any = None, message: str | None = None) -> None:
    """Raise a ``ValueError`` unless the tensors have these shapes, in which a letter is one size everywhere."""
    sizes: dict[str, int] = {}
    for x, wanted in shapes.items() if isinstance(shapes, dict) else shapes:
        found = tuple(x.shape)
        fits = len(found) == len(wanted)
        for have, name in itertools.islice(zip(found, wanted), len(found) if fits else 0):
            fits &= name in (None, "*") or have == (sizes.setdefault(name, have) if isinstance(name, str) else name)
        if not fits:
            raise ValueError(f"{message + ': ' if message else ''}expected the shape {tuple(wanted)}, got {found}.")


@own
def assert_type(tensor: Any, tf_type: Any, message: str | None = None) -> None:
    """Raise a ``TypeError`` unless `tensor` has that dtype."""
    if as_dtype(tensor.dtype) != as_dtype(tf_type):
        raise TypeError(f"{message + ': ' if message else ''}expected the dtype {tf_type}, got {tensor.dtype}.")


@own
def assert_integer(x: Any, message: str | None = None) -> None:
    """Raise a ``TypeError`` unless `x` has an integer dtype."""
    dtype = as_dtype(x.dtype)
    if dtype.is_floating_point or dtype.is_complex or dtype == torch.bool:
        raise TypeError(f"{message + ': ' if message else ''}expected integers, got {x.dtype}.")


@own
def is_numeric_tensor(tensor: Any) -> bool:
    """Whether it is a tensor of numbers."""
    return isinstance(tensor, (torch.Tensor, KerasTensor)) and as_dtype(tensor.dtype) != torch.bool


@own
def check_numerics(tensor: Any, message: str) -> Any:
    """The tensor; an ``InvalidArgumentError`` with the message if it holds NaN or infinities."""
    if not any_symbolic((tensor,)) and not bool(torch.isfinite(tensor).all()):
        raise InvalidArgumentError(f"{message}: the tensor has NaN or infinite elements.")
    return tensor


@own
def enable_check_numerics(stack_height_limit: int = 30, path_length_limit: int = 50) -> None:
    """Let the backward pass raise an error where a gradient is NaN: torch's anomaly detection."""
    torch.autograd.set_detect_anomaly(True)


@own
def disable_check_numerics() -> None:
    """End :func:`enable_check_numerics`."""
    torch.autograd.set_detect_anomaly(False)


@own
def set_log_device_placement(enabled: bool) -> None:
    """Accepted; torch's tensors say where they are: ``tensor.device``."""


publish(globals())
__getattr__ = _refused.lookup("tf.debugging", globals())
