"""Contexts around tensors and names: ``keras.name_scope``, ``keras.device``, ``keras.StatelessScope``, ...

A stateless scope swaps the tensors of variables for others while it is open, so that nothing has to be
asked when a variable is read.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from torchkeras import _registry, _settings, _variable
from torchkeras._errors import brief
from torchkeras._variable import Variable


class name_scope(contextlib.AbstractContextManager[Any]):
    """Variables made inside have `name` in their path: ``with name_scope("block"): ...``.

    Args:
        name: without slashes.
        caller: accepted for compatibility.
        deduplicate: accepted for compatibility.
        override_parent: a path that stands in for the enclosing scopes.
    """

    def __init__(
        self, name: str, caller: Any = None, deduplicate: bool = True, override_parent: str | None = None
    ) -> None:
        if not isinstance(name, str) or "/" in name:
            raise ValueError(
                f"Argument `name` must be a string and cannot contain character `/`. Received: name={name}"
            )
        self.name = name
        self.override_parent = override_parent

    def __enter__(self) -> "name_scope":
        self._outer = list(_registry.name_scopes)
        outer = self._outer if self.override_parent is None else [self.override_parent]
        _registry.name_scopes[:] = [*outer, self.name]
        return self

    def __exit__(self, *error: Any) -> None:
        _registry.name_scopes[:] = self._outer


@contextlib.contextmanager
def device(device_name: str | torch.device) -> Iterator[torch.device]:
    """Tensors and weights made inside are on that device: ``"cpu"``, ``"gpu:0"``, ``"cuda:1"``."""
    chosen = torch.device(str(device_name).lower().replace("gpu", "cuda"))
    previous = _settings.set_device(chosen)
    try:
        with chosen:
            yield chosen
    finally:
        _settings.set_device(previous)


class StatelessScope(contextlib.AbstractContextManager[Any]):
    """Variables have other values inside, and what is assigned to them is kept here, not in them.

    Args:
        state_mapping: pairs ``(variable, tensor)``, the tensors in Keras' layout.
        collect_losses: whether ``add_loss`` collects here, in :attr:`losses`.
        initialize_variables: whether variables that are made inside get their value when the scope is left.
    """

    def __init__(
        self,
        state_mapping: Iterable[tuple[Variable, Any]] | None = None,
        collect_losses: bool = False,
        initialize_variables: bool = True,
    ) -> None:
        self.collect_losses = collect_losses
        self.initialize_variables = initialize_variables
        self.losses: list[Tensor] = []
        self.state_mapping: dict[int, Tensor] = {}
        self.deferred: list[Variable] = []
        self._variables: dict[int, Variable] = {}
        self._originals: dict[int, Tensor | None] = {}
        for variable, value in state_mapping or ():
            self._map(variable, value)

    def _map(self, variable: Any, value: Any) -> None:
        if not isinstance(variable, Variable):
            raise ValueError(
                "Invalid reference variable in StatelessScope: all keys in `state_mapping` must be Variable instances, "
                f"got {brief(variable)}."
            )
        value = value.value if isinstance(value, Variable) else torch.as_tensor(value, device=variable.tensor.device)
        value = value.to(variable.tensor.dtype) if value.is_floating_point() else value
        if tuple(value.shape) != variable.shape:
            raise ValueError(
                "Invalid variable value in StatelessScope: all values in `state_mapping` must be tensors with a shape "
                f"that matches the corresponding variable. {variable.path} has shape {variable.shape}, got shape "
                f"{tuple(value.shape)}."
            )
        self.add_update((variable, value))

    def add_update(self, update: tuple[Variable, Tensor]) -> None:
        """Let a variable have a value from now on, inside this scope."""
        variable, value = update
        self.state_mapping[id(variable)] = value
        self._variables[id(variable)] = variable
        if _variable.stateless is self:
            self._swap(variable)

    def _swap(self, variable: Variable) -> None:
        key = id(variable)
        self._originals.setdefault(key, variable._value)
        variable._put(variable._layout.to_torch(self.state_mapping[key]))

    def add_loss(self, loss: Tensor) -> None:
        """Keep a loss in :attr:`losses`."""
        self.losses.append(loss)

    def get_current_value(self, variable: Variable) -> Tensor | None:
        """The value of a variable inside this scope, None if it has none of its own."""
        return self.state_mapping.get(id(variable))

    def __enter__(self) -> "StatelessScope":
        self._outer, _variable.stateless = _variable.stateless, self
        for variable in list(self._variables.values()):
            self._swap(variable)
        return self

    def __exit__(self, *error: Any) -> None:
        _variable.stateless = self._outer
        for key, original in self._originals.items():
            self._variables[key]._put(original)
        self._originals.clear()
        if self.initialize_variables and self._outer is None:
            for variable in self.deferred:
                variable._deferred_initialize()


class SymbolicScope(contextlib.AbstractContextManager[Any]):
    """Marks a block in which only shapes are computed; nothing here needs the mark."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        del args, kwargs

    def __exit__(self, *error: Any) -> None:
        return None


class RematScope(contextlib.AbstractContextManager[Any]):
    """Marks a block whose activations should be computed anew for the gradient.

    The mark is kept in :attr:`active` and read by nobody yet; :func:`remat` does it for one function.

    Args:
        mode: ``"full"``, ``"activations"``, ``"larger_than"``, ``"list_of_layers"`` or None.
        output_size_threshold: for ``"larger_than"``: the number of elements.
        layer_names: for ``"list_of_layers"``.
    """

    MODES = ("full", "activations", "larger_than", "list_of_layers", None)
    active: list["RematScope"] = []

    def __init__(
        self, mode: str | None = "full", output_size_threshold: int = 1024, layer_names: list[str] | None = None
    ) -> None:
        if mode not in self.MODES:
            raise ValueError(f"Invalid mode {mode!r}. Supported modes are: {', '.join(map(repr, self.MODES))}.")
        self.mode = mode
        self.output_size_threshold = output_size_threshold
        self.layer_names = layer_names or []

    def __enter__(self) -> "RematScope":
        self.active.append(self)
        return self

    def __exit__(self, *error: Any) -> None:
        self.active.pop()


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """`f` with what it computes on the way forgotten, and computed anew for the gradient (less memory, more time)."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return checkpoint(f, *args, use_reentrant=False, **kwargs)

    return wrapped
