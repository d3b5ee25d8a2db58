"""``keras.layers.merge._Merge``: what scripts of Keras 2 derive their own joining layers from."""

from collections.abc import Sequence
from typing import Any

from torchkeras.layers._merge import Merge

__all__ = ["_Merge"]


class _Merge(Merge):
    """Base of a layer that joins tensors: subclasses write ``_merge_function(self, inputs)``."""

    def _merge(self, inputs: list[Any]) -> Any:
        return self._merge_function(inputs)

    def _merge_function(self, inputs: Sequence[Any]) -> Any:
        """The joined tensor, of tensors of one rank."""
        raise NotImplementedError(f"{type(self).__name__} needs a `_merge_function(self, inputs)`.")
