"""Models made from symbolic inputs and outputs (D5)."""

import inspect
import warnings
from collections.abc import Callable
from typing import Any

from torch import Tensor

from torchkeras import _registry
from torchkeras._dtypes import to_torch_dtype
from torchkeras._probing import is_probing
from torchkeras._strings import StringTensor
from torchkeras._structures import leaves, map_leaves, ordered
from torchkeras._symbolic import KerasTensor, Node, infer, node_of, symbols
from torchkeras.layers import InputLayer, InputSpec, Layer
from torchkeras.models._ends import checked, from_the_middle, has_mask, traced
from torchkeras.models._graph import (
    Plan,
    derivable,
    direct_call,
    flatten_graph,
    maybe_masked,
    restore_graph,
    touches,
    trace,
)
from torchkeras.models._graph_config import graph_config, graph_from_config
from torchkeras.models._model import Model
from torchkeras.models._more import ComputesMore


class Functional(ComputesMore, Model):
    """A model that is a graph of layer calls; ``Model(inputs, outputs)`` makes one.

    Args:
        inputs: a symbolic tensor, or a list or dict (also nested) of them.
        outputs: likewise, made from the inputs.
        name: the name; automatic if not given.
    """

    _takes_structures = True
    _is_graph = True
    _casts_inputs = False
    _checks_sizes = True  # a stack takes other lengths than those it was built with, as Keras' does
    produces_mask = False  # masks come out of the graph, on the outputs

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return Layer.__new__(cls, *args, **kwargs)

    def __init__(self, inputs: Any = None, outputs: Any = None, name: str | None = None, **kwargs: Any) -> None:
        trainable = kwargs.pop("trainable", None)
        super().__init__(name=name, **kwargs)
        inputs, outputs = checked("inputs", inputs), checked("outputs", outputs)
        if not all(isinstance(node_of(tensor).operation, InputLayer) for tensor in leaves(inputs)):
            inputs, outputs = from_the_middle(inputs, outputs)
        self.__dict__["_dtype_when_made"] = self.variable_dtype
        self.__dict__["_inputs_struct"] = inputs
        self.__dict__["_outputs_struct"] = outputs
        self._set_graph()
        self.__dict__["built"] = True
        self._ready = not self._is_special()
        if trainable is False:  # True leaves single frozen layers alone
            self.trainable = False

    def _set_graph(self) -> None:
        graph = traced(self.inputs, self._outputs_struct)
        self.__dict__["_graph"] = graph
        names = [operation.name for operation in graph.operations]
        repeated = next((name for name in names if names.count(name) > 1), None)
        if repeated is not None:
            raise ValueError(
                f'The name "{repeated}" is used {names.count(repeated)} times in the model. '
                "All operation names should be unique."
            )
        for operation in graph.operations:
            if isinstance(operation, Layer):
                self._modules[operation.name.replace(".", "_")] = operation
        self.__dict__["_plan"] = None
        self.__dict__["input_spec"] = self._input_spec()

    # Structure.

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, as a flat list."""
        return list(leaves(self._inputs_struct))

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, as a flat list."""
        return list(leaves(self._outputs_struct))

    @property
    def input(self) -> Any:
        """The symbolic inputs, in the structure given."""
        return self._inputs_struct

    @property
    def output(self) -> Any:
        """The symbolic outputs, in the structure given."""
        return self._outputs_struct

    @property
    def input_shape(self) -> Any:
        """The input's shape; a flat list of shapes if there are several inputs."""
        return _one_or_all([tensor.shape for tensor in self.inputs])

    @property
    def output_shape(self) -> Any:
        """The output's shape; a flat list of shapes if there are several outputs."""
        return _one_or_all([tensor.shape for tensor in self.outputs])

    @property
    def input_names(self) -> list[str]:
        """The names of the input layers."""
        return [tensor._keras_history.operation.name for tensor in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """The names of the layers that give the outputs: keys of losses and metrics."""
        return list(_registry.uniquify([tensor._keras_history.operation.name for tensor in self.outputs]))

    @property
    def operations(self) -> list[Any]:
        """Layers and other operations, in Keras' order."""
        return list(self._graph.operations)

    @property
    def layers(self) -> list[Any]:
        """The layers, in Keras' order."""
        return [operation for operation in self._graph.operations if isinstance(operation, Layer)]

    @layers.setter
    def layers(self, _: Any) -> None:
        raise AttributeError("`Model.layers` attribute is reserved and should not be used. Please use another name.")

    def _children(self) -> Any:
        yield from self.layers
        listed = {id(layer) for layer in self.layers}
        yield from (child for child in super()._children() if id(child) not in listed)

    def _input_spec(self) -> Any:
        struct = self._inputs_struct
        flat = [
            InputSpec(
                shape=(None, *tensor.shape[1:]),
                allow_last_axis_squeeze=True,
                name=tensor._keras_history.operation.name,
                optional=getattr(tensor._keras_history.operation, "optional", False),
            )
            for tensor in leaves(struct)
        ]
        if isinstance(struct, dict) and all(isinstance(value, KerasTensor) for value in struct.values()):
            return dict(zip(ordered(struct), flat, strict=True))
        return flat

    # Running.

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """The outputs for inputs in the structure given (or named, or as a flat list)."""
        plan = self._plan
        if plan is None:
            plan = self._make_plan()
        if type(inputs) is Tensor and plan.single and inputs.ndim == plan.single[0] and inputs.dtype is plan.single[1]:
            flat = [inputs]
        else:
            flat = self._flat_inputs(inputs, mask)
        results = plan.run(flat)
        if self._also:
            self._hand_out(results)
        if plan.masked:
            results = _with_masks(results, plan.masked)
        return results[0] if plan.lone else self._pack(results)

    def _pack(self, results: list[Any]) -> Any:
        remaining = iter(results)
        return map_leaves(lambda _: next(remaining), self._outputs_struct)

    def _make_plan(self) -> Any:
        outputs = self.outputs
        masks = [(index, tensor._keras_mask) for index, tensor in enumerate(outputs) if has_mask(tensor)]
        wanted = outputs + [mask for _, mask in masks] + [also.tensor for also in self._also]
        nodes = trace(self.inputs, wanted, running=True).nodes
        hidden = maybe_masked(nodes)
        marked = {id(also.tensor) for also in self._also if also.derivable}

        def call(node: Node) -> Any:
            function = node.operation if touches(node, hidden) else direct_call(node)
            lone = isinstance(node.outputs, KerasTensor)
            return derivable(function) if lone and id(node.outputs) in marked else function

        plan = Plan(self.inputs, wanted, nodes, call)
        plan.masked = [index for index, _ in masks]
        plan.lone = isinstance(_unlisted(self._outputs_struct), KerasTensor)
        one = self._inputs_struct if isinstance(self._inputs_struct, KerasTensor) else None
        plan.single = (one.ndim, self._input_dtype_of(one)) if one is not None else None
        if not is_probing():
            self.__dict__["_plan"] = plan
        return plan

    def _gives_masks(self) -> bool:
        """Whether outputs may carry masks, which the graph around this model does not show."""
        hidden = maybe_masked(self._graph.nodes)
        return any(has_mask(tensor) or id(tensor) in hidden for tensor in self.outputs)

    def _input_dtype_of(self, tensor: KerasTensor) -> Any:
        """The dtype in which an input is expected: its own, or the weights' after ``.half()`` and the like."""
        if tensor.dtype == "string":
            return None  # text: no number fits
        own = to_torch_dtype(tensor.dtype)
        moved = to_torch_dtype(self.variable_dtype)
        return moved if own.is_floating_point and moved is not to_torch_dtype(self._dtype_when_made) else own

    def _flat_inputs(self, inputs: Any, mask: Any = None) -> list[Any]:
        expected = self.inputs
        flat = self._in_order(inputs)
        if len(flat) != len(expected):
            raise ValueError(
                f'Model "{self.name}" expects {len(expected)} input(s) ({", ".join(self.input_names)}), '
                f"but it received {len(flat)}."
            )
        flat = [self._fit_input(value, tensor) for value, tensor in zip(flat, expected, strict=True)]
        if mask is not None:
            for value, given in zip(flat, leaves(mask), strict=False):
                if given is not None:
                    value._keras_mask = given
        return flat

    def _in_order(self, inputs: Any) -> list[Any]:
        struct = self._inputs_struct
        if isinstance(struct, dict):
            keys = ordered(struct)
            if isinstance(inputs, dict):
                return self._by_name(inputs, keys)
            values = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
            return [leaf for value in values for leaf in leaves(value)]
        if isinstance(inputs, dict):
            return self._by_name(inputs, self.input_names)
        return list(leaves(inputs))

    def _by_name(self, inputs: dict[str, Any], names: list[str]) -> list[Any]:
        missing = [name for name in names if name not in inputs]
        if missing:
            raise ValueError(
                f'Missing data for input "{missing[0]}" of model "{self.name}". You passed a data dictionary with keys '
                f"{list(inputs)}. Expected the following keys: {names}"
            )
        extra = [name for name in inputs if name not in names]
        if extra:
            warnings.warn(f'Model "{self.name}" has no inputs {extra}; it takes {names}.', stacklevel=2)
        return [leaf for name in names for leaf in leaves(inputs[name])]

    def _fit_input(self, value: Any, tensor: KerasTensor) -> Any:
        """Cast to the input's dtype; add or drop a last axis of size 1, as Keras does."""
        if isinstance(value, StringTensor) and tensor.dtype == "string":
            return _with_rank(value, tensor)
        if not isinstance(value, (Tensor, KerasTensor)):
            return value
        wanted = self._input_dtype_of(tensor)
        if isinstance(value, Tensor) and value.dtype is not wanted:
            value = value.to(self._checked(wanted, tensor))
        if value.ndim == tensor.ndim and (not self._checks_sizes or _may_be(value.shape, tensor.shape)):
            return value
        if value.ndim == tensor.ndim + 1 and value.shape[-1] == 1:
            return value.squeeze(-1)
        if value.ndim == tensor.ndim - 1 and tensor.shape[-1] == 1:
            return value.unsqueeze(-1)
        raise ValueError(
            f'Model "{self.name}": input "{tensor._keras_history.operation.name}" expects shape {tensor.shape}, '
            f"got {tuple(value.shape)}."
        )

    def _checked(self, wanted: Any, tensor: KerasTensor) -> Any:
        if wanted is None:
            raise ValueError(
                f'Model "{self.name}": input "{tensor._keras_history.operation.name}" expects text, got numbers.'
            )
        return wanted

    def compute_output_spec(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        given = symbols(inputs)
        if len(given) == len(self.inputs) and all(
            a.shape == b.shape and a._probes == b._probes for a, b in zip(given, self.inputs, strict=True)
        ):
            return map_leaves(lambda t: KerasTensor(t.shape, t.dtype, probes=t._probes), self._outputs_struct)
        return super().compute_output_spec(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        flat = map_leaves(
            lambda tensor: tensor.shape, self.compute_output_spec(_symbols_of(input_shape, self._inputs_struct))
        )
        return flat

    def _spec_from_shape(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return infer(self.forward, args[:1], {})

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return None

    # Configs.

    def get_build_config(self) -> dict[str, Any] | None:
        return {"input_shape": None}

    def get_config(self) -> dict[str, Any]:
        if not _has_functional_constructor(type(self)):
            return Model.get_config(self)
        return {"name": self.name, "trainable": self.trainable, **graph_config(self, Functional)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        with _registry.custom_object_scope(custom_objects or {}):
            if "input_layers" not in config:
                return Model.from_config.__func__(cls, config)  # type: ignore[attr-defined]
            inputs, outputs = graph_from_config(config, Functional)
            maker = cls if _has_functional_constructor(cls) else Functional
            return maker(inputs=inputs, outputs=outputs, name=config.get("name"), trainable=config.get("trainable"))

    def _apply(self, function: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        result = super()._apply(function, recurse)
        self.__dict__["_plan"] = None  # it knows the dtypes of the inputs
        return result

    # Copies and pickles hold the graph as flat data: following nodes from tensor to tensor would recurse too deep.

    def __getstate__(self) -> dict[str, Any]:
        state = {**super().__getstate__(), "_plan": None}
        for name in ("_graph", "_inputs_struct", "_outputs_struct", "_also"):
            state.pop(name, None)
        ends = (self._outputs_struct, self._also)
        return {**state, "_flat_graph": flatten_graph(self._inputs_struct, ends)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        flat = state.pop("_flat_graph")
        super().__setstate__(state)
        inputs, (outputs, also) = restore_graph(flat)
        self.__dict__.update(_inputs_struct=inputs, _outputs_struct=outputs, _also=also)
        self.__dict__["_graph"] = trace(self.inputs, self.outputs)


def _has_functional_constructor(cls: type) -> bool:
    """Whether ``cls(inputs, outputs, name=...)`` makes sense: Functional itself, or a subclass with its constructor."""
    constructor = cls.__init__  # type: ignore[misc]
    if cls in (Functional, Model) or constructor is Functional.__init__:
        return True
    names = inspect.signature(constructor).parameters
    return {"inputs", "outputs"} <= set(names) or {"args", "kwargs"} <= set(names)


def _with_rank(texts: StringTensor, tensor: KerasTensor) -> StringTensor:
    """Texts with a last axis of size 1 more or less, where the input has it so."""
    if texts.ndim == tensor.ndim - 1 and tensor.shape[-1] == 1:
        return texts.reshape(*texts.shape, 1)
    if texts.ndim == tensor.ndim + 1 and texts.shape[-1] == 1:
        return texts.reshape(texts.shape[:-1])
    return texts


def _symbols_of(shapes: Any, struct: Any) -> Any:
    if isinstance(struct, KerasTensor):
        return KerasTensor(shapes, struct.dtype)
    if isinstance(struct, dict):
        return {key: _symbols_of(shapes[key], item) for key, item in struct.items()}
    if len(struct) == 1 and shapes and not isinstance(shapes[0], (list, tuple)):
        return [KerasTensor(shapes, struct[0].dtype)]
    return [_symbols_of(shape, item) for shape, item in zip(shapes, struct, strict=True)]


def _one_or_all(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


def _may_be(given: Any, expected: Any) -> bool:
    """Whether known sizes agree, but for the batch's. Stand-ins say nothing, so they are not compared."""
    for one, other in zip(given[1:], expected[1:]):  # of one rank
        if one != other and one is not None and other is not None:
            return is_probing()
    return True


def _unlisted(struct: Any) -> Any:
    """The only entry of a list: given values, Keras returns it without the list."""
    return struct[0] if isinstance(struct, (list, tuple)) and len(struct) == 1 else struct


def _with_masks(results: list[Any], masked: list[int]) -> list[Any]:
    """Hang the computed masks, which follow the outputs, onto the outputs they belong to."""
    count = len(results) - len(masked)
    for index, mask in zip(masked, results[count:], strict=True):
        results[index]._keras_mask = mask
    return results[:count]
