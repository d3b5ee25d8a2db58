"""What the equation of an EinsumDense says: shapes, and whether it is a plain matrix product."""

import math
import re
from typing import Any, NamedTuple

from torch import Tensor

from torchkeras._shapes import Shape
from torchkeras._variable import Layout

_EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


class Plan(NamedTuple):
    """An equation for inputs of a known shape, without dots."""

    inputs: str
    kernel: str
    outputs: str
    kernel_shape: tuple[int, ...]
    bias_shape: tuple[int, ...] | None
    output_shape: Shape

    @property
    def contracted(self) -> str:
        """The kernel's axes that are summed over."""
        return "".join(label for label in self.kernel if label in self.inputs)

    @property
    def is_matrix_product(self) -> bool:
        """Whether the last axes of the input become new last axes of the output: ``nn.Linear`` on folded axes."""
        old, new = self.contracted, "".join(label for label in self.kernel if label not in self.inputs)
        prefix = self.inputs.removesuffix(old)
        return (
            bool(old and new)
            and self.kernel == old + new
            and prefix + old == self.inputs
            and prefix + new == self.outputs
        )

    @property
    def sizes(self) -> tuple[int, int]:
        """The kernel's inputs and outputs."""
        count = len(self.contracted)
        return math.prod(self.kernel_shape[:count]), math.prod(self.kernel_shape[count:])

    @property
    def equation(self) -> str:
        """For ``torch.einsum``."""
        return f"{self.inputs},{self.kernel}->{self.outputs}"


class Folded(Layout):
    """A kernel of many axes in Keras, of which torch has the first `count` and the others as two: ``(out, in)``."""

    def __init__(self, shape: tuple[int, ...], count: int) -> None:
        self.axes = "folded"
        self.shape = shape
        self.count = count

    def to_keras(self, tensor: Tensor) -> Tensor:
        return tensor.t().reshape(self.shape) if self.count else tensor.reshape(self.shape)

    def to_torch(self, tensor: Tensor) -> Tensor:
        if not self.count:
            return tensor.reshape(-1)
        return tensor.reshape(math.prod(self.shape[: self.count]), -1).t()


def parse(equation: str) -> re.Match[str]:
    """The parts of an equation.

    Raises:
        ValueError: it is none.
    """
    found = _EQUATION.fullmatch(equation.replace(" ", ""))
    if found is None or bool(found[1]) != bool(found[5]) or bool(found[3]) != bool(found[7]) or (found[1] and found[3]):
        raise ValueError(
            f"Invalid einsum equation {equation!r}. Equations must be in the form [X],[Y]->[Z], ...[X],[Y]->...[Z], "
            "or [X]...,[Y]->[Z]...."
        )
    return found


def plan(equation: str, bias_axes: str | None, input_shape: Any, output_shape: Any) -> Plan:
    """The plan of `equation` for inputs of `input_shape`.

    Raises:
        ValueError: sizes that do not fit each other, or a kernel axis of unknown size.
    """
    left, inputs, right, kernel, _, outputs, _ = parse(equation).groups()
    free = max(len(input_shape) - len(inputs), 0) if left or right else 0
    dots = "".join(label for label in _LABELS if label not in inputs + kernel + outputs)[:free]
    inputs, outputs = (dots + inputs, dots + outputs) if left else (inputs + dots, outputs + dots)
    sizes = dict(zip(inputs, input_shape, strict=False))
    given = _aligned(outputs, output_shape, sizes, bool(left))
    shape = tuple(_joined(label, sizes.get(label), given.get(label)) for label in outputs)
    known = {**sizes, **{label: size for label, size in zip(outputs, shape, strict=True) if size is not None}}
    return Plan(
        inputs,
        kernel,
        outputs,
        _kernel_shape(kernel, known, inputs, outputs),
        _bias_shape(bias_axes, outputs, known),
        shape,
    )


_LABELS = "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA"


def _aligned(outputs: str, output_shape: Any, sizes: dict[str, Any], from_right: bool) -> dict[str, Any]:
    """The output sizes that were given, by label: after the batch axis, or counted from the end."""
    if from_right:
        return dict(zip(reversed(outputs), reversed(output_shape), strict=False))
    return dict(zip(outputs[1:], output_shape, strict=False))


def _joined(label: str, size: int | None, given: int | None) -> int | None:
    if size is not None and given is not None and size != given:
        raise ValueError(
            f"Input shape and output shape do not match at shared dimension {label!r}. Input shape is {size}, and "
            f"output shape is {given}."
        )
    return size if given is None else given


def _kernel_shape(kernel: str, sizes: dict[str, Any], inputs: str, outputs: str) -> tuple[int, ...]:
    for label in kernel:
        if label not in inputs and label not in outputs:
            raise ValueError(
                f"Weight dimension {label!r} did not have a match in either the input spec {inputs!r} or the output "
                f"spec {outputs!r}. For this layer, the weight must be fully specified."
            )
        if sizes.get(label) is None:
            raise ValueError(f"EinsumDense: the size of the kernel's axis {label!r} must be known; it is None.")
    return tuple(sizes[label] for label in kernel)


def _bias_shape(axes: str | None, outputs: str, sizes: dict[str, Any]) -> tuple[int, ...] | None:
    if not axes:
        return None
    for label in axes:
        if label not in outputs:
            raise ValueError(f"Bias dimension {label!r} was requested, but is not part of the output spec {outputs!r}")
    first = min(outputs.index(label) for label in axes)
    return tuple(sizes[label] if label in axes else 1 for label in outputs[first:])
