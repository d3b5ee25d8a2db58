"""A stack of layers, each with one input and one output."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from torchkeras import _registry, dtype_policies
from torchkeras._errors import brief
from torchkeras._scopes import name_scope
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._symbolic import KerasTensor
from torchkeras.layers import InputLayer, Layer, TorchModuleWrapper
from torchkeras.models._functional import Functional
from torchkeras.models._model import Model


class Sequential(Model, tracks_build=False):
    """A plain stack of layers: the output of each is the input of the next.

    Args:
        layers: the layers; ``torch.nn`` modules are fine, too. The stack is built at once if the first one
            says its input shape (an ``Input``, or ``input_shape=``), else with the first data.
        trainable: whether training changes the weights.
        name: the name; automatic if not given.

    >>> from torchkeras.layers import Dense
    >>> Sequential([Dense(4, activation="relu", input_shape=(8,)), Dense(2)]).count_params()
    46
    """

    _takes_structures = True
    _is_graph = True
    _casts_inputs = False

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return Layer.__new__(cls, *args, **kwargs)

    def __init__(self, layers: Any = None, trainable: bool = True, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.__dict__["_stack"] = []
        self.__dict__["_functional"] = None
        for layer in layers if layers is not None else []:
            self.add(layer, rebuild=False)
        self._maybe_rebuild()
        if not trainable:
            self.trainable = False

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Put a layer on top of the stack.

        Raises:
            ValueError: not a layer, a name that is taken, or a second input.
        """
        layer = self._as_layer(layer)
        if any(other.name == layer.name for other in self._stack):
            raise ValueError(
                f"All layers added to a Sequential model should have unique names. Name '{layer.name}' is already the "
                "name of a layer in this model. Update the `name` argument to pass a unique name."
            )
        if isinstance(layer, InputLayer) and self._stack and isinstance(self._stack[0], InputLayer):
            raise ValueError(
                f"Sequential model '{self.name}' has already been configured to use input shape "
                f"{self._stack[0].batch_shape}."
            )
        shape = getattr(layer, "_input_shape_argument", None)
        if not self._stack and shape is not None and not isinstance(layer, InputLayer):
            self._stack.append(InputLayer(batch_shape=shape, dtype=layer.compute_dtype))
        self._stack.append(layer)
        if rebuild:
            self._maybe_rebuild()
        else:
            self._forget()

    def _as_layer(self, layer: Any) -> Any:
        if isinstance(layer, KerasTensor) and isinstance(layer._keras_history.operation, InputLayer):
            return layer._keras_history.operation
        if isinstance(layer, Layer):
            return layer
        if isinstance(layer, nn.Module):
            return TorchModuleWrapper(layer)
        if isinstance(layer, type) and issubclass(layer, Layer):
            raise ValueError(
                f"Sequential.add takes a layer, got the class {layer.__name__}. Did you mean `{layer.__name__}(...)`?"
            )
        raise ValueError(
            "Only instances of `keras.Layer` can be added to a Sequential model. "
            f"Received: {brief(layer)} (of type {type(layer)})"
        )

    def pop(self, rebuild: bool = True) -> Any:
        """Take the topmost layer off and return it."""
        layer = self._stack.pop()
        self._maybe_rebuild() if rebuild else self._forget()
        return layer

    def _forget(self) -> None:
        self.__dict__["_functional"] = None
        self.__dict__["built"] = False
        self._ready = False
        self._register()

    def _register(self) -> None:
        for name in list(self._modules):
            module = self._modules[name]
            left = module is not None and not any(module is layer for layer in self._stack)
            if left and name in self.__dict__.setdefault("_stack_names", set()):
                del self._modules[name]
        for layer in self._stack:
            key = layer.name.replace(".", "_")
            self.__dict__.setdefault("_stack_names", set()).add(key)
            self._modules.pop(key, None)
            self._modules[key] = layer

    def _maybe_rebuild(self) -> None:
        self._forget()
        first = self._stack[0] if self._stack else None
        if isinstance(first, InputLayer) and len(self._stack) > 1:
            self.build(first.batch_shape)
        elif isinstance(first, (Functional, Sequential)) and first.built and len(first.inputs) == 1:
            # Keras sees the shape of a model that stands first, too
            self.build(first.inputs[0].shape)

    def build(self, input_shape: Any = None) -> None:
        """Connect the stack for inputs of that batch shape, which makes all weights."""
        if not self._stack:
            raise ValueError(
                f"Sequential model {self.name} cannot be built because it has no layers. Call `model.add(layer)`."
            )
        entrance = self._entrance(input_shape)
        tensor = entrance.output
        try:
            outputs = self._connected(tensor)
        except NotImplementedError:
            return  # a layer that cannot run on symbols: the stack runs layer by layer
        self.__dict__["_stack"] = [entrance, *self.layers]
        _registry.auto_name("functional")  # Keras counts the model inside
        self.__dict__["_functional"] = Functional(tensor, outputs, name=self.name)
        self._functional._checks_sizes = False
        self._register()
        self.__dict__["built"] = True
        self._build_arguments = {"input_shape": tensor.shape}
        self._ready = self._functional._ready and not self._is_special()
        if not self._trainable:
            self.trainable = False

    def _entrance(self, input_shape: Any) -> Any:
        """The input layer: the one that is there, or a new one of that shape."""
        first = self._stack[0]
        if not isinstance(first, InputLayer):
            if input_shape is None:
                raise ValueError(
                    f"Sequential model '{self.name}': you must provide an `input_shape` argument to build it."
                )
            dtype = "string" if getattr(first, "_takes_text", False) else first.compute_dtype
            return InputLayer(batch_shape=tuple(input_shape), dtype=dtype)
        if input_shape is not None and self._functional is not None and tuple(input_shape) != tuple(first.batch_shape):
            raise ValueError(
                f"Sequential model '{self.name}' has already been configured to use input shape {first.batch_shape}. "
                f"You cannot build it with input_shape {tuple(input_shape)}"
            )
        return first

    def _connected(self, outputs: KerasTensor) -> KerasTensor:
        """What the layers make of a symbolic tensor, one after the other."""
        with name_scope(self.name):
            for layer in self.layers:
                before = _output_for(layer, outputs)
                outputs = layer(outputs) if before is None else before
        return outputs

    def _build(self, shapes: dict[str, Any]) -> None:
        shape = next(iter(shapes.values()), None)
        if isinstance(shape, tuple) and (not shape or shape[0] is None or isinstance(shape[0], int)):
            self.build(
                (None, *shape[1:])
                if shape and not isinstance(self._stack[0] if self._stack else None, InputLayer)
                else shape
            )
        elif not self._stack:
            self.build(None)

    def _apply(self, function: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        result = super()._apply(function, recurse)
        functional = self.__dict__["_functional"]
        if functional is not None and functional.dtype != self.dtype:
            functional.__dict__["_plan"] = None
            functional.dtype_policy = self.dtype_policy
        return result

    def _gives_masks(self) -> bool:
        functional = self.__dict__["_functional"]
        return functional is not None and functional._gives_masks()

    # The work is the functional model's; the layers are registered here, so that `state_dict` has them once.

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """The stack's output."""
        functional = self.__dict__["_functional"]
        if functional is not None:
            return functional.call(inputs, mask=mask)
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs

    def compute_output_spec(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if self._functional is not None:
            return self._functional.compute_output_spec(inputs)
        for layer in self.layers:
            inputs = layer.compute_output_spec(inputs)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self._functional is not None:
            return self._functional.compute_output_shape(input_shape)
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    @property
    def layers(self) -> list[Any]:
        """The layers, without the input."""
        return [layer for layer in self._stack if not isinstance(layer, InputLayer)]

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError(
            "`Sequential.layers` attribute is reserved. Use `add()` and `pop()` to change the layers in this model."
        )

    def _children(self) -> Any:
        yield from self.layers
        listed = {id(layer) for layer in self._stack}
        yield from (child for child in super()._children() if id(child) not in listed)

    def _graph_model(self, what: str) -> Functional:
        if self._functional is None:
            raise AttributeError(
                f'Sequential "{self.name}" has no `{what}` yet: it has not been built. Give it an `Input` as first '
                "layer, or call it on data."
            )
        return self._functional

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic input, in a list."""
        return self._graph_model("inputs").inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic output, in a list."""
        return self._graph_model("outputs").outputs

    @property
    def input(self) -> Any:
        """The symbolic input."""
        return self._graph_model("input").input

    @property
    def output(self) -> Any:
        """The symbolic output."""
        return self._graph_model("output").output

    @property
    def input_shape(self) -> Any:
        """The input's shape."""
        return self._graph_model("input_shape").input_shape

    @property
    def output_shape(self) -> Any:
        """The output's shape."""
        return self._graph_model("output_shape").output_shape

    @property
    def input_names(self) -> list[str]:
        return self._graph_model("input_names").input_names

    @property
    def output_names(self) -> list[str]:
        return self._graph_model("output_names").output_names

    def get_config(self) -> dict[str, Any]:
        config = {"name": self.name, "trainable": self.trainable, "dtype": dtype_policies.serialize(self.dtype_policy)}
        stack = self._stack if self._functional is not None or not self._stack else self.layers or self._stack
        config["layers"] = [serialize_keras_object(layer) for layer in stack]
        if self._functional is not None:
            config["build_input_shape"] = self.input_shape
        return config

    @classmethod
    def from_config(cls, config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
        """A new stack out of what :meth:`get_config` returned (or, from Keras 1, a bare list of layers)."""
        if isinstance(config, list):
            config = {"name": None, "layers": config}
        if not isinstance(config, dict) or not {"name", "layers"} <= set(config):
            raise ValueError(
                "A Sequential model configuration must be a dictionary containing the 'name' and 'layers' keys. "
                f"Received: config={brief(config)}"
            )
        model = cls(
            name=config.get("name"),
            **({"dtype": dtype_policies.deserialize(config["dtype"])} if config.get("dtype") else {}),
        )
        with _registry.custom_object_scope(custom_objects or {}):
            for entry in config["layers"]:
                _check_entry(entry)
                layer = deserialize_keras_object(entry)
                model.add(layer, rebuild=False)
        model._maybe_rebuild()
        shape = config.get("build_input_shape")
        if shape is not None and not model.built and model._stack:
            model.build(tuple(shape))
        if config.get("trainable") is False:
            model.trainable = False
        return model


def _output_for(layer: Any, tensor: KerasTensor) -> Any:
    """What a layer gave for `tensor` when the stack was lower, so that `layer.output` leads to the stack's output."""
    calls = (node for node in layer._inbound_nodes if node.input_tensors == [tensor])
    return next((node.outputs for node in calls), None)


def _check_entry(entry: Any) -> None:
    """Refuse what is no layer's config before anything looks into it."""
    if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
        raise ValueError(
            "Sequential: cannot deserialize a layer. Expected a dictionary containing a 'config' key. "
            f"Received: {brief(entry)}"
        )
