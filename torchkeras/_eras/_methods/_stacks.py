"""Models taken apart as scripts of the time did: ``model.layers.pop()``, ``model.outputs = [...]``, ``add(Merge)``."""

from typing import Any

from torchkeras._eras.layers._merge import Branched, Merge
from torchkeras._errors import deprecated
from torchkeras._structures import leaves
from torchkeras.layers import Layer
from torchkeras.models import Functional, Sequential


class Layers(list[Any]):
    """The layers of a model, of which the last can be taken off."""

    def __init__(self, model: Any, layers: list[Any]) -> None:
        super().__init__(layers)
        self._model = model

    def pop(self, index: Any = -1) -> Any:
        """Take a layer off: of a stack as its ``pop()`` does; a graph no longer lists it, and stays as it is."""
        layer = super().pop(index)
        if isinstance(self._model, Sequential):
            if layer is self._model._stack[-1]:
                deprecated("`model.layers.pop()` is of an older Keras; today write `model.pop()`.")
                self._model.pop()
        else:
            deprecated(
                "`model.layers.pop()` is of an older Keras; today write `Model(model.inputs, model.layers[-2].output)`."
            )
            self._model.__dict__.setdefault("_hidden", []).append(layer)
        return layer


def _layers_of(today: property) -> property:
    def read(self: Any) -> Any:
        found, hidden = today.fget(self), self.__dict__.get("_hidden")  # type: ignore[misc]
        if hidden:
            found = [layer for layer in found if not any(layer is other for other in hidden)]
        return Layers(self, found)

    return property(read, today.fset, doc=today.__doc__)


def _set_outputs(self: Any, outputs: Any) -> None:
    """End the graph at other tensors of it."""
    listed = isinstance(outputs, (list, tuple))
    self.__dict__["_outputs_struct"] = outputs[0] if listed and len(outputs) == 1 else outputs
    self.__dict__.pop("_hidden", None)
    before = {operation for operation in self._graph.operations if isinstance(operation, Layer)}
    self._set_graph()
    for layer in before - set(self._graph.operations):
        self._modules.pop(layer.name.replace(".", "_"), None)
    self._forget_functions()


def _keep_outputs(self: Any, outputs: Any) -> None:
    """Of a stack they are those of its last layer anyway."""
    if [id(tensor) for tensor in leaves(outputs)] != [id(tensor) for tensor in leaves(self.outputs)]:
        last = [id(tensor) for tensor in leaves(self.layers[-1].output)] if self.layers else []
        if [id(tensor) for tensor in leaves(outputs)] != last:
            raise AttributeError(
                f'Sequential "{self.name}": the outputs are those of its last layer; use `add`, `pop`.'
            )


def _set_inputs(self: Any, inputs: Any) -> None:
    if [id(tensor) for tensor in leaves(inputs)] != [id(tensor) for tensor in leaves(self.inputs)]:
        raise AttributeError(
            f'Model "{self.name}": a graph cannot get other inputs; make a new one with `Model(inputs, outputs)`.'
        )


def _settable(cls: type, name: str, setter: Any) -> None:
    today: property = vars(cls)[name]
    setattr(cls, name, property(today.fget, setter, doc=today.__doc__))


def let_models_be_taken_apart() -> None:
    """All of this, from now on."""
    for cls in (Functional, Sequential):
        setattr(cls, "layers", _layers_of(vars(cls)["layers"]))  # noqa: B010
        _settable(cls, "inputs", _set_inputs)
        for name in ("outputs", "output"):
            _settable(cls, name, _set_outputs if cls is Functional else _keep_outputs)
    _let_names_be_added()


def _let_names_be_added() -> None:
    """``Sequential.add(layer, name=...)``, and ``add(Merge([left, right]))``."""
    today = Sequential.add

    def add(self: Any, layer: Any, rebuild: bool = True, name: str | None = None) -> None:
        if name is not None:
            deprecated("`model.add(layer, name=...)` is of an older Keras; today give the name to the layer.")
            layer.name = name
        if isinstance(layer, Merge) and layer.branches and not self._stack and type(self) is Sequential:
            self.__class__ = Branched
        today(self, layer, rebuild)

    Sequential.add = add  # type: ignore[method-assign]
