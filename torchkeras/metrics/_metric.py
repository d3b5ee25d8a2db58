"""The base of the metrics: declared states, and what follows from them."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _registry, initializers
from torchkeras._dtypes import to_torch_dtype
from torchkeras._probing import off_meta
from torchkeras._shapes import standardize
from torchkeras._structures import leaves
from torchkeras._variable import Variable
from torchkeras.losses._inputs import pair
from torchkeras.losses._loss import compute_dtype
from torchkeras.ops._op import tensor


class State:
    """A declared state of a metric, ``total = State("sum")``: a :class:`Variable` made when first looked at.

    Args:
        aggregation: how the states of several processes join: ``"sum"`` or ``"mean"``.
        shape: the shape, or the name of the metric's attribute that holds it.
        name: the variable's name; the attribute's if not given.
    """

    def __init__(self, aggregation: str = "sum", shape: Any = (), name: str = "") -> None:
        self.aggregation = aggregation
        self.shape = shape
        self.name = name
        self.attribute = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.attribute = name
        self.name = self.name or name

    def __get__(self, metric: Any, owner: type | None = None) -> Any:
        if metric is None:
            return self
        metric._declare()
        if self.attribute not in metric.__dict__:
            raise AttributeError(f"{metric!r} has no {self.attribute!r} yet: its shape follows from the first update.")
        # no data descriptor: from now on the instance's own attribute is found first, at no cost
        return metric.__dict__[self.attribute]

    def shape_in(self, metric: Any) -> Any:
        """The shape, or None as long as it is not known."""
        return getattr(metric, self.shape) if isinstance(self.shape, str) else self.shape


class Metric:
    """A number accumulated over batches. Subclasses declare states and write ``update_state`` and ``result``.

    The states stay on the device and are changed in place; nothing here waits for the device.

    Args:
        dtype: the dtype of the states, or a dtype policy; ``floatx()`` by default.
        name: the name; made from the class' name if not given.
    """

    # "up" or "down" where a larger or a smaller result is the better one
    _direction: str | None = None

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.__dict__["_variables"] = []
        self.__dict__["_metrics"] = []
        self.name = name or _registry.auto_name(_registry.to_snake_case(type(self).__name__))
        self._dtype = compute_dtype(dtype)

    # What subclasses write.

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take one batch in."""
        raise NotImplementedError(f"{type(self).__name__} has no `update_state` method.")

    def result(self) -> Any:
        """The value so far: a scalar on the device, or a dictionary of them."""
        raise NotImplementedError(f"{type(self).__name__} has no `result` method.")

    def reset_state(self) -> None:
        """Start anew: every state becomes zero."""
        if type(self).reset_states is not Metric.reset_states:  # written for Keras 2
            return self.reset_states()
        for variable in self.variables:
            variable.tensor.zero_()
        return None

    def reset_states(self) -> None:
        """Keras 2's name of :meth:`reset_state`."""
        self.reset_state()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.update_state(*args, **kwargs)
        return self.result()

    # States.

    @property
    def dtype(self) -> str:
        """The dtype of the states."""
        return self._dtype

    @property
    def variables(self) -> list[Variable]:
        """All states, those of metrics inside this one last."""
        self._declare()
        inner = [variable for metric in self._own("_metrics") for variable in metric.variables]
        return [*self._own("_variables"), *inner]

    def _declare(self) -> None:
        """Make the declared states whose shapes are known, in the order of their declaration."""
        for cls in reversed(type(self).__mro__):
            for name, state in vars(cls).items():
                if isinstance(state, State) and name not in self.__dict__ and state.shape_in(self) is not None:
                    shape, aggregation = state.shape_in(self), state.aggregation
                    self.__dict__[name] = self.add_variable(shape, "zeros", aggregation=aggregation, name=state.name)

    def add_variable(
        self, shape: Any, initializer: Any, dtype: Any = None, aggregation: str | None = "sum", name: str | None = None
    ) -> Variable:
        """A new state; `initializer` is a name or a function ``(shape, dtype) -> tensor``."""
        table = self._own("_variables")
        shape, dtype = standardize(shape), dtype or self._dtype
        make = initializers.get("zeros" if initializer is None else initializer)
        # a state made while predicting must still be writable while training, one made for shapes alone be real
        with torch.inference_mode(False), off_meta():
            data = make(shape, dtype=dtype)
            variable = Variable(data, dtype=dtype, trainable=False, aggregation=aggregation, name=name)
        variable.path = f"{self.name}/{variable.name}"
        table.append(variable)
        return variable

    def add_weight(
        self, shape: Any = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> Variable:
        """The same with Keras' older argument order; Keras 2's ``add_weight("name")`` is understood."""
        if isinstance(shape, str):
            shape, name = (), shape
        return self.add_variable(shape, initializer, dtype=dtype, name=name)

    def _own(self, table: str) -> list[Any]:
        if table not in self.__dict__:
            raise RuntimeError(f"{type(self).__name__}: call `super().__init__()` first in `__init__()`.")
        return self.__dict__[table]

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, (Variable, Metric, list, tuple, dict)):
            for leaf in leaves(value):
                table = {Variable: "_variables"}.get(type(leaf)) or ("_metrics" if isinstance(leaf, Metric) else None)
                if table and not any(leaf is known for known in self._own(table)):
                    self._own(table).append(leaf)
        super().__setattr__(name, value)

    def _follow(self, value: Tensor) -> None:
        """Move the states to the device of `value` if they are not there; what only has a shape moves nothing."""
        for variable in self.variables:
            stored = variable.tensor
            if stored.device != value.device and value.device.type != "meta":
                stored.data = stored.data.to(value.device)

    def merge_state(self, metrics: Any) -> None:
        """Add the states of other metrics of this kind to the own ones."""
        for metric in metrics:
            for mine, other in zip(self.variables, metric.variables, strict=True):
                mine.tensor.add_(other.tensor.to(mine.tensor.device))

    # As functions of the states.

    def stateless_update_state(self, metric_variables: Any, *args: Any, **kwargs: Any) -> list[Tensor]:
        """The states after an update that starts from the given ones; the metric's own do not change."""
        with Borrowed(self, metric_variables) as states:
            self.update_state(*args, **kwargs)
            return [variable.tensor for variable in states]

    def stateless_result(self, metric_variables: Any) -> Any:
        """The result for the given states."""
        with Borrowed(self, metric_variables):
            return self.result()

    def stateless_reset_state(self) -> list[Tensor]:
        """The states after a reset."""
        with Borrowed(self, [variable.value for variable in self.variables]) as states:
            self.reset_state()
            return [variable.tensor for variable in states]

    # As values.

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, "dtype": self._dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A new metric out of what :meth:`get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class Borrowed:
    """Inside, the variables of a metric, or of whatever has some, hold copies of the given tensors."""

    def __init__(self, metric: Any, values: Any) -> None:
        self.variables = metric.variables
        if not isinstance(values, (list, tuple)) or len(values) != len(self.variables):
            got = f"{len(values)} of them" if isinstance(values, (list, tuple)) else repr(values)
            raise ValueError(
                f"Argument `metric_variables` must be a list of tensors, one for each of the {len(self.variables)} "
                f"variables of {metric!r}; got {got}."
            )
        self.values = values

    def __enter__(self) -> list[Variable]:
        self.previous = [variable._tensor for variable in self.variables]
        for variable, value in zip(self.variables, self.values):
            value = tensor(value)
            variable._tensor = value.detach().to(to_torch_dtype(variable.dtype), copy=True)
        return self.variables

    def __exit__(self, *error: Any) -> None:
        for variable, previous in zip(self.variables, self.previous):
            variable._tensor = previous


def inputs(y_true: Any, y_pred: Any) -> tuple[Tensor, Tensor]:
    """Both as tensors on one device, cut off from the gradient's graph; squares need more than 16 bits."""
    if isinstance(y_pred, Tensor) and y_pred.dtype in (torch.float16, torch.bfloat16):
        y_pred = y_pred.to(torch.float32)
    y_true, y_pred = pair(y_true, y_pred)
    return y_true.detach() if y_true.requires_grad else y_true, y_pred.detach() if y_pred.requires_grad else y_pred


def divide_no_nan(numerator: Tensor, denominator: Tensor) -> Tensor:
    """The quotient, and 0 where the denominator is 0."""
    safe = denominator != 0
    return torch.where(safe, numerator / torch.where(safe, denominator, 1), 0)
