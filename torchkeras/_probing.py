"""What a function does to shapes, found by running it on meta tensors with stand-ins for unknown sizes (D4)."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from torchkeras._shapes import Shape
from torchkeras._structures import leaves, map_leaves

# Two stand-ins for an unknown batch size, and for any other unknown size. The second pair is divisible by
# 64, so that U-shaped networks meet again; memory is no concern on the meta device.
BATCH_PROBES = (251, 257)
AXIS_PROBES = (64 * 7, 64 * 11)

Probes = tuple[tuple[int, ...], ...]


def probes_of(shape: Shape) -> tuple[tuple[int, ...], ...]:
    """`shape` with the unknown sizes replaced: two shapes, or one if every size is known."""
    if None not in shape:
        return (shape,)  # type: ignore[return-value]
    return tuple(
        tuple(
            size if size is not None else (BATCH_PROBES[k] if axis == 0 else AXIS_PROBES[k])
            for axis, size in enumerate(shape)
        )
        for k in range(2)
    )


class OnMeta(TorchFunctionMode):
    """Every tensor that enters a torch function does so as a meta tensor, so that weights may stay where they are.

    Of small integer tensors, which may be sizes on their way into a shape, the values go along.
    """

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if function in _NO_CONVERSION:
            return function(*args, **(kwargs or {}))
        args, kwargs = map_leaves(to_meta, args), map_leaves(to_meta, kwargs or {})
        tensors = [leaf for leaf in leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        if not tensors and function in _FROM_NUMBERS:
            return to_meta(function(*args, **{**kwargs, "device": "cpu"}))
        if not tensors or not all(hasattr(tensor, "_value") for tensor in tensors):
            return function(*args, **kwargs)
        with torch._C.DisableTorchFunction(), torch.device("cpu"):
            return map_leaves(to_meta, function(*map_leaves(_value, args), **map_leaves(_value, kwargs)))


_FROM_NUMBERS = {torch.tensor, torch.as_tensor}

# attribute reads must see the real tensor: in a property's __get__ converting would cost, and nothing is computed
_NO_CONVERSION = {Tensor.shape.__get__, Tensor.dtype.__get__, Tensor.device.__get__, Tensor.requires_grad.__get__}  # type: ignore[attr-defined]


_SIZES = 16  # numbers of axes, at most, that a shape in a tensor has


def to_meta(value: Any) -> Any:
    """A tensor's shape and dtype on the meta device; anything else as it is."""
    if not isinstance(value, Tensor) or value.device.type == "meta":
        return value
    meta = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")
    if value.ndim < 2 and value.numel() <= _SIZES and not value.is_floating_point() and not value.is_complex():
        meta._value = value.detach().clone()  # type: ignore[attr-defined]
    return meta


def _value(leaf: Any) -> Any:
    return leaf._value if isinstance(leaf, Tensor) else leaf  # type: ignore[attr-defined]


_active_probe: tuple[int, ...] | None = None  # the stand-ins in use while a function is probed
_size_asked = False  # whether a function being probed has a result whose size depends on values
_outer_device: torch.device | None = None  # the default device outside the outermost probe


@contextlib.contextmanager
def probing(index: int) -> Iterator[None]:
    """Torch functions run on the meta device; unbuilt layers inside can tell stand-ins from sizes."""
    global _active_probe, _outer_device
    if _active_probe is None:
        _outer_device = torch.get_default_device()
    previous, _active_probe = _active_probe, (BATCH_PROBES[index], AXIS_PROBES[index])
    try:
        with torch._C._EnableTorchFunction(), torch.no_grad(), OnMeta(), torch.device("meta"):
            yield
    finally:
        _active_probe = previous


def is_probing() -> bool:
    """Whether a function is being run for its shapes alone."""
    return _active_probe is not None


def unknown_size() -> int:
    """While probing: the stand-in for a size that depends on values. Asking for it makes sure of a second run."""
    global _size_asked
    _size_asked = True
    return _active_probe[1]  # type: ignore[index]


def size_was_asked() -> bool:
    """Whether :func:`unknown_size` was called since this was called last."""
    global _size_asked
    asked, _size_asked = _size_asked, False
    return asked


@contextlib.contextmanager
def off_meta() -> Iterator[None]:
    """What is made inside is real also while a function is probed: weights are made once and for good."""
    global _active_probe
    if _active_probe is None:
        yield
        return
    probe, _active_probe = _active_probe, None
    try:
        with torch.device(_outer_device or "cpu"), torch._C.DisableTorchFunction():
            yield
    finally:
        _active_probe = probe


def true_shape(shape: Sequence[int]) -> Shape:
    """While probing: the shape with ``None`` back in place of the stand-ins."""
    if _active_probe is None:
        return tuple(shape)
    batch, other = _active_probe
    return tuple(None if size == (other if axis else batch) else size for axis, size in enumerate(shape))
