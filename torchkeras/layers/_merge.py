"""What the layers that join tensors share: shapes that broadcast, masks, the short way for plain tensors."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import ops
from torchkeras._errors import brief
from torchkeras._fields import fields
from torchkeras._shapes import is_shape
from torchkeras._symbolic import KerasTensor
from torchkeras.layers._layer import Layer


@fields
class Merge(Layer):
    """Base of the layers that join tensors: ``[shape, shape, ...] -> shape``.

    A tensor of lower rank gets axes of size 1 after the batch; then shapes broadcast.
    """

    supports_masking = True
    produces_mask = False  # unless inputs have masks

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # the way of every step: plain tensors of the right dtype without masks
        if self._ready and not kwargs and len(args) == 1 and isinstance(args[0], (list, tuple)):
            for x in args[0]:
                if type(x) is not Tensor or x.dtype is not self._compute or getattr(x, "_keras_mask", None) is not None:
                    break
            else:
                try:
                    return nn.Module.__call__(self, args[0])
                except RuntimeError:
                    self._check([tuple(x.shape) for x in args[0]])  # shapes that do not fit get our words
                    raise
        return super().__call__(*args, **kwargs)

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        self.built = True

    def _check(self, shapes: Any) -> None:
        if is_shape(shapes) or not isinstance(shapes, (list, tuple)):
            raise ValueError(
                f'{type(self).__name__} "{self.name}": a merge layer should be called on a list of inputs, got one '
                f"input of shape {shapes}."
            )
        if not shapes:
            raise ValueError(f'{type(self).__name__} "{self.name}": a merge layer needs at least one input, got none.')
        batches = {shape[0] for shape in shapes if shape and shape[0] is not None}
        if len(batches) > 1:
            raise ValueError(
                f'{type(self).__name__} "{self.name}": Cannot merge tensors with different batch sizes, got shapes '
                f"{[tuple(shape) for shape in shapes]}."
            )
        self.compute_output_shape(shapes)

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        if isinstance(inputs, Tensor):
            self._check(tuple(inputs.shape))
        rank = max(x.ndim for x in inputs)
        return self._merge([x if x.ndim == rank else _with_axes(x, rank) for x in inputs])

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Any:
        rank = max(len(shape) for shape in input_shape)
        padded = [(*shape[:1], *(1,) * (rank - len(shape)), *shape[1:]) for shape in input_shape]
        return tuple(self._joined_size(sizes, input_shape) for sizes in zip(*padded, strict=True))

    def _joined_size(self, sizes: Sequence[int | None], shapes: Any) -> int | None:
        known = {size for size in sizes if size not in (None, 1)}
        if len(known) > 1:
            raise ValueError(
                f'{type(self).__name__} "{self.name}": Inputs have incompatible shapes, which do not broadcast: '
                f"{[tuple(shape) for shape in shapes]}."
            )
        if None in sizes:  # an unknown size beside a known one may still turn out to be 1
            return None
        return known.pop() if known else 1

    def compute_output_spec(self, inputs: Any, mask: Any = None) -> Any:
        return _spec(self, inputs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """True where any input's mask is; no mask if an input has none."""
        if mask is None:
            return None
        check_masks(self, inputs, mask)
        return None if any(m is None for m in mask) else joined(ops.logical_or, mask)


def _spec(layer: Any, inputs: Sequence[Any]) -> KerasTensor:
    """The symbolic output, from the layer's formula: for the true shapes and for those of the probes."""
    shapes = [tuple(x.shape) for x in inputs]
    layer._check(shapes)
    runs = max(len(x._probes) if isinstance(x, KerasTensor) else 1 for x in inputs)
    probes = tuple(tuple(layer.compute_output_shape([_probe_shape(x, index) for x in inputs])) for index in range(runs))
    dtypes = {x.dtype for x in inputs if isinstance(x, KerasTensor)}
    dtype = dtypes.pop() if len(dtypes) == 1 else layer.compute_dtype
    shape = tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*probes, strict=True))
    return KerasTensor(shape, dtype, probes=probes if None in shape else probes[:1])


def _probe_shape(x: Any, index: int) -> tuple[int, ...]:
    return x._probes[min(index, len(x._probes) - 1)] if isinstance(x, KerasTensor) else tuple(x.shape)


def _with_axes(x: Tensor, rank: int) -> Tensor:
    return x.reshape(x.shape[0], *(1,) * (rank - x.ndim), *x.shape[1:])


def check_masks(layer: Layer, inputs: Any, mask: Any) -> None:
    if not isinstance(mask, (list, tuple)):
        raise ValueError(f'{type(layer).__name__} "{layer.name}": `mask` should be a list, got {brief(mask)}.')
    if not isinstance(inputs, (list, tuple)):
        raise ValueError(f'{type(layer).__name__} "{layer.name}": `inputs` should be a list, got {brief(inputs)}.')
    if len(mask) != len(inputs):
        raise ValueError(
            f'{type(layer).__name__} "{layer.name}": `inputs` and `mask` should have the same length, got '
            f"{len(inputs)} and {len(mask)}."
        )


def joined(function: Any, values: Sequence[Any]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = function(result, value)
    return result


class MaskedMerge(Merge):
    """Joins two by two, and leaves out what is masked: there the other input counts alone."""

    def call(self, inputs: Sequence[Tensor], mask: Any = None) -> Tensor:
        if mask is None or all(m is None for m in mask):
            return super().call(inputs)
        out, valid = inputs[0], _spread(mask[0], inputs[0])
        for x, m in zip(inputs[1:], mask[1:], strict=True):
            m = _spread(m, x)
            out = torch.where(valid & m, self._merge([out, x]), torch.where(m, x, out))
            valid = valid | m
        return self._fill(out, valid)

    def _fill(self, out: Tensor, valid: Tensor) -> Tensor:
        return out


def _spread(mask: Any, x: Tensor) -> Tensor:
    if mask is None:
        return torch.ones((), dtype=torch.bool, device=x.device)
    return mask.reshape(*mask.shape, *(1,) * (x.ndim - mask.ndim))
