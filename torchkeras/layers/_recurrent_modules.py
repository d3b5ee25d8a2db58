"""The torch modules inside recurrent layers: torch's kernels over weights that Keras sees as one kernel and one bias.

They derive from ``nn.RNNBase`` and not from ``nn.LSTM`` and its kin because torch.compile refuses to trace
instances of those; weights, kernels (oneDNN, cuDNN) and numbers are the same.
"""

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras._variable import SAME, Layout


class GruLayout(Layout):
    """The gates z, r, h in Keras, r, z, n in torch: blocks along torch's axis `dim`; for the axes see `inner`."""

    def __init__(self, dim: int, inner: Layout = SAME) -> None:
        self.axes = inner.axes
        self.dim = dim
        self.inner = inner

    def to_keras(self, tensor: Tensor) -> Tensor:
        return self.inner.to_keras(self._swapped(tensor))

    def to_torch(self, tensor: Tensor) -> Tensor:
        return self._swapped(self.inner.to_torch(tensor))

    def _swapped(self, tensor: Tensor) -> Tensor:
        first, second, candidate = tensor.chunk(3, self.dim)
        return torch.cat([second, first, candidate], self.dim)


class Recurrence(nn.RNNBase):
    """One layer and one direction of ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU``: ``(b, t, n) -> (b, t, units)``.

    Args:
        mode: torch's name of the recurrence: ``"RNN_TANH"``, ``"RNN_RELU"``, ``"LSTM"``, ``"GRU"``.
        input_size, hidden_size: the number of features and of units.
        bias: whether there is one. Torch adds two; the second one stays zero, outside ``state_dict`` and training.
    """

    weight_ih_l0: Tensor
    weight_hh_l0: Tensor
    bias_ih_l0: Tensor
    bias_hh_l0: Tensor

    def __init__(self, mode: str, input_size: int, hidden_size: int, bias: bool = True) -> None:
        super().__init__(mode, input_size, hidden_size, bias=bias, batch_first=True)
        self._kernel = mode.lower()
        if bias:
            self._own_biases()

    def _own_biases(self) -> None:
        second = self._parameters.pop("bias_hh_l0")
        assert second is not None
        self.register_buffer("bias_hh_l0", torch.zeros_like(second, requires_grad=False), persistent=False)
        self._init_flat_weights()

    def weights(self) -> list[Tensor]:
        """What the kernel takes: both matrices and both biases."""
        if not self.bias:
            return [self.weight_ih_l0, self.weight_hh_l0]
        return [self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0]

    def forward(self, inputs: Tensor, states: list[Tensor] | None = None) -> tuple[Tensor, list[Tensor]]:
        """All outputs and the last states, from `states` (each ``(b, units)``) on, by default zeros."""
        return self.run(inputs, states, self.weights())

    def run(self, inputs: Tensor, states: list[Tensor] | None, weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """The kernel with given weights."""
        self._check(inputs, states, weights[0].shape[1])
        weights = [weight if weight.dtype is inputs.dtype else weight.to(inputs.dtype) for weight in weights]
        if inputs.is_cuda and not isinstance(weights[0], nn.Parameter):
            weights = _one_block(weights)
        if states is None:
            zeros = inputs.new_zeros(1, inputs.shape[0], self.hidden_size)
            states = [zeros, zeros]
        else:
            states = [state.unsqueeze(0).contiguous() for state in states]
        start: Any = states if self.mode == "LSTM" else states[0]
        kernel = getattr(torch, self._kernel)
        outputs, *last = kernel(inputs, start, weights, self.bias, 1, 0.0, self.training, False, True)
        return outputs, [state.squeeze(0) for state in last]

    def _check(self, inputs: Tensor, states: list[Tensor] | None, features: int) -> None:
        # the kernels trust their arguments and would read beyond the end of memory
        if inputs.ndim != 3 or inputs.shape[-1] != features:
            raise RuntimeError(f"expected inputs of shape (batch, time, {features}), got {tuple(inputs.shape)}.")
        for state in states or ():
            if state.shape != (inputs.shape[0], self.hidden_size):
                raise RuntimeError(
                    f"expected states of shape {(inputs.shape[0], self.hidden_size)}, got {tuple(state.shape)}."
                )


class LstmRecurrence(Recurrence):
    """An LSTM; torch and Keras order its gates alike: i, f, c, o."""

    def run_until(self, inputs: Tensor, states: list[Tensor] | None, lengths: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Like calling it, but the cell state stops changing after ``lengths`` (``(b,)``) steps.

        One more input tells which steps are over; with it the input gate is shut and the forget gate is open,
        exactly so, as the sigmoid of 1e4 is 1. No step is skipped and nothing has to be known on the host.
        """
        over = torch.arange(inputs.shape[1], device=inputs.device) >= lengths[:, None]
        inputs = torch.cat([inputs, over[..., None].to(inputs.dtype)], -1)
        first, *others = self.weights()
        shut = first.new_zeros(4, self.hidden_size)
        shut[0], shut[1] = -1e4, 1e4
        return self.run(inputs, states, [torch.cat([first, shut.reshape(-1, 1)], -1), *others])


class GruRecurrence(Recurrence):
    """A GRU, whose two biases (Keras' ``reset_after``) are the rows of one parameter."""

    bias_l0: Tensor

    def _own_biases(self) -> None:
        del self._parameters["bias_ih_l0"], self._parameters["bias_hh_l0"]
        self._flat_weights_names = self._flat_weights_names[:2]
        self._all_weights = [self._all_weights[0][:2]]
        self._init_flat_weights()
        self.bias_l0 = nn.Parameter(torch.empty(2, 3 * self.hidden_size))

    def weights(self) -> list[Tensor]:
        matrices = [self.weight_ih_l0, self.weight_hh_l0]
        return [*matrices, *self.bias_l0.unbind(0)] if self.bias else matrices

    def flatten_parameters(self) -> None:
        """Put the weights into one block of memory, as cuDNN wants them; the bias follows as one piece of it."""
        first = self.weight_ih_l0
        if "bias_l0" not in self._parameters or not first.is_cuda or not torch.backends.cudnn.is_acceptable(first.data):
            return super().flatten_parameters()
        weights = [first, self.weight_hh_l0, self.bias_l0.data[0], self.bias_l0.data[1]]
        with torch.no_grad(), torch.cuda.device_of(first):
            mode = torch.backends.cudnn.rnn.get_cudnn_mode(self.mode)
            torch._cudnn_rnn_flatten_weight(weights, 4, self.input_size, mode, self.hidden_size, 0, 1, True, False)
            bias, place = weights[2], weights[2].storage_offset()
            self.bias_l0.data = bias.new_empty(0).set_(bias.untyped_storage(), place, self.bias_l0.shape)  # type: ignore[call-overload]
        return None


class GruWeights(nn.Module):
    """The weights of a GRU whose reset gate acts before the product (``reset_after=False``): no kernel has it."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True) -> None:
        super().__init__()
        self.weight_ih_l0 = nn.Parameter(torch.empty(3 * hidden_size, input_size))
        self.weight_hh_l0 = nn.Parameter(torch.empty(3 * hidden_size, hidden_size))
        self.bias_l0 = nn.Parameter(torch.empty(3 * hidden_size)) if bias else None


def _one_block(weights: list[Tensor]) -> list[Tensor]:
    """The weights in one piece of memory, as cuDNN wants them: casts of mixed precision lie anywhere."""
    block = torch.cat([weight.reshape(-1) for weight in weights])
    pieces = block.split([weight.numel() for weight in weights])
    return [piece.view(weight.shape) for piece, weight in zip(pieces, weights)]
