"""Activation functions: ``(…) -> (…)``, elementwise or along one axis.

On a tensor each is one type check and one torch call; on a symbolic tensor it is the op of that name.
"""

import functools
from collections.abc import Callable
from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import ops
from torchkeras._fields import Kind
from torchkeras._registry import PATHS, catalogue, written_as
from torchkeras._serialization import Family
from torchkeras._symbolic import KerasTensor, Operation
from torchkeras.ops._op import tensor


def activation(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let `function` also take arrays, variables and symbolic tensors."""

    @functools.wraps(function)
    def public(x: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(x, Tensor):
            return function(x, *args, **kwargs)
        if isinstance(x, KerasTensor):
            name = function.__name__
            return _SYMBOLIC[name](x, *args, **kwargs) if name in _SYMBOLIC else getattr(ops, name)(x, *args, **kwargs)
        return function(tensor(x), *args, **kwargs)

    return public


class ReLU(Operation):
    """:func:`relu` in a graph, as Keras' configs name it."""

    def __init__(
        self,
        negative_slope: float = 0.0,
        max_value: float | None = None,
        threshold: float = 0.0,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.arguments = {"negative_slope": negative_slope, "max_value": max_value, "threshold": threshold}

    def call(self, x: Any) -> Any:
        return relu(x, **self.arguments)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, **self.arguments}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "ReLU":
        return cls(**config)


# what becomes of a symbol where no op has the activation's name and arguments
_SYMBOLIC: dict[str, Callable[..., Any]] = {
    "relu": lambda x, *args, **kwargs: ReLU(*args, **kwargs)(x),
    "exponential": ops.exp,
    "gelu": lambda x, approximate=False: ops.gelu(x, approximate),  # the op's default is True
    "mish": lambda x: x * ops.tanh(ops.softplus(x)),
    "linear": lambda x: x,
}


# torch has these, by one name or another.


@activation
def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """``max(x, 0)``; with other arguments `x` up to `max_value`, and ``negative_slope * (x - threshold)`` below it."""
    if negative_slope == 0.0 and max_value is None and threshold == 0.0:
        return torch.relu(x)
    return _general_relu(x, negative_slope, max_value, threshold)


def _general_relu(x: Tensor, negative_slope: float, max_value: float | None, threshold: float) -> Tensor:
    below = negative_slope * (x - threshold)
    out = torch.where(x > threshold, x, below)
    return out if max_value is None else torch.clamp(out, max=max_value)


@activation
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """`x` where positive, ``negative_slope * x`` elsewhere."""
    return F.leaky_relu(x, negative_slope)


@activation
def relu6(x: Any) -> Any:
    """``min(max(x, 0), 6)``."""
    return F.relu6(x)


@activation
def elu(x: Any, alpha: float = 1.0) -> Any:
    """`x` where positive, ``alpha * (exp(x) - 1)`` elsewhere. Clevert et al., 2016, arXiv:1511.07289."""
    return F.elu(x, alpha)


@activation
def celu(x: Any, alpha: float = 1.0) -> Any:
    """``max(x, 0) + min(0, alpha * (exp(x / alpha) - 1))``. Barron, 2017, arXiv:1704.07483."""
    return F.celu(x, alpha)


@activation
def selu(x: Any) -> Any:
    """``1.0507 * elu(x, alpha=1.6733)``, which keeps mean and variance. Klambauer et al., 2017, arXiv:1706.02515."""
    return F.selu(x)


@activation
def gelu(x: Any, approximate: bool = False) -> Any:
    """``x * P(X <= x)`` for a normal `X`; with `approximate` by a tanh. Hendrycks & Gimpel, 2016, arXiv:1606.08415."""
    return F.gelu(x, approximate="tanh" if approximate else "none")


@activation
def silu(x: Any) -> Any:
    """``x * sigmoid(x)``, also known as swish. Ramachandran et al., 2017, arXiv:1710.05941."""
    return F.silu(x)


@activation
def mish(x: Any) -> Any:
    """``x * tanh(softplus(x))``. Misra, 2019, arXiv:1908.08681."""
    return F.mish(x)


@activation
def glu(x: Any, axis: int = -1) -> Any:
    """``a * sigmoid(b)``, `a` and `b` the halves of `x` along `axis`. Dauphin et al., 2016, arXiv:1612.08083."""
    return F.glu(x, axis)


@activation
def sigmoid(x: Any) -> Any:
    """``1 / (1 + exp(-x))``."""
    return torch.sigmoid(x)


@activation
def log_sigmoid(x: Any) -> Any:
    """``log(sigmoid(x))``."""
    return F.logsigmoid(x)


@activation
def hard_sigmoid(x: Any) -> Any:
    """``relu6(x + 3) / 6``."""
    return F.hardsigmoid(x)


@activation
def hard_silu(x: Any) -> Any:
    """``x * relu6(x + 3) / 6``, also known as hard swish. Howard et al., 2019, arXiv:1905.02244."""
    return F.hardswish(x)


@activation
def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return torch.tanh(x)


@activation
def hard_tanh(x: Any) -> Any:
    """`x` cut to -1 ... 1."""
    return F.hardtanh(x)


@activation
def tanh_shrink(x: Any) -> Any:
    """``x - tanh(x)``."""
    return F.tanhshrink(x)


@activation
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """`x` where ``|x| > threshold``, else 0."""
    return F.hardshrink(x, threshold)


@activation
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """`x` moved by `threshold` towards 0, and 0 where that passes it."""
    return F.softshrink(x, threshold)


@activation
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """`x` where greater than `threshold`, else `default_value`."""
    return F.threshold(x, threshold, default_value)


@activation
def softplus(x: Any) -> Any:
    """``log(exp(x) + 1)``."""
    return F.softplus(x)


@activation
def softsign(x: Any) -> Any:
    """``x / (|x| + 1)``."""
    return F.softsign(x)


@activation
def exponential(x: Any) -> Any:
    """``exp(x)``."""
    return torch.exp(x)


@activation
def linear(x: Any) -> Any:
    """`x` itself."""
    return x


# Own.


@activation
def squareplus(x: Any, b: float = 4) -> Any:
    """``(x + sqrt(x² + b)) / 2``. Barron, 2021, arXiv:2112.11687."""
    return (x + torch.sqrt(x * x + b)) / 2


@activation
def sparse_plus(x: Any) -> Any:
    """0 up to -1, ``(x + 1)² / 4`` up to 1, then `x`."""
    return torch.where(x <= -1, torch.zeros_like(x), torch.where(x < 1, (x + 1) ** 2 / 4, x))


@activation
def sparse_sigmoid(x: Any) -> Any:
    """``(x + 1) / 2``, cut to 0 ... 1."""
    return torch.clamp((x + 1) / 2, 0, 1)


@activation
def softmax(x: Any, axis: Any = -1) -> Any:
    """Positive numbers that sum to 1 along `axis` (or along several axes together)."""
    return F.softmax(x, axis) if isinstance(axis, int) else _over_axes(F.softmax, x, axis)


@activation
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """``log(softmax(x))`` along `axis` (or along several axes together)."""
    return F.log_softmax(x, axis) if isinstance(axis, int) else _over_axes(F.log_softmax, x, axis)


def _over_axes(function: Callable[..., Tensor], x: Tensor, axes: Any) -> Tensor:
    dims = sorted(axis % x.ndim for axis in (axes if axes is not None else range(x.ndim)))
    last = tuple(range(x.ndim - len(dims), x.ndim))
    moved = x.movedim(dims, last)
    return function(moved.flatten(last[0]), -1).view(moved.shape).movedim(last, dims)


@activation
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Like softmax, with exact zeros: the nearest point of the simplex. Martins & Astudillo, 2016, arXiv:1602.02068."""
    ordered = torch.sort(x, dim=axis, descending=True).values
    sums = ordered.cumsum(axis)
    shape = [1] * x.ndim
    shape[axis] = -1
    rank = torch.arange(1, x.shape[axis] + 1, device=x.device, dtype=x.dtype).view(shape)
    # k: how many stay positive; the largest ones, so the condition holds for a prefix
    k = (1 + rank * ordered > sums).sum(axis, keepdim=True)
    excess = (sums.gather(axis, k - 1) - 1) / k
    return torch.clamp(x - excess, min=0)


swish = silu
hard_swish = hard_silu

catalogue("activations", relu, leaky_relu, relu6, elu, celu, selu, gelu, silu, mish, glu, sigmoid, log_sigmoid)
catalogue("activations", hard_sigmoid, hard_silu, tanh, hard_tanh, tanh_shrink, hard_shrink, soft_shrink, threshold)
catalogue("activations", softplus, softsign, exponential, linear, squareplus, sparse_plus, sparse_sigmoid, softmax)
catalogue("activations", log_softmax, sparsemax, swish=swish, hard_swish=hard_swish)

written_as(ReLU, "keras.src.activations.activations", "ReLU")

_family = Family("activations", "activation function", none=linear)
get = _family.get
deserialize = _family.deserialize


def serialize(activation: Any) -> Any:
    """The name of a built-in function; a config for anything else."""
    found = PATHS.get(activation) if callable(activation) and activation.__hash__ else None
    return found[1] if found is not None and found[0] == "keras.activations" else _family.serialize(activation)


ActivationField = Annotated[Any, Kind(get, serialize)]
