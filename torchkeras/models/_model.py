"""The base of all models: a layer with ``compile``, ``fit``, ``evaluate``, ``predict`` and what goes with them."""

import json
from typing import Any

from torchkeras import _registry
from torchkeras._errors import is_missing_name, nearest
from torchkeras._scopes import name_scope
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._shapes import is_shape
from torchkeras._symbolic import KerasTensor, infer
from torchkeras._training import Trainer
from torchkeras.layers import Layer
from torchkeras.layers._signature import shape_of, tensor_arguments
from torchkeras.models._summary import print_summary
from torchkeras.saving import load_weights, save_model, save_weights


class Model(Trainer, Layer, tracks_build=False):
    """A layer that can be trained.

    ``Model(inputs, outputs)`` makes a functional model; a subclass writes ``__init__`` and ``call``.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Model and _is_functional_call(args, kwargs):
            return Layer.__new__(_functional(), *args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if _is_functional_call(args, kwargs) and not isinstance(self, _functional()):
            _make_functional(type(self))
            _functional().__init__(self, *args, **kwargs)
            return
        if args:
            raise TypeError(
                f"{type(self).__name__}: expected `inputs` and `outputs`, or keyword arguments only, "
                f"got {len(args)} positional ones."
            )
        super().__init__(**kwargs)

    _locks = False  # Keras, too, lets models grow

    def _is_special(self) -> bool:
        return super()._is_special() or self._has_losses_inside()

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """The computation; subclasses write it."""
        raise NotImplementedError(f"Model {type(self).__name__} does not have a `call()` method implemented.")

    # Parts.

    @property
    def layers(self) -> list[Any]:
        """The direct sub-layers."""
        return [child for child in self._children() if isinstance(child, Layer)]

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError("`Model.layers` attribute is reserved and should not be used. Please use another name.")

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """The layer of that name, or at that position of :attr:`layers`.

        Raises:
            ValueError: none such; both or neither given.
        """
        if (name is None) == (index is None):
            raise ValueError("Provide either a layer name or a layer index at `get_layer`, and not both.")
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has {len(layers)} layers."
                )
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        names = [layer.name for layer in layers]
        raise ValueError(f"No such layer: {name}. Existing layers are: {names}.{nearest(str(name), names)}")

    # Building.

    def build(self, input_shape: Any = None) -> None:
        """Make all weights, for inputs of that shape (``None`` for unknown sizes).

        Raises:
            ValueError: the model cannot be run on symbols of that shape alone.
        """
        if self.built or type(self).call is Model.call or input_shape is None:
            self.built = True
            return
        try:
            self._run_on_symbols(input_shape)
        except Exception as error:
            if is_missing_name(error):
                raise  # no other shape would help
            raise ValueError(
                f"Model {self.name} cannot be built from the input shape {input_shape} alone: running its `call` on "
                f"symbols of that shape failed with: {type(error).__name__}: {error}. Call it on real data instead."
            ) from error
        self.built = True
        self._build_arguments = {"input_shape": input_shape}

    def _run_on_symbols(self, shape: Any) -> None:
        tensors = _symbols(shape, self.compute_dtype)
        with name_scope(self.name):
            infer(self.forward, (tensors,), {})

    def _outputs_for(self, inputs: Any) -> Any:
        """The symbolic outputs for symbolic inputs, without a trace in any graph; makes the weights."""
        self._build_from(self._signature, (inputs,), {})
        return self.compute_output_spec(inputs)

    def _build_from(self, signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self.built:
            return
        if type(self).build is not Model.build:
            super()._build_from(signature, args, kwargs)
            return
        # sub-layers build themselves while the first call runs
        shapes = {f"{name}_shape": shape_of(value) for name, value in tensor_arguments(signature, args, kwargs).items()}
        self._build_arguments = {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else shapes
        self.built = True

    # Texts and pictures.

    def summary(
        self,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Any = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print a table of the layers: output shapes, parameter counts, connections."""
        print_summary(
            self,
            line_length=line_length,
            positions=positions,
            print_fn=print_fn,
            expand_nested=expand_nested,
            show_trainable=show_trainable,
            layer_range=layer_range,
        )

    # State as nested dicts.

    def get_state_tree(self, value_format: str = "backend_tensor") -> dict[str, Any]:
        """All values in nested dicts: by kind, then by the path's parts.

        Args:
            value_format: ``"backend_tensor"`` or ``"numpy_array"``.
        """
        if value_format not in ("backend_tensor", "numpy_array"):
            raise ValueError(f"`value_format`: expected 'backend_tensor' or 'numpy_array', got {value_format!r}.")
        return {
            kind: _tree(variables, lambda v: v.numpy() if value_format == "numpy_array" else v.value.detach())
            for kind, variables in self._variables_by_kind().items()
        }

    def set_state_tree(self, state_tree: dict[str, Any]) -> None:
        """Take values from what :meth:`get_state_tree` returned."""
        known = self._variables_by_kind()
        for kind, tree in state_tree.items():
            if kind not in known:
                raise ValueError(f"Unknown variable name: {kind}. Known are {list(known)}.{nearest(kind, known)}")
            for variable in known[kind]:
                value = tree
                for part in variable.path.split("/"):
                    value = value[part]
                variable.assign(value)

    def _variables_by_kind(self) -> dict[str, list[Any]]:
        metrics = {id(variable) for variable in self.metrics_variables}
        found = {
            "trainable_variables": self.trainable_variables,
            "non_trainable_variables": [v for v in self.non_trainable_variables if id(v) not in metrics],
        }
        if self.optimizer is not None:
            found["optimizer_variables"] = list(self.optimizer.variables)
        return {**found, "metrics_variables": self.metrics_variables}

    # Files.

    def save(self, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
        """Write the model to a ``.keras`` file, or in Keras 2's format to an ``.h5`` one: :func:`save_model`."""
        save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def save_weights(self, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None) -> None:
        """Write the weights to a ``.weights.h5`` file: :func:`keras.saving.save_weights`."""
        save_weights(self, filepath, overwrite=overwrite, max_shard_size=max_shard_size)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
        """Take the weights of a file, all or none: :func:`keras.saving.load_weights`."""
        load_weights(self, filepath, skip_mismatch=skip_mismatch, **kwargs)

    # Configs.

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """A new model out of what :meth:`get_config` returned; weights are new."""
        if cls is Model and "input_layers" in config:
            return _functional().from_config(config, custom_objects)
        with _registry.custom_object_scope(custom_objects or {}):
            return Layer.from_config.__func__(cls, config)  # type: ignore[attr-defined]

    def to_json(self, **kwargs: Any) -> str:
        """The architecture as Keras' JSON text; :func:`model_from_json` reads it. Arguments go to ``json.dumps``."""
        return json.dumps(serialize_keras_object(self), **kwargs)

    def get_compile_config(self) -> dict[str, Any]:
        """The arguments of ``compile`` as plain values; empty before it."""
        return self._compile_config() if self.compiled else {}


def _symbols(shape: Any, dtype: str) -> Any:
    if is_shape(shape):
        return KerasTensor(shape, dtype)
    if isinstance(shape, dict):
        return {key: _symbols(item, dtype) for key, item in shape.items()}
    return [_symbols(item, dtype) for item in shape]


def _tree(variables: list[Any], read: Any) -> dict[str, Any]:
    """Values in nested dicts, by the parts of the variables' paths."""
    tree: dict[str, Any] = {}
    for variable in variables:
        *outer, last = variable.path.split("/")
        node = tree
        for part in outer:
            node = node.setdefault(part, {})
        if last in node:
            raise ValueError(
                f"The following variable path is found twice in the model: '{variable.path}'. `get_state_tree()` can "
                "only be called when all variable paths are unique. Make sure to give unique names to your layers "
                "(and other objects)."
            )
        node[last] = read(variable)
    return tree


def _functional() -> Any:
    # Functional is a Model and Model makes Functionals: the one knot of the two, tied here
    from torchkeras.models._functional import Functional

    return Functional


def _is_functional_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether the arguments are those of ``Model(inputs, outputs, name=None)``."""
    if len(args) >= 2:
        return True
    if len(args) == 1:
        return "outputs" in kwargs
    return "inputs" in kwargs and "outputs" in kwargs


def _make_functional(cls: type) -> None:
    """Let a user's subclass that calls ``super().__init__(inputs, outputs)`` be a functional model."""
    if cls is Model or issubclass(cls, _functional()):
        return
    bases = tuple(_functional() if base is Model else base for base in cls.__bases__)
    if bases != cls.__bases__:
        cls.__bases__ = bases
        return
    for base in cls.__bases__:
        if issubclass(base, Model):
            _make_functional(base)


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """The model that :meth:`Model.to_json` described, with new weights. Nothing named in the text is imported."""
    return deserialize_keras_object(json.loads(json_string), custom_objects=custom_objects)


__all__ = ["Model", "model_from_json"]
