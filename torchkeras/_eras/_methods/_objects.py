"""What symbolic tensors, variables, metrics and regularizers had."""

from typing import Any

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
