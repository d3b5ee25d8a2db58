"""EinsumDense: a dense layer of any number of axes."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import _registry
from torchkeras._fields import Fields, fields
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._einsum import Folded, Plan, parse, plan
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._torch_layer import TorchLayer, Weight
from torchkeras.regularizers import RegularizerField

__all__ = ["EinsumDense"]


@fields
class EinsumDense(TorchLayer):
    """``activation(einsum(equation, x, kernel) + bias)``.

    An equation that only maps the last axes to new last ones runs as one ``nn.Linear``.

    Args:
        equation: of input and kernel, ``"abc,cd->abd"``; ``...`` may stand for axes at the left or right end.
        output_shape: the output's sizes without the batch axis (and the axes behind the dots); None where unknown.
        activation: a function of the outputs, or its name.
        bias_axes: the output axes, by letter, along which the bias varies; no bias if None.
        kernel_initializer, bias_initializer: how the weights begin.
        kernel_regularizer, bias_regularizer: functions of the weights, added to the loss.
        kernel_constraint, bias_constraint: projections of the weights after each step.

    >>> import torch
    >>> EinsumDense("abc,cde->abde", output_shape=(None, 2, 8), bias_axes="de")(torch.ones(3, 5, 4)).shape
    torch.Size([3, 5, 2, 8])
    """

    equation: str
    output_shape: Any
    activation: ActivationField
    bias_axes: str | None
    kernel_initializer: InitializerField
    bias_initializer: InitializerField
    kernel_regularizer: RegularizerField
    bias_regularizer: RegularizerField
    kernel_constraint: ConstraintField
    bias_constraint: ConstraintField
    quantization_config: Any

    torch_module = nn.Linear

    def __init__(
        self,
        equation: str,
        output_shape: Any,
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        gptq_unpacked_column_size: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        given = locals()
        super().__init__(**kwargs)
        for name, field in self.__fields__.items():
            setattr(self, name, field.read(self, given[name]))
        self.output_shape = tuple(output_shape) if isinstance(output_shape, (list, tuple)) else (output_shape,)
        parts = parse(equation)
        self.input_spec = InputSpec(min_ndim=len(parts[2])) if parts[1] or parts[3] else InputSpec(ndim=len(parts[2]))

    def build(self, input_shape: Any) -> None:
        found = plan(self.equation, self.bias_axes, input_shape, self.output_shape)
        self._matrix = found.is_matrix_product
        if self._matrix:
            self._build_linear(found)
        else:
            self._build_general(found)

    def _build_linear(self, found: Plan) -> None:
        ins, outs = found.sizes
        old = len(found.contracted)
        self._old, self._new = old, found.kernel_shape[old:]
        one_bias = found.bias_shape == self._new  # else it is added on its own
        self.make_module(in_features=ins, out_features=outs, bias=one_bias)
        self._add_row("kernel", "weight", Folded(found.kernel_shape, old), self._kernel_start(found))
        if one_bias:
            self._add_row("bias", "bias", Folded(self._new, 0), self.bias_initializer)
        self._added_bias = None if one_bias else self._make_bias(found)

    def _add_row(self, name: str, attribute: str, layout: Any, initializer: Any) -> None:
        row = Weight(attribute, layout)
        row.name = name
        self._make_variable(row)
        self.__dict__[name].assign(initializer(layout.shape, dtype=self.variable_dtype))

    def _build_general(self, found: Plan) -> None:
        self._einsum = found.equation
        self.kernel = self.add_weight(
            found.kernel_shape,
            self._kernel_start(found),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self._added_bias = self._make_bias(found)

    def _make_bias(self, found: Plan) -> Any:
        if found.bias_shape is None:
            self.bias = None
            return None
        self.bias = self.add_weight(
            found.bias_shape,
            self.bias_initializer,
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
            name="bias",
        )
        return self.bias

    def _kernel_start(self, found: Plan) -> Any:
        """The initializer, told which axes of the kernel are inputs and which are outputs."""
        start: Any = self.kernel_initializer
        if getattr(start, "input_axes", 0) is not None or start.output_axes is not None:
            return start
        old = [axis for axis, label in enumerate(found.kernel) if label in found.inputs]
        new = [axis for axis, label in enumerate(found.kernel) if label not in found.inputs]
        if not old or not new:
            return start
        told = copy.copy(start)  # not a new one, which would draw another seed
        told.input_axes, told.output_axes = old, new
        return told

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        if self._matrix:
            outputs = self.module(inputs.flatten(-self._old) if self._old > 1 else inputs)
            outputs = outputs.unflatten(-1, self._new) if len(self._new) > 1 else outputs
        else:
            outputs = torch.einsum(self._einsum, inputs, self.kernel.value)
        if self._added_bias is not None:
            outputs = outputs + self._added_bias.value
        return self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return plan(self.equation, self.bias_axes, input_shape, self.output_shape).output_shape

    def get_config(self) -> dict[str, Any]:
        return {"activity_regularizer": None, "name": self.name, **self._base_config(), **Fields.get_config(self)}


_registry.catalogue("layers", EinsumDense)
