"""What layers had: names of weights and arguments, updates and losses of inputs, weights that are assigned as lists."""

import operator
import warnings
from typing import Any, get_args

from torchkeras import _initial, initializers, layers
from torchkeras._eras._arguments._layer_rows import as_initializer
from torchkeras._eras._methods._former import Former, Rows, attribute, method
from torchkeras._fields import Kind
from torchkeras._probing import is_probing
from torchkeras._serialization import serialize_keras_object
from torchkeras._structures import leaves
from torchkeras._variable import Variable
from torchkeras.initializers import InitializerField
from torchkeras.layers import Layer
from torchkeras.layers._configs import Configs
from torchkeras.layers._input_spec import check_input_spec
from torchkeras.saving._legacy_keras1 import ARGUMENTS

# Names of weights in Keras 1, and which of today's a layer may have in its place.
_WEIGHTS = {"W": ("kernel", "embeddings"), "b": ("bias",), "U": ("recurrent_kernel",)}
# Arguments of Keras 1 that scripts read from layers; words that users' own layers need for other things are not here.
_READ: tuple[str, ...] = ("output_dim", "nb_filter", "border_mode", "subsample", "inner_activation", "inner_init")
_READ += ("atrous_rate", "filter_length", "pool_length", "dropout_W", "dropout_U")
_READ += ("W_regularizer", "U_regularizer", "b_regularizer", "W_constraint", "U_constraint", "b_constraint")
_ORDERS = {"channels_first": "th", "channels_last": "tf"}


def _missing(item: Any, name: str) -> AttributeError:
    return AttributeError(f"{type(item).__name__!r} object has no attribute {name!r}", name=name, obj=item)


def _second_name(old: str, *names: str, today: bool = True) -> Former:
    def read(self: Any) -> Any:
        for name in names:
            if hasattr(self, name):
                return getattr(self, name)
        raise _missing(self, old)

    return attribute(read, f"layer.{names[0]}" if today else "")


def _dim_ordering(self: Any) -> str:
    if not hasattr(self, "data_format"):
        raise _missing(self, "dim_ordering")
    return _ORDERS[self.data_format]


def add_update(self: Any, updates: Any, inputs: Any = None) -> None:
    """Carry out the updates: functions, or in training pairs (variable, new value). Those of ``K.update`` are done."""
    if is_probing():
        return
    for update in updates if isinstance(updates, list) else [updates]:
        if callable(update) and not isinstance(update, Variable):
            update()
        elif self.training and isinstance(update, tuple) and len(update) == 2 and isinstance(update[0], Variable):
            update[0].assign(update[1])


def get_losses_for(self: Any, inputs: Any = None) -> list[Any]:
    """The losses that depend on no inputs: those of weights; for given inputs, those that ``call`` added."""
    if inputs is None:
        return self._weight_losses()
    return [loss for layer in self._flatten_layers() for loss in layer._losses]


def get_output_shape_for(self: Any, input_shape: Any) -> Any:
    """Keras 1's name of ``compute_output_shape``."""
    return self.compute_output_shape(input_shape)


def _trains_otherwise(self: Any) -> bool:
    """Whether some layer in it computes something else in training."""
    return any(layer._signature.training and not layer._is_graph for layer in self._flatten_layers())


# Lists of weights that a layer's `build` of Keras 1 assigns: `self.trainable_weights = [self.W]`.


def _own_weights(self: Any, weights: Any, trainable: bool) -> None:
    listed = [weight for weight in leaves(list(weights)) if isinstance(weight, Variable)]
    for weight in listed:
        if not any(weight is own for own in self._own):
            self._adopt(self._free_key(weight.name), weight)
    for own in self._own:
        is_listed = any(own is weight for weight in listed)
        if is_listed or trainable:
            own.trainable = trainable and is_listed


class _Listed(list[Any]):
    """A layer's weights; one that is appended becomes the layer's."""

    def __init__(self, layer: Any, weights: Any, trainable: bool) -> None:
        super().__init__(weights)
        self._layer, self._trainable = layer, trainable

    def append(self, weight: Any) -> None:
        super().append(weight)
        if not any(weight is own for own in self._layer._own):
            self._layer._adopt(self._layer._free_key(weight.name), weight)
        weight.trainable = self._trainable

    def extend(self, weights: Any) -> None:
        for weight in weights:
            self.append(weight)


def _assigned(name: str, trainable: bool) -> property:
    """Today's list, which can also be assigned."""
    today = getattr(Layer, name)
    return property(today.fget, lambda self, weights: _own_weights(self, weights, trainable), doc=today.__doc__)


def let_weights_be_assigned() -> None:
    """``layer.trainable_weights = [...]`` makes these the layer's own, from now on."""
    Layer.trainable_weights = _assigned("trainable_weights", True)  # type: ignore[method-assign, assignment]
    Layer.non_trainable_weights = _assigned("non_trainable_weights", False)  # type: ignore[method-assign, assignment]
    Layer._name = property(lambda self: self.name, lambda self, name: setattr(self, "name", name))  # type: ignore[attr-defined]


def _reset_states(self: Any, states: Any = None) -> None:
    """Begin the next batch with zeros, or with the given states."""
    if states is None or self.states is None:
        self.reset_state()
        return
    kept = list(leaves(self.states))
    given = list(leaves(list(states) if isinstance(states, (list, tuple)) else [states]))
    if len(kept) != len(given):
        raise ValueError(f'{type(self).__name__} "{self.name}": it has {len(kept)} states, got {len(given)}.')
    for state, value in zip(kept, given):
        state.assign(value)


def let_states_be_given() -> None:
    """``rnn.reset_states(states)`` sets them, from now on."""
    layers.RNN.reset_states = _reset_states  # type: ignore[method-assign]


def _partial_config(self: Any) -> dict[str, Any]:
    """The arguments that the user's class was made with; what cannot be written is left out, with a warning."""
    config: dict[str, Any] = {}
    for name, value in self._given_arguments().items():
        try:
            config[name] = serialize_keras_object(value)
        except TypeError:
            warnings.warn(
                f"{type(self).__name__}: the argument `{name}` cannot be written into a config and is left out; let "
                "the class have a `get_config()`.",
                UserWarning,
                stacklevel=2,
            )
    return config


def let_configs_be_partial() -> None:
    """A layer without a ``get_config`` of its own is written as Keras 1 and 2 did, whatever it was made with."""
    Configs._constructor_config = _partial_config  # type: ignore[method-assign]


def let_initializers_take_names() -> None:
    """Functions ``(shape, name=None)`` of Keras 1 are initializers, wherever one is asked for."""
    kind: Kind = get_args(InitializerField)[1]
    today, called = initializers.get, _initial._called
    kind.convert = lambda value: as_initializer(today(value))
    _initial._called = lambda initializer, shape, dtype: called(as_initializer(initializer), shape, dtype)


LAYER: Rows = {
    **{old: _second_name(old, *names) for old, names in _WEIGHTS.items()},
    **{old: _second_name(old, ARGUMENTS[old]) for old in _READ},
    "dim_ordering": attribute(_dim_ordering, "layer.data_format"),
    "add_update": method(add_update, "variable.assign(value)"),
    "get_updates_for": method(lambda self, inputs: []),
    "get_losses_for": method(get_losses_for, "layer.losses"),
    "get_output_shape_for": method(get_output_shape_for, "layer.compute_output_shape(shape)"),
    "assert_input_compatibility": method(lambda self, inputs: check_input_spec(self, inputs)),
    "updates": attribute(lambda self: []),
    "state_updates": attribute(lambda self: []),
    "stateful": attribute(lambda self: any(vars(part).get("stateful") for part in self._flatten_layers(False))),
    "uses_learning_phase": attribute(_trains_otherwise),
    "dynamic": attribute(lambda self: False),
    "submodules": attribute(lambda self: tuple(self._flatten_layers(include_self=False))),
    "batch_input_shape": _second_name("batch_input_shape", "_input_shape_argument", "batch_shape", today=False),
    "_batch_input_shape": _second_name("_batch_input_shape", "_input_shape_argument", "batch_shape", today=False),
    "_trainable_weights": attribute(lambda self: _Listed(self, self.trainable_weights, True)),
    "_non_trainable_weights": attribute(lambda self: _Listed(self, self.non_trainable_weights, False)),
    "_layers": attribute(lambda self: [child for child in self._children() if isinstance(child, Layer)]),
}
_OF_CELLS = ("kernel", "recurrent_kernel", "bias")
RNN: Rows = {name: attribute(operator.attrgetter(f"cell.{name}")) for name in _OF_CELLS}
OWNERS: dict[type, Rows] = {layers.RNN: RNN, Layer: LAYER}
