"""Counting the multiply-adds of a run on the meta device, op by op as torch dispatches them."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

aten = torch.ops.aten
# products that torch's own table of flops leaves out: how many multiply-adds for these arguments
_PRODUCTS: dict[Any, Callable[..., int]] = {
    aten.mv: lambda matrix, vector: matrix.numel(),
    aten.addmv: lambda bias, matrix, vector, **_: matrix.numel(),
    aten.dot: lambda first, second: first.numel(),
    aten.addbmm: lambda bias, first, second, **_: first.numel() * second.shape[-1],
}
# ops that multiply, too, but by rules of their own: with one of them the count would be too low, so there is none
_UNCOUNTED = ("linalg_", "_linalg_", "_fft_", "_cdist", "_euclidean_dist", "_trilinear", "cholesky", "triangular_solve")


def _like_first(tensor: Tensor, *_: Any) -> tuple[Tensor, Tensor, Tensor]:
    return torch.empty_like(tensor), tensor.new_empty(0), tensor.new_empty(0)


def _reshaped(tensor: Tensor, shape: Any, *_: Any) -> Tensor:
    if isinstance(shape, torch.dtype):
        return aten.view.dtype(tensor, shape)
    # strides of results made up here are not those of torch: what is a view there may need a copy here
    return tensor.new_empty(tensor.shape).reshape(shape)


# run on the meta device by Python code that takes seconds to import, and this is all that there is to know
_SHORT_CUTS: dict[Any, Callable[..., Any]] = {
    aten.mean: lambda tensor, *args, dtype=None: tensor.sum(*args),
    aten.view: _reshaped,
    aten._unsafe_view: _reshaped,
    aten._reshape_alias: _reshaped,
    aten.stack: lambda tensors, dim=0: tensors[0].unsqueeze(dim).repeat_interleave(len(tensors), dim),
    aten.addmm: lambda bias, first, second, **_: first.new_empty(first.shape[0], second.shape[1]),
    aten.native_batch_norm: _like_first,
    aten._native_batch_norm_legit: _like_first,
    aten._native_batch_norm_legit_no_training: _like_first,
    aten.native_layer_norm: _like_first,
    aten.native_group_norm: _like_first,
}


# elementwise like those that torch tags as such
_POINTWISE = {aten.gelu, aten.leaky_relu, aten.elu, aten.softplus, aten.hardtanh, aten._safe_softmax, aten._softmax}
_ODD = {"dtype", "out"}  # arguments that say another dtype or another place
_BOOLEAN = {"eq", "ne", "lt", "gt", "le", "ge", "isnan", "isinf", "isposinf", "isneginf", "signbit"}
_BOOLEAN |= {"logical_and", "logical_or", "logical_xor", "logical_not"}


def _run(function: Any, args: Any, kwargs: Any) -> Any:
    """What an op returns for meta tensors, past torch's Python code in the common case: elementwise, one dtype."""
    packet = function.overloadpacket
    if packet in _SHORT_CUTS:
        return _SHORT_CUTS[packet](*args, **kwargs)
    tensors = [arg for arg in args if isinstance(arg, Tensor)]
    others = {tensor.dtype for tensor in tensors} - {torch.bool}  # a mask does not change what comes out
    floating = len(others) == 1 and next(iter(others)).is_floating_point
    elementwise = (torch.Tag.pointwise in function.tags or packet in _POINTWISE) and len(function._schema.returns) == 1
    if not floating or not elementwise or _ODD & kwargs.keys():
        return function(*args, **kwargs)
    if function._schema.is_mutable:
        return tensors[0]
    dtype = torch.bool if packet.__name__ in _BOOLEAN else others.pop()
    shape = torch.broadcast_shapes(*(tensor.shape for tensor in tensors))
    like = next((tensor for tensor in tensors if tensor.shape == shape), None)
    return torch.empty(shape, dtype=dtype, device="meta") if like is None else torch.empty_like(like, dtype=dtype)


class Counter(TorchDispatchMode):
    """Adds up the multiply-adds of all matrix products and convolutions that torch dispatches."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        self.exact = True

    def _count(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        packet = function.overloadpacket
        result = _run(function, args, kwargs)
        if packet in flop_registry:
            self.total += flop_registry[packet](*args, **kwargs, out_val=result) // 2
        elif packet in _PRODUCTS:
            self.total += _PRODUCTS[packet](*args, **kwargs)
        elif function.namespace not in ("aten", "prim", "prims") or function.__name__.startswith(_UNCOUNTED):
            self.exact = False
        return result


# assigned late: torch wraps the method of a class body to hide it from dynamo, and the wrapper takes seconds to import
Counter.__torch_dispatch__ = Counter._count  # type: ignore[assignment]
