"""Base of the classes that a layer and a model are put together from, each one concern in a file of its own."""

from typing import TYPE_CHECKING, Any

from torch import nn


class Part(nn.Module):
    """One concern of :class:`Layer` or :class:`Model`."""

    activity_regularizer: Any
    _ready: bool  # whether a call with one tensor has nothing left to decide

    if TYPE_CHECKING:
        # The other parts see to most attributes; `nn.Module` would promise `Tensor | Module` for each.
        def __getattr__(self, name: str) -> Any: ...
