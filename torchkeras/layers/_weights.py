"""The weights of a layer: making them, listing them in Keras' order, reading and setting them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from torchkeras import constraints, initializers, regularizers
from torchkeras._dtypes import is_float_dtype, standardize_dtype
from torchkeras._errors import brief
from torchkeras._probing import is_probing
from torchkeras._scopes import StatelessScope
from torchkeras._shapes import standardize
from torchkeras._variable import Variable
from torchkeras.layers._legacy_weights import also_as_in_keras_2
from torchkeras.layers._part import Part
from torchkeras.metrics import Mean


class Weights(Part):
    """The part of :class:`Layer` that owns weights."""

    _own: list[Variable]
    name: str

    @also_as_in_keras_2
    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str | None = None,
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """A new weight of this layer: a ``Parameter`` if trainable, else a buffer.

        Args:
            shape: its shape; a scalar by default.
            initializer: a name, a config or a function ``(shape, dtype) -> tensor``; by default
                ``"glorot_uniform"`` for floating types and zeros for others.
            dtype: the dtype; by default the layer's ``variable_dtype``.
            trainable: whether an optimizer changes it.
            regularizer, constraint: functions of the value, or their names.
            name: the weight's name in paths and in ``state_dict``.
        """
        self._check_unlocked(f"the weight {name!r}")
        shape = standardize(() if shape is None else shape)
        dtype = standardize_dtype(dtype if dtype is not None else self.variable_dtype)
        if initializer is None:
            initializer = "glorot_uniform" if is_float_dtype(dtype) else "zeros"
        variable = Variable(initializers.get(initializer), shape, dtype, trainable, autocast, aggregation, name=name)
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        variable.path = f"{self.path}/{variable.name}"
        self._own.append(variable)
        if not trainable and isinstance(variable._tensor, nn.Parameter):
            variable._tensor = variable._tensor.data
        variable.move_into(self, self._free_key(name))
        if trainable and not self._trainable:
            variable.trainable = False
        return variable

    add_variable = add_weight  # Keras' second name of it

    def _check_unlocked(self, what: str) -> None:
        if self._locked and not self._building:
            raise ValueError(
                f'Layer "{self.name}" ({type(self).__name__}) is built: you cannot add new elements of state '
                f"(variables or sub-layers) to it any more, such as {what}. All state must be created in `__init__` "
                "or `build`."
            )

    def _free_key(self, name: str | None) -> str:
        """The key in ``state_dict``; the attribute's name replaces an ``_auto_`` one on assignment."""
        base = name.replace(".", "_") if name else f"_auto_{len(self._own)}"
        taken = (*self._parameters, *self._buffers, *self._modules)
        return next(key for key in _numbered(base) if key not in taken)

    # Lists.

    def _children(self) -> Iterator[nn.Module]:
        """Direct sub-layers and plain modules, also those in watched lists; not the torch module that does the work."""
        for name, module in self._modules.items():
            if module is not None and name not in self._internal_modules:
                yield from _unpacked(module)

    _internal_modules: tuple[str, ...] = ()
    _stored_names: dict[str, str] = {}  # attributes whose layers files know by another name
    _is_graph = False  # whether it is a model whose layers are those of a graph
    _stores_modules = False  # whether what files hold of the layer itself covers the torch modules inside

    @property
    def layers(self) -> list[Any]:
        raise AttributeError(f"{type(self).__name__} has no attribute 'layers'.")

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
        """This layer and those below it, outermost first."""
        found: list[Any] = [self] if include_self else []
        for child in self._children():
            if isinstance(child, Weights):
                found += child._flatten_layers() if recursive else [child]
        return found

    def _all_variables(self) -> Iterator[Variable]:
        """Own variables (trainable ones first, as Keras lists them), then those of sub-layers, depth first."""
        own = self._own
        yield from (v for v in own if v._in_trainable_list)
        yield from (v for v in own if not v._in_trainable_list)
        for child in self._children():
            if isinstance(child, Weights):
                yield from child._all_variables()
            else:
                yield from self._variables_of_plain(child)

    def _variables_of_plain(self, module: nn.Module) -> Iterator[Variable]:
        """Variables over the parameters of a ``torch.nn`` module that sits in this layer."""
        cache: dict[Any, Variable] = self.__dict__.setdefault("_plain_variables", {})
        for prefix, part in module.named_modules():
            for name, parameter in (*part._parameters.items(), *part._buffers.items()):
                if parameter is None:
                    continue
                if (part, name) not in cache:
                    trainable = isinstance(parameter, nn.Parameter) and parameter.requires_grad
                    variable = Variable.over(part, name, name=name, trainable=trainable)
                    variable._in_trainable_list = isinstance(parameter, nn.Parameter)
                    variable.path = "/".join([self.path, *filter(None, prefix.split(".")), name])
                    cache[part, name] = variable
                yield cache[part, name]

    @property
    def variables(self) -> list[Variable]:
        """All weights, and the states of seed generators."""
        states = [g.state for layer in self._flatten_layers() for g in layer._seed_generators]
        return _unique([*self._all_variables(), *states])

    @property
    def weights(self) -> list[Variable]:
        """All weights: own ones, then those of sub-layers; trainable before non-trainable in each layer."""
        return _unique(self._all_variables())

    @property
    def trainable_variables(self) -> list[Variable]:
        """The weights that training changes now: none if ``trainable`` is False."""
        if not self.trainable:
            return []
        return [v for v in self.variables if v.trainable and v._in_trainable_list]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes now: none if ``trainable`` is False."""
        return self.trainable_variables

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """Variables that training does not change."""
        trainable = {id(v) for v in self.trainable_variables}
        return [v for v in self.variables if id(v) not in trainable]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """Weights that training does not change, such as moving statistics."""
        trainable = {id(v) for v in self.trainable_variables}
        return [v for v in self.weights if id(v) not in trainable]

    @property
    def metrics(self) -> list[Any]:
        """The metrics of this layer and its sub-layers."""
        return _unique(metric for layer in self._flatten_layers() for metric in layer._metrics)

    @property
    def metrics_variables(self) -> list[Variable]:
        """The states of :attr:`metrics`."""
        return [variable for metric in self.metrics for variable in metric.variables]

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights. Setting it reaches all sub-layers; ``compile`` then counts with it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        value = bool(value)
        self.__dict__["_trainable"] = value
        for variable in self._own:
            if variable._in_trainable_list:
                variable.trainable = value
        for child in self._children():
            if isinstance(child, Weights):
                child.trainable = value
            else:
                for variable in self._variables_of_plain(child):
                    variable.trainable = value and variable._in_trainable_list

    # Values.

    def get_weights(self) -> list[np.ndarray]:
        """The values of :attr:`weights`, as arrays in Keras' layout."""
        return [variable.numpy() for variable in self.weights]

    def set_weights(self, weights: list[Any]) -> None:
        """Set all weights, in the order of :attr:`weights`. Nothing changes if one of them does not fit."""
        mine = self.weights
        if len(mine) != len(weights):
            raise ValueError(
                f"You called `set_weights(weights)` on layer '{self.name}' with a weight list of length "
                f"{len(weights)}, but the layer was expecting {len(mine)} weights."
            )
        for variable, value in zip(mine, weights, strict=True):
            shape = tuple(np.shape(value.detach() if isinstance(value, Tensor) else value))
            if shape != variable.shape:
                raise ValueError(
                    f"Layer {self.name} weight shape {variable.shape} is not compatible with provided weight shape "
                    f"{shape}."
                )
        for variable, value in zip(mine, weights, strict=True):
            variable.assign(value)

    def count_params(self) -> int:
        """The number of elements of all weights."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer '{self.name}', but the layer isn't built. You can build it "
                f"manually via: `layer.build(input_shape)`."
            )
        return sum(variable.tensor.numel() for variable in self.weights)

    # Losses.

    def add_loss(self, loss: Any) -> None:
        """Add a scalar to the training loss of this step; call it from ``call``."""
        for value in loss if isinstance(loss, (list, tuple)) else [loss]:
            if value is None or is_probing():
                continue
            if not isinstance(value, (Tensor, int, float)) and not hasattr(value, "_keras_history"):
                raise ValueError(f'Layer "{self.name}": add_loss takes a scalar, got {brief(value)}.')
            self._losses.append(value)

    def add_metric(self, value: Any, name: str | None = None, aggregation: str = "mean") -> None:
        """Keras 2's way to track the mean of `value`, as a metric of that name; call it from ``call``."""
        if name is None:
            raise ValueError(f'Layer "{self.name}": add_metric needs a `name`, by which the value goes into the logs.')
        metric = next((metric for metric in self._metrics if metric.name == name), None)
        if metric is None:
            metric = Mean(name=name)
            self._metrics.append(metric)
        if not is_probing():
            metric.update_state(value.detach() if isinstance(value, Tensor) else value)

    @property
    def losses(self) -> list[Tensor]:
        """What ``add_loss``, activity regularizers and weight regularizers ask for now."""
        added = [loss for layer in self._flatten_layers() for loss in layer._losses]
        return added + self._weight_losses()

    def _weight_losses(self) -> list[Tensor]:
        return [v.regularizer(v.value) for v in self.trainable_weights if v.regularizer is not None]

    def _clear_losses(self) -> None:
        for layer in self._flatten_layers():
            layer._losses.clear()

    # As a function of the state.

    def stateless_call(
        self,
        trainable_variables: list[Any],
        non_trainable_variables: list[Any],
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> tuple[Any, ...]:
        """Call the layer with other values for its variables, and change none of them.

        Args:
            trainable_variables, non_trainable_variables: values in the order of the attributes of that name.
            *args: the arguments of the call.
            return_losses: whether the list of losses is returned, too.
            **kwargs: further arguments of the call.

        Returns:
            The outputs, and the new values of the non-trainable variables.
        """
        if not self.built:
            raise ValueError(
                f"To call stateless_call, {type(self).__name__} must be built (i.e. its variables must have been "
                "already created). You can build it by calling it on some data."
            )
        non_trainable = self.non_trainable_variables
        pairs = [*zip(self.trainable_variables, trainable_variables, strict=True)]
        pairs += zip(non_trainable, non_trainable_variables, strict=True)
        with StatelessScope(pairs) as scope:
            outputs = self(*args, **kwargs)
            losses = self.losses if return_losses else []
            after = [scope.get_current_value(variable) for variable in non_trainable]
        values = [v.value if value is None else value for v, value in zip(non_trainable, after, strict=True)]
        return (outputs, values, losses) if return_losses else (outputs, values)

    # Storing, as Keras' files do it.

    def save_own_variables(self, store: Any) -> None:
        """Put the own weights into a dict-like `store` under "0", "1", ..."""
        for key, value in self._stored().items():
            store[key] = value.numpy() if isinstance(value, Variable) else value.detach().cpu().numpy()

    def load_own_variables(self, store: Any) -> None:
        """Take the own weights from what :meth:`save_own_variables` stored."""
        own = self._stored()
        self._check_stored(own, len(store.keys()))
        for key, value in own.items():
            if isinstance(value, Variable):
                value.assign(store[key])
            else:
                value.copy_(torch.as_tensor(store[key]))

    def _stored(self) -> dict[str, Variable | Tensor]:
        """What files hold of this layer itself, by their keys."""
        return {str(index): variable for index, variable in enumerate(self._own_in_order())}

    def _check_stored(self, own: dict[str, Any], found: int) -> None:
        if len(own) == found:
            return
        if not own and not self.built:
            raise ValueError(
                f"Layer '{self.name}' was never built and thus it doesn't have any variables. However the weights file "
                f"lists {found} variables for this layer. Build it first: call it, or the model, on some data."
            )
        raise ValueError(
            f"Layer '{self.name}' expected {len(own)} variables, but received {found} variables during "
            f"loading. Expected: {[getattr(value, 'name', None) or key for key, value in own.items()]}"
        )

    def _own_in_order(self) -> list[Variable]:
        own = self._own
        return sorted(own, key=lambda v: not v._in_trainable_list)


def _unpacked(module: nn.Module) -> Iterator[nn.Module]:
    if type(module).__name__ == "Tracked":
        for child in module._modules.values():
            if child is not None:
                yield from _unpacked(child)
    else:
        yield module


def _unique(items: Any) -> list[Any]:
    return list({id(item): item for item in items}.values())


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 1
    while True:
        yield f"{base}_{number}"
        number += 1
