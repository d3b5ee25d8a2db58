"""Optimizers that users wrote for Keras 1 and 2: ``get_updates(loss, params)`` makes variables and asks for updates.

Keras called it once, for a graph. Here it runs in every step: what it makes is made in the first one, and its updates
happen when it is over.
"""

import inspect
from typing import Any

import torch

from torchkeras._eras._methods._former import Former
from torchkeras._eras._replaying import Replay
from torchkeras.ops._op import tensor
from torchkeras.optimizers import Optimizer


def writes_updates(cls: type) -> bool:
    """Whether the class has a ``get_updates`` of its own."""
    found = next((vars(base)["get_updates"] for base in cls.__mro__ if "get_updates" in vars(base)), None)
    return found is not None and not isinstance(found, Former)


class _NoConstraints(dict[Any, Any]):
    """Keras 1's table of constraints: variables have their own, which are applied afterwards."""

    def __contains__(self, variable: Any) -> bool:
        return False


def _apply(self: Any, grads: Any, trainable_variables: Any = None) -> None:
    """One step: what the class' ``get_updates`` asks for with these gradients."""
    variables = list(self._trainable_variables if trainable_variables is None else trainable_variables)
    if not self.built:
        self.build(variables)
    replay = vars(self).setdefault("_replay", Replay())
    known = {"loss": None, "params": variables, "constraints": _NoConstraints()}
    wanted = {name: known[name] for name in inspect.signature(self.get_updates).parameters if name in known}
    with torch.no_grad():
        pairs = zip(grads, variables)
        self._given = _clipped(self, [torch.zeros_like(v.value) if g is None else tensor(g) for g, v in pairs])
        try:
            with replay.running():
                self.get_updates(**wanted)
        finally:
            del self._given
        for variable in self._constrained:
            variable.assign(variable.constraint(variable.value))


def _clipped(self: Any, gradients: list[Any]) -> list[Any]:
    """As Keras 2 did it: the norm is that of all gradients together."""
    if self.clipnorm:
        norm = torch.sqrt(sum((gradient**2).sum() for gradient in gradients))
        gradients = [gradient * torch.clamp(self.clipnorm / (norm + 1e-12), max=1.0) for gradient in gradients]
    if self.clipvalue:
        gradients = [gradient.clamp(-self.clipvalue, self.clipvalue) for gradient in gradients]
    return gradients


def let_optimizers_be_written() -> None:
    """Serve such classes, from now on."""
    today = Optimizer.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        cls = type(self)
        if writes_updates(cls):
            if not args and kwargs.keys().isdisjoint(("lr", "learning_rate")):
                args = (0.01,)  # which the class sets itself, as `self.lr`
            if cls.apply is Optimizer.apply:
                cls.apply = _apply
        today(self, *args, **kwargs)

    Optimizer.__init__ = __init__  # type: ignore[method-assign]
