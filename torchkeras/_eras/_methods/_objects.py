"""What symbolic tensors, variables, metrics and regularizers had."""

from typing import Any

import torch

from torchkeras._eras._methods._former import Rows, attribute, method
from torchkeras._symbolic import KerasTensor
from torchkeras._tensorflow._tensor_shape import TensorShape
from torchkeras._variable import Variable
from torchkeras.metrics import Metric
from torchkeras.regularizers import Regularizer


def _set_param(self: Any, parameter: Any) -> None:
    """Penalize this weight from now on."""
    parameter.regularizer = self


def _set_layer(self: Any, layer: Any) -> None:
    """Penalize this layer's outputs from now on."""
    layer.activity_regularizer = self


def let_states_change_within_a_call() -> None:
    """A state that a user's layer assigns in its call becomes a new tensor, from now on.

    What was computed from the old one keeps it for its gradient, as in TensorFlow, where reading gives a copy.
    """
    today = Variable._store

    def _store(self: Any, value: Any) -> None:
        owner, name = self._owner, self._attribute
        if name in getattr(owner, "_buffers", ()) and _is_users(type(owner)):
            owner._buffers[name] = torch.empty_like(owner._buffers[name]).copy_(value.detach())
        else:
            today(self, value)

    Variable._store = _store  # type: ignore[method-assign]


def _is_users(cls: type) -> bool:
    return cls.__module__.partition(".")[0] not in ("torchkeras", "torch")


SYMBOL: Rows = {
    "_keras_shape": attribute(lambda self: self.shape, "tensor.shape"),
    "get_shape": method(lambda self: TensorShape(self.shape), "tensor.shape"),
    "_uses_learning_phase": attribute(lambda self: False),
}
VARIABLE: Rows = {
    "get_value": method(lambda self: self.numpy(), "variable.numpy()"),
    "set_value": method(lambda self, value: self.assign(value), "variable.assign(value)"),
    "eval": method(lambda self, session=None: self.numpy(), "variable.numpy()"),
    "read_value": method(lambda self: self.value.clone(), "variable.value"),
    "get_shape": method(lambda self: TensorShape(self.shape), "variable.shape"),
    "_keras_shape": attribute(lambda self: self.shape, "variable.shape"),
}
METRIC: Rows = {
    "weights": attribute(lambda self: self.variables, "metric.variables"),
    "updates": attribute(lambda self: []),
    "stateful": attribute(lambda self: True),
}
REGULARIZER: Rows = {"set_param": method(_set_param), "set_layer": method(_set_layer)}
OWNERS: dict[type, Rows] = {KerasTensor: SYMBOL, Variable: VARIABLE, Metric: METRIC, Regularizer: REGULARIZER}
