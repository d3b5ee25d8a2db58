"""Keras 1's ``merge`` and ``Merge``: one name for all ways to join tensors, told by a word or a function."""

from collections.abc import Callable, Sequence
from typing import Any

from torchkeras import _registry, layers
from torchkeras._eras._marks import legacy, tell
from torchkeras._errors import brief, unknown
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._symbolic import KerasTensor
from torchkeras.models import Model, Sequential
from torchkeras.models._functional import Functional
from torchkeras.saving._legacy_keras1 import merge_layer

__all__ = ["Merge", "merge"]

MODES = ("sum", "mul", "concat", "ave", "cos", "dot", "max")


def joint(
    mode: Any = "sum",
    concat_axis: int = -1,
    dot_axes: Any = -1,
    output_shape: Any = None,
    output_mask: Any = None,
    arguments: dict[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """Today's layer that joins as `mode` says: ``Add``, ``Concatenate``, ``Dot``, …; ``Lambda`` for a function."""
    if callable(mode):
        return layers.Lambda(
            mode, output_shape=_with_batch(output_shape), mask=output_mask, arguments=arguments, name=name
        )
    if mode not in MODES:
        raise unknown("mode of `merge`", mode, MODES)
    entry = merge_layer({"mode": mode, "concat_axis": concat_axis, "dot_axes": _axes(dot_axes), "name": name})
    return getattr(layers, entry["class_name"])(**entry["config"])


def _with_batch(shape: Any) -> Any:
    """A function of the inputs' shapes stays one; a shape is that of a sample, in Keras 1 as today."""
    return shape if shape is None or callable(shape) else tuple(shape)


def _axes(value: Any) -> Any:
    """``[[1], [2]]`` of the first versions, ``(1, 2)`` or ``1``."""
    if isinstance(value, int):
        return value
    return tuple(axis[0] if isinstance(axis, (list, tuple)) else axis for axis in value)


def merge(
    inputs: Sequence[Any],
    mode: Any = "sum",
    concat_axis: int = -1,
    dot_axes: Any = -1,
    output_shape: Any = None,
    output_mask: Any = None,
    arguments: dict[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """The `inputs` joined: Keras 1's name of ``add``, ``multiply``, ``concatenate``, ``average``, ``dot``, ``maximum``.

    Args:
        inputs: at least two tensors.
        mode: ``"sum"``, ``"mul"``, ``"concat"``, ``"ave"``, ``"cos"``, ``"dot"``, ``"max"``, or a function of the list.
        concat_axis: along which axis ``"concat"`` joins.
        dot_axes: along which axes ``"dot"`` and ``"cos"`` multiply: one for both, or a pair.
        output_shape: where `mode` is a function, the shape of a sample, or a function of the inputs' shapes.
        output_mask: where `mode` is a function, the mask, or a function of inputs and masks.
        arguments: where `mode` is a function, further arguments of it.
        name: the name of the layer.
    """
    layer = joint(mode, concat_axis, dot_axes, output_shape, output_mask, arguments, name)
    tell(f"merge(mode={mode!r})" if isinstance(mode, str) else "merge(mode=function)", f"{type(layer).__name__}()")
    return layer(list(inputs))


@legacy("layers")
class Merge(layers.Layer):
    """Keras 1's layer that joins: tensors, or the outputs of branches that it begins with.

    A ``Sequential`` that begins with ``Merge([left, right], mode="concat")`` takes the inputs of the branches, one
    after the other, in a list.

    Args:
        layers: the branches: models, or layers that know their input's shape; None if tensors are joined.
        mode, concat_axis, dot_axes, output_shape, output_mask, arguments: as for :func:`merge`.
        node_indices, tensor_indices: accepted; a branch counts with its first output.
        name: the name.
    """

    _takes_structures = True

    def __init__(
        self,
        layers: Any = None,
        mode: Any = "sum",
        concat_axis: int = -1,
        dot_axes: Any = -1,
        output_shape: Any = None,
        output_mask: Any = None,
        arguments: dict[str, Any] | None = None,
        node_indices: Any = None,
        tensor_indices: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        tell("Merge", "a layer such as Concatenate()([a, b])")
        self._config = {"mode": mode, "concat_axis": concat_axis, "dot_axes": dot_axes, "output_shape": output_shape}
        self._config |= {"output_mask": output_mask, "arguments": arguments}
        self.joint = joint(**self._config)
        self.supports_masking = self.joint.supports_masking
        self.branches = [_branch(item) for item in layers or ()]

    def build(self, input_shape: Any) -> None:
        """The branches know their shapes, and what joins them sees its own when called."""

    @property
    def inputs(self) -> list[Any]:
        """The symbolic inputs of the branches, one after the other; each once, though several branches may share it."""
        return list({id(tensor): tensor for branch in self.branches for tensor in branch.inputs}.values())

    def call(self, inputs: Any) -> Any:
        return self.joint(self._branched(inputs, lambda branch, given: branch(given)))

    def compute_output_spec(self, inputs: Any, **kwargs: Any) -> Any:
        found = self._branched(inputs, lambda branch, given: branch.compute_output_spec(given))
        return self.joint.compute_output_spec(found)

    def compute_output_shape(self, input_shape: Any) -> Any:
        symbols = [KerasTensor(shape, self.compute_dtype) for shape in input_shape]
        return self.compute_output_spec(symbols).shape

    def _branched(self, inputs: Any, run: Callable[[Any, Any], Any]) -> list[Any]:
        if not self.branches:
            return list(inputs)
        values = dict(zip(map(id, self.inputs), inputs))
        outputs = []
        for branch in self.branches:
            given = [values[id(tensor)] for tensor in branch.inputs]
            outputs.append(run(branch, given[0] if len(given) == 1 else given))
        return outputs

    def get_config(self) -> dict[str, Any]:
        written = {key: serialize_keras_object(value) for key, value in self._config.items()}
        branches = [serialize_keras_object(branch) for branch in self.branches]
        return {"name": self.name, **self._base_config(), "layers": branches or None, **written}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        config = dict(config)
        for key in ("layers", "mode", "output_shape", "output_mask"):
            config[key] = deserialize_keras_object(config.get(key))
        return super().from_config(config)


def _branch(item: Any) -> Any:
    """A model as it is, a layer that knows its input's shape as a stack of one."""
    if not isinstance(item, layers.Layer):
        raise ValueError(f"Merge: expected a list of layers or models, got {brief(item)} in it.")
    return item if isinstance(item, Model) else Sequential([item])


class Branched(Sequential):
    """A stack whose lowest layer is a :class:`Merge` with branches: a list of inputs goes in."""

    def _maybe_rebuild(self) -> None:
        self._forget()
        self.build()

    def build(self, input_shape: Any = None) -> None:
        inputs = self._stack[0].inputs
        outputs = self._connected(inputs)
        self.__dict__["_functional"] = Functional(inputs, outputs, name=self.name)
        self._register()
        self.__dict__["built"] = True
        self._ready = self._functional._ready and not self._is_special()


_registry.PATHS[Branched] = ("keras", "Sequential")
