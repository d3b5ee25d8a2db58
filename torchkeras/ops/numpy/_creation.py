"""New tensors, on the default device; `dtype` is ``floatx()`` if not given."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras.ops._op import joined, op, publish, tensor, tensors

# Own


def _place(dtype: Any) -> dict[str, Any]:
    return {"dtype": to_torch_dtype(dtype), "device": _settings.device()}


def _sizes(shape: Any) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(int(size) for size in shape)


@op
def array(x: Any, dtype: Any = None) -> Tensor:
    """A tensor of the numbers in `x`."""
    return tensor(x, dtype)


@op
def empty(shape: Any, dtype: Any = None) -> Tensor:
    """A tensor of zeros (torch's ``empty`` would show old memory)."""
    return torch.zeros(_sizes(shape), **_place(dtype))


@op
def zeros(shape: Any, dtype: Any = None) -> Tensor:
    """A tensor of zeros."""
    return torch.zeros(_sizes(shape), **_place(dtype))


@op
def ones(shape: Any, dtype: Any = None) -> Tensor:
    """A tensor of ones."""
    return torch.ones(_sizes(shape), **_place(dtype))


@op
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """A tensor filled with `fill_value`, a number or a tensor that broadcasts to `shape`."""
    if isinstance(fill_value, (int, float)):
        return torch.full(_sizes(shape), fill_value, **_place(dtype))
    return tensor(fill_value, dtype or _settings.floatx).broadcast_to(_sizes(shape)).clone()


@op
def empty_like(x: Any, dtype: Any = None) -> Tensor:
    """Zeros of the shape of `x`."""
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else to_torch_dtype(dtype))


@op
def zeros_like(x: Any, dtype: Any = None) -> Tensor:
    """Zeros of the shape of `x`."""
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else to_torch_dtype(dtype))


@op
def ones_like(x: Any, dtype: Any = None) -> Tensor:
    """Ones of the shape of `x`."""
    return torch.ones_like(tensor(x), dtype=None if dtype is None else to_torch_dtype(dtype))


@op
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """`fill_value` in the shape of `x`."""
    x = tensor(x) if dtype is None else tensor(x, dtype)
    if isinstance(fill_value, (int, float)):
        return torch.full_like(x, fill_value)
    return tensor(fill_value).to(x).broadcast_to(x.shape).clone()


@op
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:
    """An ``(N, M)`` matrix with ones on the `k`-th diagonal."""
    for name, value in (("N", N), ("M", M)):
        if isinstance(value, float):
            raise TypeError(f"eye: argument `{name}` must be an integer, got {value!r}.")
    rows, columns = int(N), int(N if M is None else M)
    difference = (
        torch.arange(columns, device=_settings.device()) - torch.arange(rows, device=_settings.device())[:, None]
    )
    return (difference == k).to(to_torch_dtype(dtype))


@op
def identity(n: int, dtype: Any = None) -> Tensor:
    """The ``(n, n)`` matrix with ones on the diagonal."""
    return torch.eye(int(n), **_place(dtype))


@op
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Tensor:
    """The numbers from `start` (or 0) up to, without, `stop`; int32 for Python integers."""
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    if dtype is None:
        dtype = joined(*[item.dtype if isinstance(item, Tensor) else type(item) for item in (start, stop, step)])
    return torch.arange(start, stop, step, **_place(dtype))


@op
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """`num` evenly spaced numbers from `start` to `stop`, along a new `axis` if these are tensors.

    Returns:
        The tensor; with `retstep` also the distance between neighbours.
    """
    start, stop = tensors((start, stop), floating=True)
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts > 0 else torch.full_like(stop - start, torch.nan)
    steps = torch.arange(num, device=start.device).to(start.dtype).reshape([-1] + [1] * step.ndim)
    values = start + steps * (step if parts > 0 else 0)
    if endpoint and num > 1:
        values = torch.where(steps == num - 1, stop, values)  # exact at the end
    values = torch.movedim(values, 0, axis)
    values = values if dtype is None else _whole(values, dtype)
    return (values, step) if retstep else values


def _whole(values: Tensor, dtype: Any) -> Tensor:
    wanted = to_torch_dtype(dtype)
    return (values if wanted.is_floating_point else torch.floor(values)).to(wanted)


@op
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10, dtype: Any = None, axis: int = 0
) -> Tensor:
    """`num` numbers evenly spaced on a logarithmic scale: ``base ** linspace(start, stop)``."""
    values = linspace(start, stop, num, endpoint, axis=axis)
    values = torch.pow(tensor(base).to(values), values)
    return values if dtype is None else _whole(values, dtype)


@op
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Tensor:
    """`num` numbers from `start` to `stop`, each the same multiple of the one before."""
    start, stop = tensors((start, stop), floating=True)
    sign = torch.sign(start)
    values = torch.exp(linspace(torch.log(start * sign), torch.log(stop * sign), num, endpoint, axis=axis))
    values = values * (sign.unsqueeze(axis) if sign.ndim else sign)
    return values if dtype is None else _whole(values, dtype)


@op
def meshgrid(*x: Any, indexing: str = "xy") -> list[Tensor]:
    """Coordinate matrices out of 1-D coordinate tensors."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: `indexing` must be 'xy' or 'ij', got {indexing!r}.")
    return list(torch.meshgrid(*[tensor(item).reshape(-1) for item in x], indexing=indexing))


@op
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each element of a vector, highest first: ``(n,) -> (n, N)``."""
    x = tensor(x)
    powers = torch.arange(x.shape[0] if N is None else N, device=x.device)
    return torch.pow(x[:, None], powers if increasing else powers.flip(0))


publish(globals())
