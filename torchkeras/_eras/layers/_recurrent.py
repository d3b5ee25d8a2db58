"""Recurrent layers as users of Keras 1 and 2 wrote them: a cell's base, and ``Recurrent`` with its ``step``."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings, layers, ops
from torchkeras._dtypes import to_torch_dtype
from torchkeras.layers._conv_lstm import ConvLSTMCell2D

__all__ = ["AbstractRNNCell", "ConvLSTM2DCell", "ConvRNN2D", "ConvRecurrent2D", "Recurrent"]
__all__ += ["_time_distributed_dense", "time_distributed_dense"]


class AbstractRNNCell(layers.Layer):
    """Base of a user's cell for ``RNN``: it has ``state_size``, ``output_size`` and ``call(inputs, states)``."""

    @property
    def state_size(self) -> Any:
        """The size of the state, or the sizes of several."""
        raise NotImplementedError(f"{type(self).__name__} must have a property `state_size`.")

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        raise NotImplementedError(f"{type(self).__name__} must have a property `output_size`.")

    def call(self, inputs: Any, states: Any) -> Any:
        """One step: the output and the new states."""
        raise NotImplementedError(f"{type(self).__name__} must have a method `call(inputs, states)`.")

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """Zeros, one tensor for each size; the batch is that of `inputs`, if they are given."""
        if inputs is not None:
            batch_size = inputs.shape[0]
        kind = to_torch_dtype(dtype or self.compute_dtype)
        many = isinstance(self.state_size, (list, tuple))
        sizes = self.state_size if many else [self.state_size]
        zeros = [torch.zeros((batch_size, _size(size)), dtype=kind, device=_settings.device()) for size in sizes]
        return zeros if many else zeros[0]


def _size(value: Any) -> int:
    return value if isinstance(value, int) else int(value[-1])


# Keras' bases of the layers that step through images; ``RNN`` is that of all here
ConvRNN2D = ConvRecurrent2D = layers.RNN
ConvLSTM2DCell = ConvLSTMCell2D


def time_distributed_dense(
    x: Any,
    w: Any,
    b: Any = None,
    dropout: float | None = None,
    input_dim: int | None = None,
    output_dim: int | None = None,
    timesteps: int | None = None,
    training: Any = None,
) -> Any:
    """``x @ w + b`` for all steps at once: ``(b, t, n) -> (b, t, m)``; users' recurrent layers borrowed it.

    Args:
        x: the inputs.
        w, b: kernel and bias.
        dropout: in training, the share of inputs that is dropped, the same ones in each step.
        input_dim, output_dim, timesteps: accepted; the tensors know.
        training: whether to drop.
    """
    x = ops.convert_to_tensor(x)
    if dropout and training:
        x = x * torch.dropout(torch.ones_like(x[:, :1]), dropout, True)
    outputs = ops.matmul(x, w)
    return outputs if b is None else ops.add(outputs, b)


_time_distributed_dense = time_distributed_dense


class Recurrent(layers.Layer):
    """Base of a user's recurrent layer of Keras 1 and 2: ``(b, t, n) -> (b, units)``, or ``(b, t, units)``.

    A subclass writes ``step(inputs, states) -> output, new states``, may prepare all inputs at once in
    ``preprocess_input``, and gives further tensors to each step, after the states, by ``get_constants``.

    Args:
        return_sequences: whether to return the outputs of all steps.
        return_state: whether to return the last states after the output.
        go_backwards: whether to start at the end of the sequence.
        stateful: whether the last states are the next batch's first ones, until :meth:`reset_states`.
        unroll, implementation, consume_less: accepted; nothing depends on them here.
    """

    supports_masking = True
    produces_mask = False

    def __init__(
        self,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        implementation: int = 0,
        consume_less: str = "cpu",
        **kwargs: Any,
    ) -> None:
        if kwargs.get("input_dim") and "input_length" in kwargs:
            kwargs["input_shape"] = (kwargs.pop("input_length"), kwargs.pop("input_dim"))
        super().__init__(**kwargs)
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards, self.stateful, self.unroll = go_backwards, stateful, unroll
        self.implementation, self.consume_less = implementation, consume_less
        self.states: Any = [None, None]
        self.dropout = self.recurrent_dropout = 0.0

    # What subclasses write.

    def step(self, inputs: Any, states: Any) -> Any:
        """One step: the output, and the list of new states."""
        raise NotImplementedError(f"{type(self).__name__} must have a method `step(inputs, states)`.")

    def preprocess_input(self, inputs: Any, training: Any = None) -> Any:
        """All inputs, as the steps shall see them."""
        return inputs

    def get_constants(self, inputs: Any, training: Any = None) -> Any:
        """Tensors that each step finds after its states."""
        return []

    def get_initial_state(self, inputs: Tensor) -> Any:
        """Zeros ``(b, units)``, as many as there are states."""
        units: Any = self.__dict__.get("units", self.__dict__.get("output_dim"))
        return [inputs.new_zeros((inputs.shape[0], units)) for _ in self.states]

    def get_initial_states(self, inputs: Tensor) -> Any:
        """Keras 1's name of :meth:`get_initial_state`."""
        return self.get_initial_state(inputs)

    # The loop.

    def call(self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None) -> Any:
        states = self._first_states(inputs, initial_state)
        constants = list(self.get_constants(inputs))
        steps = self.preprocess_input(inputs)
        order = range(steps.shape[1])
        outputs: list[Any] = []
        for index in reversed(order) if self.go_backwards else order:
            output, new = self.step(steps[:, index], [*states, *constants])
            if mask is not None:
                kept = mask[:, index].unsqueeze(-1)
                output = torch.where(kept, output, outputs[-1] if outputs else torch.zeros_like(output))
                new = [torch.where(kept, after, before) for after, before in zip(new, states)]
            outputs, states = [*outputs, output], list(new)
        if self.stateful:
            self.states = [state.detach() for state in states]
        result = torch.stack(outputs, 1) if self.return_sequences else outputs[-1]
        return (result, *states) if self.return_state else result

    def _first_states(self, inputs: Any, given: Any) -> list[Any]:
        if given is not None:
            return list(given) if isinstance(given, (list, tuple)) else [given]
        if self.stateful and self.states and self.states[0] is not None and not inputs.is_meta:
            return list(self.states)
        own = type(self).get_initial_states is not Recurrent.get_initial_states
        return list(self.get_initial_states(inputs) if own else self.get_initial_state(inputs))

    def reset_states(self, states: Any = None) -> None:
        """Begin the next sequence with zeros, or with the given states."""
        self.states = [None for _ in self.states] if states is None else list(states)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return mask if self.return_sequences else None

    def get_config(self) -> dict[str, Any]:
        """The base's arguments; a subclass adds its own."""
        names = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "implementation")
        return {"name": self.name, **self._base_config(), **{name: getattr(self, name) for name in names}}
