"""What a functional model computes with every run beside its outputs: losses and metrics out of its graph."""

from typing import Any, NamedTuple

from torchkeras._symbolic import KerasTensor
from torchkeras.layers import Layer
from torchkeras.models._graph import trace


class Also(NamedTuple):
    """A tensor that a model's run computes beside its outputs, and the model's method that gets the value.

    With `derivable`, gradients with respect to it can be computed also where no weight before it trains.
    """

    tensor: KerasTensor
    method: str
    options: dict[str, Any]
    derivable: bool = False


class ComputesMore(Layer):
    """The part of a functional model that takes tensors of its graph in ``add_loss`` and ``add_metric``."""

    _also: list[Also] = []

    def add_loss(self, loss: Any) -> None:
        """Add a scalar, or as Keras 2 had it a symbolic tensor of this graph, to the training loss of every step."""
        for value in loss if isinstance(loss, (list, tuple)) else [loss]:
            if isinstance(value, KerasTensor):
                self._compute_also(Also(value, "add_loss", {}))
                self.__dict__.update(_adds_losses=True, _ready=False)
            else:
                super().add_loss(value)

    def add_metric(self, value: Any, name: str | None = None, aggregation: str = "mean") -> None:
        """Track the mean of `value`, a tensor or as Keras 2 had it a symbolic one of this graph, under `name`."""
        if isinstance(value, KerasTensor) and name is not None:
            self._compute_also(Also(value, "add_metric", {"name": name, "aggregation": aggregation}))
        else:
            super().add_metric(value, name, aggregation)

    def _compute_also(self, also: Also) -> None:
        for operation in trace(self.inputs, [also.tensor]).operations:
            if isinstance(operation, Layer) and all(operation is not layer for layer in self.layers):
                self._modules[operation.name.replace(".", "_")] = operation
        self.__dict__.update(_also=[*self._also, also], _plan=None)

    def _hand_out(self, results: list[Any]) -> None:
        """Take the values of this kind from the end of a run's results, and give them to whom they are for."""
        for also in reversed(self._also):
            getattr(self, also.method)(results.pop(), **also.options)
