"""What the recurrent cells share: states, the two halves of a step, dropout masks."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras.layers._recurrent_modules import Recurrence
from torchkeras.layers._torch_layer import TorchLayer
from torchkeras.random import SeedGenerator, dropout


class Cell(TorchLayer):
    """What the cells share: ``call`` is one step; :meth:`project` and :meth:`step` are its two halves.

    The first half does not depend on the states, so a layer computes it for all steps at once; if the
    module is a :class:`Recurrence`, the layer may leave the whole sequence to it.
    """

    units: int
    state_count = 1
    dropout: float
    recurrent_dropout: float
    seed: int | None
    use_bias: bool
    activation: Any

    def __post_init__(self) -> None:
        self.seed_generator = SeedGenerator(self.seed)
        self._dropout_mask: Tensor | None = None
        self._recurrent_dropout_mask: Tensor | None = None

    @property
    def state_size(self) -> int | list[int]:
        """The sizes of the states."""
        return self.units if self.state_count == 1 else [self.units] * self.state_count

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self.units

    def get_initial_state(self, batch_size: int | None = None) -> list[Tensor]:
        """Zeros for each state: ``(batch_size, units)``."""
        dtype = to_torch_dtype(self.compute_dtype)
        shape: Any = self.state_shape(batch_size)
        return [torch.zeros(shape, dtype=dtype, device=_settings.device()) for _ in range(self.state_count)]

    def state_shape(self, batch_size: Any) -> tuple[Any, ...]:
        """The shape of each state."""
        return (batch_size, self.units)

    def torch_args(self, input_shape: Any) -> dict[str, Any]:
        if input_shape[-1] is None:
            raise ValueError(f'{type(self).__name__} "{self.name}": the last axis of the input must be known.')
        return {"input_size": input_shape[-1], "hidden_size": self.units, "bias": self.use_bias}

    def make_module(self, **arguments: Any) -> None:
        super().make_module(**arguments)
        second_bias = self.module._buffers.get("bias_hh_l0")
        if second_bias is not None:
            second_bias.zero_()  # memory came without contents

    @property
    def has_kernel(self) -> bool:
        """Whether the module computes this cell's formula for a whole sequence."""
        return isinstance(self.module, Recurrence)

    def project(self, inputs: Tensor) -> Tensor:
        """The part of the gates that comes from the inputs: ``(..., n) -> (..., gates * units)``."""
        return F.linear(inputs, self.module.weight_ih_l0, self._input_bias())

    def _input_bias(self) -> Tensor | None:
        return self.module.bias_ih_l0 if self.use_bias else None

    def step(self, projected: Tensor, states: list[Tensor], kept: Tensor | None = None) -> list[Tensor]:
        """The new states, of which the first is the output. `kept` is the recurrent dropout's mask."""
        raise NotImplementedError

    def _call(self, inputs: Tensor, states: Any) -> tuple[Tensor, Any]:
        many = isinstance(states, (list, tuple))
        kept = None
        if self.training and self.dropout:
            inputs = inputs * self.get_dropout_mask(inputs)
        if self.training and self.recurrent_dropout:
            kept = self.get_recurrent_dropout_mask(states[0] if many else states)
        new = self.step(self.project(inputs), list(states) if many else [states], kept)
        return new[0], new if many else new[0]

    def compute_output_shape(self, input_shape: Any, states_shape: Any = None) -> Any:
        shape = (*input_shape[:-1], self.units)
        states = [shape] * self.state_count
        return shape, states if isinstance(states_shape, list) or self.state_count > 1 else shape

    # Dropout. A mask is kept until reset, so that all steps of a sequence share it.

    def draw_mask(self, like: Tensor, rate: float) -> Tensor:
        """Zeros and ``1 / (1 - rate)``, in the shape of `like`."""
        return dropout(torch.ones_like(like), rate, seed=None if self.seed is None else self.seed_generator)

    def get_dropout_mask(self, step_input: Tensor) -> Tensor:
        """The factors for the inputs."""
        if self._dropout_mask is None:
            self._dropout_mask = self.draw_mask(step_input, self.dropout)
        return self._dropout_mask

    def get_recurrent_dropout_mask(self, state: Tensor) -> Tensor:
        """The factors for the state."""
        if self._recurrent_dropout_mask is None:
            self._recurrent_dropout_mask = self.draw_mask(state, self.recurrent_dropout)
        return self._recurrent_dropout_mask

    def reset_dropout_mask(self) -> None:
        """Draw a new mask at the next step."""
        self._dropout_mask = None

    def reset_recurrent_dropout_mask(self) -> None:
        """Draw a new mask at the next step."""
        self._recurrent_dropout_mask = None
