"""SimpleRNN, LSTM, GRU: RNN with one of our cells, whose arguments they take."""

from typing import Any, ClassVar

from torchkeras import _registry
from torchkeras._fields import PositiveInt, Rate, fields
from torchkeras.activations import ActivationField
from torchkeras.constraints import ConstraintField
from torchkeras.initializers import InitializerField
from torchkeras.layers._layer import Layer
from torchkeras.layers._recurrent import RNN
from torchkeras.layers._recurrent_cell import Cell
from torchkeras.layers._recurrent_cells import GRUCell, LSTMCell, SimpleRNNCell
from torchkeras.regularizers import RegularizerField

__all__ = ["GRU", "LSTM", "SimpleRNN"]


class CellRNN(RNN):
    """What the three share: the cell is made from the layer's own fields."""

    __fields__ = {}  # anew: `cell` is no argument here
    cell_class: ClassVar[type[Cell]]
    cell_name: ClassVar[str | None] = None  # if not that of the class
    unwritten: ClassVar[tuple[str, ...]] = ()  # arguments that Keras leaves out of the config

    def __init__(
        self, *, zero_output_for_mask: bool = False, implementation: int = 2, unroll: bool = False, **kwargs: Any
    ) -> None:
        Layer.__init__(self, **kwargs)  # `implementation` and `unroll` choose between equal formulas
        self.zero_output_for_mask = zero_output_for_mask

    def __post_init__(self) -> None:
        own = {name: getattr(self, name) for name in self.cell_class.__fields__}
        name = self.cell_name or _registry.to_snake_case(self.cell_class.__name__)
        self.cell = self.cell_class(**own, dtype=self.dtype_policy, trainable=self.trainable, name=name)
        super().__post_init__()

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        written = {name: value for name, value in config.items() if name not in self.unwritten}
        return {**written, "zero_output_for_mask": self.zero_output_for_mask}


@fields
class SimpleRNN(CellRNN):
    """A fully connected recurrent layer: ``(b, t, n) -> (b, units)``, or ``(b, t, units)`` with ``return_sequences``.

    Args: those of :class:`SimpleRNNCell` and, but for the cell, of :class:`RNN`.
    """

    units: PositiveInt
    activation: ActivationField = "tanh"
    use_bias: bool = True
    kernel_initializer: InitializerField = "glorot_uniform"
    recurrent_initializer: InitializerField = "orthogonal"
    bias_initializer: InitializerField = "zeros"
    kernel_regularizer: RegularizerField = None
    recurrent_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    recurrent_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    seed: int | None = None

    cell_class = SimpleRNNCell
    unwritten = ("seed",)


@fields
class LSTM(CellRNN):
    """A long short-term memory: ``(b, t, n) -> (b, units)``, or ``(b, t, units)`` with ``return_sequences``.

    The whole sequence is one call of torch's kernel (oneDNN, cuDNN) if the activations are tanh and sigmoid
    and there is no recurrent dropout in training; also with a mask.

    Args: those of :class:`LSTMCell` and, but for the cell, of :class:`RNN`. ``use_cudnn`` is accepted.

    >>> import torch
    >>> LSTM(4, return_sequences=True)(torch.ones(2, 7, 3)).shape
    torch.Size([2, 7, 4])
    """

    units: PositiveInt
    activation: ActivationField = "tanh"
    recurrent_activation: ActivationField = "sigmoid"
    use_bias: bool = True
    kernel_initializer: InitializerField = "glorot_uniform"
    recurrent_initializer: InitializerField = "orthogonal"
    bias_initializer: InitializerField = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: RegularizerField = None
    recurrent_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    recurrent_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: int | None = None
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    use_cudnn: Any = "auto"

    cell_class = LSTMCell
    unwritten = ("use_cudnn",)


@fields
class GRU(CellRNN):
    """A gated recurrent unit: ``(b, t, n) -> (b, units)``, or ``(b, t, units)`` with ``return_sequences``.

    The whole sequence is one call of torch's kernel (oneDNN, cuDNN) if the activations are tanh and sigmoid,
    ``reset_after`` is True and there is no recurrent dropout in training; also with a mask.

    Args: those of :class:`GRUCell` and, but for the cell, of :class:`RNN`. ``use_cudnn`` is accepted.
    """

    units: PositiveInt
    activation: ActivationField = "tanh"
    recurrent_activation: ActivationField = "sigmoid"
    use_bias: bool = True
    kernel_initializer: InitializerField = "glorot_uniform"
    recurrent_initializer: InitializerField = "orthogonal"
    bias_initializer: InitializerField = "zeros"
    kernel_regularizer: RegularizerField = None
    recurrent_regularizer: RegularizerField = None
    bias_regularizer: RegularizerField = None
    activity_regularizer: RegularizerField = None
    kernel_constraint: ConstraintField = None
    recurrent_constraint: ConstraintField = None
    bias_constraint: ConstraintField = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    seed: int | None = None
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    reset_after: bool = True
    use_cudnn: Any = "auto"

    cell_class = GRUCell
    unwritten = ("use_cudnn",)


_registry.catalogue("layers", SimpleRNN, LSTM, GRU)
