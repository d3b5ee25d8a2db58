"""Layers that wrap a ``torch.nn`` module, and the rows that say how its weights look in Keras (D1, D2)."""

from typing import Any, ClassVar

import torch
from torch import nn

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras._variable import SAME, Layout, Variable
from torchkeras.layers._layer import Layer


class Weight:
    """One row of a layer's layout: ``kernel = Weight("weight", "hwio->oihw")``.

    The row's name (or `fields`) finds the fields ``<name>_initializer``, ``<name>_regularizer``, ``<name>_constraint``.
    Once the layer is built, the attribute is a :class:`Variable` over ``layer.module.<attribute>``;
    a row whose torch attribute is None (no bias asked for) gives None.
    The attribute may be a path: ``"pointwise.weight"``.
    """

    def __init__(
        self, attribute: str, layout: str | Layout = SAME, trainable: bool = True, fields: str | None = None
    ) -> None:
        self.attribute = attribute
        self.fields = fields
        self.layout = Layout(layout) if isinstance(layout, str) else layout
        self.trainable = trainable

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        rows: tuple[Weight, ...] = owner.weight_rows  # type: ignore[attr-defined]
        owner.weight_rows = (*(row for row in rows if row.name != name), self)  # type: ignore[attr-defined]

    def __get__(self, layer: Any, owner: type) -> Any:
        if layer is None:
            return self
        if not layer.built:
            raise AttributeError(
                f'{owner.__name__} "{layer.name}" has no `{self.name}` yet: it is made when the layer first sees '
                "an input, or by `layer.build(input_shape)`."
            )
        return None


class TorchLayer(Layer):
    """A layer whose work is done by ``self.module``, made by ``torch_module(**self.torch_args(input_shape))``.

    ``weight_rows`` collects the :class:`Weight` attributes of the class, in order of definition.
    """

    module: Any
    torch_module: ClassVar[type[nn.Module]]
    weight_rows: ClassVar[tuple[Weight, ...]] = ()
    _internal_modules = ("module",)

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        """The arguments of ``torch_module`` for inputs of that shape."""
        raise NotImplementedError

    def build(self, input_shape: Any) -> None:
        self.make_module(**self.torch_args(input_shape))

    def make_module(self, **arguments: Any) -> None:
        """Make ``self.module`` on the default device and give each weight its initial value, once."""
        with torch.device("meta"):  # torch's own initialisation costs nothing there
            module = self.torch_module(**arguments)
        dtype, device = to_torch_dtype(self.variable_dtype), _settings.device()
        # not `to_empty`, which on the meta device takes a way that loads torch's compiler
        module._apply(lambda t: torch.empty(t.shape, dtype=dtype if t.is_floating_point() else t.dtype, device=device))
        module.training = self.training
        self.module = module
        for row in self.weight_rows:
            self._make_variable(row)

    def layout_of(self, row: Weight) -> Layout:
        """The layout of a weight, where it takes the layer's arguments to know it."""
        return row.layout

    def _fill(self, variable: Variable, value: Any) -> None:
        """Give a new weight its first value."""
        variable.assign(value)

    def _make_variable(self, row: Weight) -> None:
        path, _, attribute = row.attribute.rpartition(".")
        owner = self.module.get_submodule(path)
        if getattr(owner, attribute, None) is None:
            return
        variable = Variable.over(owner, attribute, self.layout_of(row), row.name, row.trainable)
        prefix = row.fields or row.name
        initializer = getattr(self, f"{prefix}_initializer", None)
        if initializer is not None and not variable.tensor.is_meta:
            self._fill(variable, initializer(variable.shape, dtype=self.variable_dtype))
        variable.regularizer = getattr(self, f"{prefix}_regularizer", None)
        variable.constraint = getattr(self, f"{prefix}_constraint", None)
        variable.path = f"{self.path}/{row.name}"
        self._own.append(variable)
        self.__dict__[row.name] = variable
