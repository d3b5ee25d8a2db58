"""In which dtype a layer keeps its weights and in which one it computes."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras import _registry, _settings, dtype_policies
from torchkeras._dtypes import to_torch_dtype
from torchkeras.layers import _casting
from torchkeras.layers._part import Part


class Precision(Part):
    """The part of :class:`Layer` that has a dtype policy."""

    _ready: bool
    _casts: Any = None
    _casts_inputs = True  # whether floating inputs are cast to the compute dtype; a graph leaves that to its layers
    _casts_weights = True  # whether mixed precision reads the weights in the compute dtype

    @property
    def dtype_policy(self) -> Any:
        """The policy that says in which dtype weights are kept and in which one is computed."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        given = dtype_policies.get(value)
        policy = given[self._path] if isinstance(given, dtype_policies.DTypePolicyMap) else given
        self.__dict__.update(_dtype_policy=given, _policy=policy, _ready=False)
        name = policy.compute_dtype or _settings.floatx
        self.__dict__["_compute"] = to_torch_dtype(name) if name != "string" else None
        self.__dict__["_mixed"] = policy.compute_dtype != policy.variable_dtype
        _casting.changed()

    def _settle_policy(self) -> None:
        """Look a map of policies up again: the path is known when the layer is about to be built."""
        if isinstance(self._dtype_policy, dtype_policies.DTypePolicyMap):
            self.__dict__["_path"] = "/".join([*_registry.name_scopes, self.name])
            self.dtype_policy = self._dtype_policy

    @property
    def dtype(self) -> str:
        """The dtype of the weights."""
        return self._policy.variable_dtype

    variable_dtype = dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype of the computation, to which floating inputs are cast."""
        return self._policy.compute_dtype

    input_dtype = compute_dtype

    def _apply(self, function: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        """``.half()``, ``.double()``, ``.to(dtype)``: the policy follows the weights."""
        result = super()._apply(function, recurse)
        before = to_torch_dtype(self.variable_dtype)
        after = function(torch.empty(0, dtype=before, device=_settings.device())).dtype
        if after is not before:
            ready = self._ready
            self.dtype_policy = str(after).removeprefix("torch.")
            self.__dict__["_ready"] = ready
        return result
