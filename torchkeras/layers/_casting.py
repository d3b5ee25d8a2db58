"""Mixed precision: for the length of a call, weights are read in the dtype in which their layer computes.

The outermost call of a layer with a mixed policy casts the weights of all mixed layers below it, once, and drops the
casts when it returns. Gradients flow through them to the stored weights; a weight that is used twice is cast once.

As in Keras, a dtype then follows from the arguments alone. ``torch.autocast`` chooses it by the operation instead,
which gives other output dtypes than Keras', and entering it costs as much as a small layer. It serves plain torch
modules, whose authors count on it.
"""

import functools
import threading
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import _settings
from torchkeras._variable import Variable
from torchkeras.layers._part import Part

_PLAIN = (Tensor, nn.Parameter)
_lock = threading.RLock()  # of two threads in one model, the second one finds all casts made, or none
_version = 0  # grows whenever layers or their weights change: lists made before that may lack something


def changed() -> None:
    """Let every list of weights to cast be made anew."""
    global _version
    _version += 1


class Casts:
    """What the calls of one mixed layer cast: its weights, and those of the mixed layers below.

    Args:
        layer: the layer.
        below: whether layers below it count.
    """

    def __init__(self, layer: Any, below: bool = True) -> None:
        self.version = _version
        self.entries = _entries(layer, own=True)
        for other in layer._flatten_layers(include_self=False) if below else ():
            if other._mixed:
                self.entries += _entries(other, own=False)
        self.modules = [module for module in layer._children() if not isinstance(module, Part)]
        inside = [layer._modules.get(name) for name in layer._internal_modules]
        self.modules += [module for module in inside if module is not None and _is_parametrized(module)]
        self.dtype = layer._compute
        self.calls = 0  # were two threads in one model, the last one to leave drops the casts
        self._shown: list[Variable] = []
        self._forwards: list[tuple[nn.Module, Any]] = []

    @property
    def needed(self) -> bool:
        """Whether no outer call has made the casts already."""
        return bool(self.modules or (self.entries and self.entries[0][0]._cast is None))

    def show(self) -> None:
        """Make the casts that are not there yet."""
        for variable, dtype, own in self.entries:
            if variable._cast is None:
                stored = variable.tensor
                if own or type(stored) in _PLAIN:  # a sharded weight is whole only while its own layer runs
                    variable._show(stored.to(dtype))
                    self._shown.append(variable)
        for module in self.modules:
            self._forwards.append((module, module.__dict__.get("forward")))
            module.__dict__["forward"] = functools.partial(_with_autocast, module.forward, self.dtype)

    def drop(self) -> None:
        """Forget what :meth:`show` made."""
        for variable in self._shown:
            variable._hide()
        self._shown.clear()
        for module, forward in self._forwards:
            del module.__dict__["forward"]
            if forward is not None:
                module.__dict__["forward"] = forward
        self._forwards.clear()


def _entries(layer: Any, own: bool) -> list[tuple[Variable, torch.dtype, bool]]:
    if not (layer.autocast and layer._casts_weights):
        return []
    known = {variable._attribute for variable in layer._own if variable._owner is layer}
    bare = [Variable.over(layer, name) for name in layer._parameters if name not in known]  # a user's `nn.Parameter`
    return [
        (variable, layer._compute, own)
        for variable in (*layer._own, *bare)
        if variable.autocast and not _is_parametrized(variable._owner) and _differs(variable.tensor, layer._compute)
    ]


def _is_parametrized(owner: Any) -> bool:
    """Whether ``torch.nn.utils.parametrize`` computes weights of the module, which then hides what lies beside them."""
    return hasattr(owner, "parametrizations")


def _differs(stored: Tensor | None, dtype: torch.dtype) -> bool:
    return stored is not None and stored.is_floating_point() and stored.dtype is not dtype


def _with_autocast(forward: Any, dtype: torch.dtype, *args: Any, **kwargs: Any) -> Any:
    with torch.autocast(_settings.device().type, dtype):
        return forward(*args, **kwargs)


def run(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``layer.call``, with weights in the compute dtype."""
    compiling = torch.compiler.is_compiling()
    # the compiler joins equal casts itself
    casts = Casts(layer, below=False) if compiling else _begin(layer)
    try:
        if compiling and casts.needed:
            casts.show()
        return layer.call(*args, **kwargs)
    finally:
        if compiling:
            casts.drop()
        else:
            _end(casts)


def _begin(layer: Any) -> Casts:
    with _lock:
        casts = layer._casts
        if casts is None or (casts.version != _version and not casts.calls):
            casts = layer.__dict__["_casts"] = Casts(layer)
        casts.calls += 1
        try:
            if casts.needed:
                casts.show()
        except BaseException:
            _end(casts)
            raise
        return casts


def _end(casts: Casts) -> None:
    with _lock:
        casts.calls -= 1
        if not casts.calls:
            casts.drop()
