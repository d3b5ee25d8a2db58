"""What optimizers had: steps on functions of the weights, gradients and updates in graphs, hyperparameters by name."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras._eras._methods._former import Rows, attribute, method
from torchkeras._eras.backend import gradients
from torchkeras._errors import unknown
from torchkeras._probing import is_probing
from torchkeras._symbolic import record
from torchkeras._variable import Variable
from torchkeras.optimizers import Optimizer


def _listed(variables: Any) -> list[Any]:
    found = variables() if callable(variables) and not isinstance(variables, (Variable, Tensor)) else variables
    return list(found) if isinstance(found, (list, tuple)) else [found]


def compute_gradients(self: Any, loss: Any, var_list: Any, grad_loss: Any = None, tape: Any = None) -> list[Any]:
    """Pairs of gradient and variable, of a loss or of a function that gives it.

    Args:
        loss: a function without arguments; or the loss itself, with the `tape` that watched it or its graph of torch.
        var_list: the variables, or a function that gives them.
        grad_loss: what the loss' gradient begins with; by default ones.
        tape: a ``tf.GradientTape``.
    """
    if tape is not None:
        variables = _listed(var_list)
        if callable(loss) and not isinstance(loss, Tensor):
            with tape:
                loss = loss()
        return list(zip(tape.gradient(loss, variables, grad_loss), variables))
    with torch.enable_grad():
        total = loss() if callable(loss) and not isinstance(loss, Tensor) else loss
    variables = _listed(var_list)
    tensors = [variable.tensor for variable in variables]
    found = torch.autograd.grad(
        total.sum() if grad_loss is None else (total * grad_loss).sum(), tensors, allow_unused=True
    )
    return [
        (None if gradient is None else variable._layout.to_keras(gradient), variable)
        for gradient, variable in zip(found, variables)
    ]


def minimize(
    self: Any, loss: Any, var_list: Any, grad_loss: Any = None, name: str | None = None, tape: Any = None
) -> Any:
    """One step that makes `loss` smaller: :func:`compute_gradients`, then ``apply_gradients``."""
    pairs = compute_gradients(self, loss, var_list, grad_loss, tape)
    return self.apply_gradients([(gradient, variable) for gradient, variable in pairs if gradient is not None])


def get_gradients(self: Any, loss: Any, params: Any) -> list[Any]:
    """The gradients of a loss, symbolic or not: ``K.gradients``; in a class' own ``get_updates`` those of the step."""
    if "_given" in vars(self):
        return list(self._given)
    found: list[Any] = gradients(loss, list(params))
    return found


def get_updates(self: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """The step as an update for ``K.function(inputs, outputs, updates)``: ``(loss, params)``, or by name.

    Keras 1 and 2.0 gave ``(params, constraints, loss)``; both orders are understood.
    """
    names = ("loss", "params") if len(args) < 3 else ("params", "constraints", "loss")
    given = {**dict(zip(names, args)), **kwargs}
    loss, params = given["loss"], list(given["params"])
    if isinstance(loss, (list, tuple)) and loss and isinstance(loss[0], Variable):
        loss, params = given["params"], list(given["loss"])

    def apply(gradients: list[Tensor]) -> Any:
        if is_probing():
            return torch.empty((), device="meta")
        self.apply([gradient.detach() for gradient in gradients], params)
        return torch.as_tensor(float(int(self.iterations)))

    return [record(apply, (get_gradients(self, loss, params),), {})]


def _hyperparameter(self: Any, name: str, dtype: Any = None) -> Any:
    """The hyperparameter of that name, as a custom optimizer of tf.keras reads it."""
    if not hasattr(self, name):
        raise unknown(f"hyperparameter of {type(self).__name__}", name, list(self.get_config()), AttributeError)
    return getattr(self, name)


def _slot(self: Any, variable: Any, slot_name: str) -> Any:
    """What the optimizer keeps beside a variable: ``"momentum"``, ``"velocity"``; Keras 2's ``"m"``, ``"v"``, too."""
    names = {"m": "momentum", "v": "velocity", "vhat": "velocity_hat", "momentum": "momentum", "rms": "velocity"}
    slots: dict[str, Any] = self._slots
    name = slot_name if slot_name in slots else names.get(slot_name, slot_name)
    if name not in slots:
        raise unknown(f"slot of {type(self).__name__}", slot_name, slots)
    return slots[name][self._places[id(variable)]]


def _own(name: str) -> Callable[[Any], Any]:
    return lambda self: getattr(self, name)


OPTIMIZER: Rows = {
    "weights": attribute(_own("variables"), "optimizer.variables"),
    "decay": attribute(_own("_time_decay")),
    "updates": attribute(lambda self: []),
    "minimize": method(minimize, "optimizer.apply(gradients, variables)"),
    "compute_gradients": method(compute_gradients, "torch.autograd.grad(loss, tensors)"),
    "get_gradients": method(get_gradients),
    "get_updates": method(get_updates),
    "get_slot": method(_slot),
    "get_slot_names": method(lambda self: list(self._slots)),
    "_create_all_weights": method(lambda self, variables: self.build(variables)),
    "_create_hypers": method(lambda self: None),
    "_decayed_lr": method(lambda self, var_dtype=None: torch.tensor(self._present_rate()), "optimizer.learning_rate"),
    "_get_hyper": method(_hyperparameter),
    "_set_hyper": method(lambda self, name, value: setattr(self, name, value)),
}
OWNERS: dict[type, Rows] = {Optimizer: OPTIMIZER}
