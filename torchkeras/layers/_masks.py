"""Masks: they ride on tensors as ``_keras_mask`` and are passed to a ``call`` that asks for them."""

from typing import Any

from torch import Tensor

from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor
from torchkeras.layers._part import Part
from torchkeras.layers._signature import holds_tensor


class Masks(Part):
    """The part of :class:`Layer` that routes masks."""

    supports_masking = False
    produces_mask = False  # whether outputs carry a mask although no input does

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "compute_mask" in cls.__dict__ and "produces_mask" not in cls.__dict__:
            cls.produces_mask = True

    def _route_masks(self, signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Pass the masks that arguments carry to a ``call`` that asks for them.

        ``mask`` is that of the only argument with tensors. Of several, each has its own parameter, such as
        ``value_mask``; an LSTM called with an initial state must be given its mask.
        """
        free = kwargs.get("mask") is None and len(args) <= _position(signature, "mask")
        if signature.mask and free and sum(map(holds_tensor, (*args, *kwargs.values()))) == 1:
            mask = mask_of(_first(signature, args, kwargs))
            if mask is not None:
                kwargs["mask"] = mask
        for name, parameter in signature.masks.items():
            position = signature.names.index(name)
            value = args[position] if position < len(args) else kwargs.get(name)
            if kwargs.get(parameter) is None and mask_of(value) is not None:
                kwargs[parameter] = mask_of(value)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of the output: the input's own, for layers that keep the axes of time and batch."""
        return previous_mask

    def _set_masks(self, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        if not self.supports_masking and not self.produces_mask:
            return
        first, previous = _first(self._signature, args, kwargs), kwargs.get("mask")
        if previous is None:
            previous = mask_of(first)
        if previous is None and not self.produces_mask:
            return
        masks = self.compute_mask(first, previous)
        if masks is None:
            return
        flat = [masks] if isinstance(masks, (Tensor, KerasTensor)) else list(leaves(masks))
        for output, mask in zip(leaves(outputs), flat, strict=False):
            if mask is not None and isinstance(output, (Tensor, KerasTensor)) and mask_of(output) is None:
                output._keras_mask = mask  # type: ignore[union-attr]


def _first(signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The first argument of ``call``, also if it was given by name."""
    return args[0] if args else kwargs.get(signature.names[0]) if signature.names else None


def mask_of(value: Any) -> Any:
    """The mask a tensor carries; for a structure, a structure of masks, or None if no tensor has one."""
    if not isinstance(value, (list, tuple, dict)):
        return getattr(value, "_keras_mask", None)
    masks = map_leaves(mask_of, value)
    return masks if any(mask is not None for mask in leaves(masks)) else None


def _position(signature: Any, name: str) -> int:
    return signature.names.index(name) if name in signature.names else len(signature.names)
