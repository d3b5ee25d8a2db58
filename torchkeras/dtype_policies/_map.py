"""Policies by layer path."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from torchkeras._errors import brief
from torchkeras.dtype_policies._lookup import as_config, get
from torchkeras.dtype_policies._policy import DTypePolicy, dtype_policy
from torchkeras.dtype_policies._quantized import QuantizedDTypePolicy


class DTypePolicyMap(DTypePolicy, MutableMapping[str, DTypePolicy]):
    """Layer paths, or regular expressions that match whole paths, to policies.

    Args:
        default_policy: the policy of a path that no key matches; None for the global one.
        policy_map: the entries to start with.

    Raises:
        ValueError: two keys match one path.
    """

    def __init__(self, default_policy: Any = None, policy_map: dict[str, Any] | None = None) -> None:
        if policy_map is not None and not isinstance(policy_map, dict):
            raise TypeError(
                f"If specified, `policy_map` must be a dict. Received: policy_map={brief(policy_map)} of type "
                f"{type(policy_map)}"
            )
        self._given_default = None if default_policy is None else get(default_policy)
        self._policies = {path: get(policy) for path, policy in (policy_map or {}).items()}

    @property
    def default_policy(self) -> Any:
        return self._given_default or dtype_policy()

    @property
    def name(self) -> str:
        return f"map_{self.default_policy.name}"

    @property
    def compute_dtype(self) -> str:
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self.default_policy.variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        return self.default_policy.quantization_mode

    def __getitem__(self, path: str) -> Any:
        if path in self._policies:
            return self._policies[path]
        found = [key for key in self._policies if isinstance(key, str) and re.fullmatch(key, path)]
        if len(found) > 1:
            raise ValueError(
                f"Path '{path}' matches multiple dtype policy specification keys: {found}. Please make sure each path "
                "only matches at most one dtype policy specification key in the DTypePolicyMap."
            )
        return self._policies[found[0]] if found else self.default_policy

    def __setitem__(self, path: str, policy: Any) -> None:
        if path in self._policies:
            raise ValueError(
                f"{path} already exist in the DTypePolicyMap with value {self._policies[path]}. Please make sure to "
                "not use duplicated keys."
            )
        try:
            self._policies[path] = get(policy)
        except (ValueError, TypeError):
            raise ValueError(
                "Cannot interpret the assigned value by `keras.dtype_policies.get`. "
                f"Received: {brief(policy)} of type {type(policy)}"
            ) from None

    def __delitem__(self, path: str) -> None:
        del self._policies[path]

    def pop(self, path: str, *default: Any) -> Any:
        return self._policies.pop(path, *default)

    def __contains__(self, path: object) -> bool:
        return path in self._policies

    def __len__(self) -> int:
        return len(self._policies)

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def _identity(self) -> tuple[Any, ...]:
        return (self._given_default, *self._policies.items())

    __hash__ = DTypePolicy.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicyMap) and self._identity() == other._identity()

    def get_config(self) -> dict[str, Any]:
        """The entries; without a default policy of its own they are written to follow the global one, as in Keras."""
        entries = {path: as_config(policy) for path, policy in self._policies.items()}
        if self._given_default is None:
            for path, written in entries.items():
                quantized = isinstance(self._policies[path], QuantizedDTypePolicy)
                written["config"]["source_name" if quantized else "name"] = None
        return {"default_policy": self._given_default and self._given_default.name, "policy_map": entries}

    def __repr__(self) -> str:
        mapping = [(path, policy.name) for path, policy in self._policies.items()]
        return f"<DTypePolicyMap at {hex(id(self))} default_policy={self.default_policy.name}, mapping={mapping}>"
