"""Where the numbers of a file live in a model: what a part stores, and how values get into it piece by piece."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._dtypes import to_torch_dtype
from torchkeras._variable import Variable
from torchkeras.layers import Layer
from torchkeras.optimizers import Optimizer


class Place:
    """One array of a part: a variable, or a tensor of a torch module.

    Args:
        target: the variable or tensor.
        name: its name, for messages.
    """

    def __init__(self, target: Variable | Tensor, name: str) -> None:
        self.target, self.name = target, name
        self.shape: tuple[int, ...] = tuple(target.shape)
        self.dtype: torch.dtype = to_torch_dtype(target.dtype)

    def value(self) -> Tensor:
        """The numbers, in Keras' layout."""
        return (self.target.value if isinstance(self.target, Variable) else self.target).detach()

    def view(self) -> Tensor | None:
        """A view in Keras' layout on the memory itself; None if there is none."""
        target = self.target
        if not isinstance(target, Variable):
            return target.detach()
        stored = _stored(target)
        found = None if stored is None else target._layout.to_keras(stored)
        same = found is not None and found.untyped_storage().data_ptr() == stored.untyped_storage().data_ptr()  # type: ignore[union-attr]
        return found if same else None

    @torch.no_grad()
    def fill(self, pieces: Iterable[tuple[int, Tensor]]) -> None:
        """Take the numbers, which come as rows from a first one on; converted to the own dtype."""
        view = self.view()
        whole = torch.empty(self.shape, dtype=self.dtype) if view is None else view
        for start, piece in pieces:
            (whole[start : start + len(piece)] if whole.ndim else whole).copy_(piece)
        if view is None:
            self.target.assign(whole)  # type: ignore[union-attr]


def _stored(variable: Variable) -> Tensor | None:
    """The tensor that holds the variable's numbers, if one does: not behind a parametrization, not a host number."""
    owner = variable._owner
    if owner is None:
        return variable._tensor.detach() if variable.__dict__.get("_tensor") is not None else None  # type: ignore[union-attr]
    found: Tensor | None = owner._parameters.get(variable._attribute)
    found = owner._buffers.get(variable._attribute) if found is None else found
    return None if found is None else found.detach()


_PLAIN_SAVE = {Layer.save_own_variables, Optimizer.save_own_variables}
_PLAIN_LOAD = {Layer.load_own_variables, Optimizer.load_own_variables}


def places(part: Any) -> dict[str, Place]:
    """The arrays of a part, by the keys that files have for them."""
    if isinstance(part, Optimizer):
        found: dict[str, Any] = {str(index): variable for index, variable in enumerate(part.variables)}
    elif isinstance(part, Layer):
        found = part._stored()
    else:
        found = {key: value for key, value in part.state_dict().items() if isinstance(value, Tensor)}
    return {key: Place(value, getattr(value, "name", None) or key) for key, value in found.items()}


def saves_plainly(part: Any) -> bool:
    """Whether files hold just the arrays of :func:`places`: the part has no way of its own to store them."""
    return not hasattr(part, "save_own_variables") or type(part).save_own_variables in _PLAIN_SAVE


def loads_plainly(part: Any) -> bool:
    """The same for reading."""
    return not hasattr(part, "load_own_variables") or type(part).load_own_variables in _PLAIN_LOAD


class Store(dict[str, Any]):
    """What ``save_own_variables`` fills and ``load_own_variables`` reads: arrays by name."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(str(key), value)


def stored(part: Any) -> Iterable[tuple[str, Tensor | np.ndarray[Any, Any]]]:
    """The arrays that a file holds for the part, made one at a time where that is possible."""
    if saves_plainly(part):
        return ((key, place.value()) for key, place in places(part).items())
    store = Store()
    part.save_own_variables(store)
    return [(key, _array(part, key, value)) for key, value in store.items()]


def _array(part: Any, key: str, value: Any) -> Tensor | np.ndarray[Any, Any]:
    if isinstance(value, Variable):
        return value.value.detach()
    if isinstance(value, Tensor):
        return value.detach()
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"`{type(part).__name__}.save_own_variables`: expected numbers under {key!r}, got "
            f"{type(value).__name__} of dtype {array.dtype}. Files of weights hold arrays of numbers."
        )
    return array
