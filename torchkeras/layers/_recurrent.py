"""RNN, which runs any cell over a sequence, and StackedRNNCells."""

from collections.abc import Iterable
from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._dtypes import to_torch_dtype
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras._probing import is_probing
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._structures import leaves, map_leaves
from torchkeras._variable import Variable
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._nested import Nested, build_child
from torchkeras.layers._recurrent_loop import Wanted, first_states, run

__all__ = ["RNN", "StackedRNNCells"]


def _cells(value: Any) -> list[Any]:
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError(f"expected a list of cells, got {brief(value)}.")
    return [_cell(cell) for cell in value]


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return StackedRNNCells(value)
    if isinstance(value, dict):
        value = deserialize_keras_object(value)
    if not callable(getattr(value, "call", None)):
        raise ValueError(f"expected a cell, which has a `call` method. Received: {brief(value)}")
    if not hasattr(value, "state_size"):
        raise ValueError(
            "expected a cell, which has a `state_size` attribute (an integer, or a list of integers, one for each "
            f"state). Received: {brief(value)}"
        )
    return value


def _write_cells(cells: Iterable[Any]) -> list[Any]:
    return [serialize_keras_object(cell) for cell in cells]


@fields
class StackedRNNCells(Nested):
    """Cells on top of each other, as one cell: each gets the output of the one before.

    Args:
        cells: the cells, lowest first.
    """

    cells: Annotated[list[Any], Kind(_cells, _write_cells)]

    @property
    def runs_in_turn(self) -> bool:
        """Whether a sequence may go through one cell after the other, which changes nothing but the speed."""
        return type(self).call is StackedRNNCells.call

    @property
    def state_size(self) -> list[Any]:
        """The state sizes of all cells."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> Any:
        """The output size of the last cell."""
        return output_size_of(self.cells[-1])

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """The first states of all cells."""
        return [first_states(cell, batch_size, self._compute) for cell in self.cells]

    def build(self, input_shape: Any) -> None:
        for cell in self.cells:
            build_child(cell, input_shape)
            size = output_size_of(cell)
            input_shape = (input_shape[0], *size) if isinstance(size, tuple) else (input_shape[0], size)

    def call(self, inputs: Tensor, states: Any, training: bool = False, **kwargs: Any) -> tuple[Tensor, list[Any]]:
        new = []
        for cell, state in zip(self.cells, states, strict=True):
            many = isinstance(state, (list, tuple))
            inputs, state = cell(inputs, list(state) if many else [state], **kwargs)
            new.append(state if isinstance(state, (list, tuple)) or not many else [state])
        return inputs, new


def output_size_of(cell: Any) -> Any:
    """The size of a cell's output: ``output_size``, else that of its first state."""
    size = getattr(cell, "output_size", None)
    if size is None:
        size = cell.state_size[0] if isinstance(cell.state_size, (list, tuple)) else cell.state_size
    return size


@fields
class RNN(Nested):
    """A recurrent layer out of a cell: ``(b, t, n) -> (b, units)``, or ``(b, t, units)`` with ``return_sequences``.

    Args:
        cell: has ``call(inputs, states) -> output, new_states`` and ``state_size``; a list of cells is stacked.
        return_sequences: whether to return the outputs of all steps instead of the last one.
        return_state: whether to return the last states after the output.
        go_backwards: whether to start at the end of the sequence; the outputs are then in that order.
        stateful: whether the last states are the next batch's first ones, until :meth:`reset_state`.
        unroll: accepted for Keras' sake; nothing depends on it here.
        zero_output_for_mask: whether masked steps give zeros instead of the previous output.
    """

    cell: Annotated[Any, Kind(_cell, serialize_keras_object)]
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False

    supports_masking = True
    produces_mask = False

    def __post_init__(self) -> None:
        self.input_spec = InputSpec(ndim=3) if type(self) is not RNN else None
        self.states: Any = None

    @property
    def state_size(self) -> Any:
        """The sizes of the cell's states, in a list."""
        size = self.cell.state_size
        return list(size) if isinstance(size, (list, tuple)) else [size]

    @property
    def single_state(self) -> bool:
        """Whether the cell has one state."""
        return isinstance(self.cell.state_size, int)

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        if self.input_spec is not None and len(sequences_shape) != self.input_spec.ndim:
            raise ValueError(
                f'{type(self).__name__} "{self.name}": expected a {self.input_spec.ndim}-D input (batch, steps, '
                f"features), got shape {tuple(sequences_shape)}."
            )
        build_child(self.cell, (sequences_shape[0], *sequences_shape[2:]))
        if self.stateful:
            self._make_states(sequences_shape)

    def _make_states(self, shape: Any) -> None:
        if shape[0] is None:
            raise ValueError(
                f"When using `stateful=True` in a RNN, the batch size must be static. {type(self).__name__} "
                f'"{self.name}" found a dynamic batch size: sequences of shape {tuple(shape)}. '
                "Give it with `Input(batch_shape=...)` or `batch_size=`."
            )

        def variable(value: Tensor) -> Variable:
            name = f"state_{len(self._buffers)}"
            self.register_buffer(name, value.clone(), persistent=False)
            state = Variable.over(self, name, name="rnn_state", trainable=False)
            state.path = f"{self.path}/rnn_state"
            return state

        self.__dict__["states"] = map_leaves(variable, self.get_initial_state(shape[0]))

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """The states with which each sequence begins: ``[(batch_size, units), ...]``."""
        return first_states(self.cell, batch_size, self._compute)

    def reset_state(self) -> None:
        """Set the states that ``stateful=True`` keeps to zero."""
        for state in leaves(self.states or []):
            state.tensor.zero_()

    def reset_states(self) -> None:
        """The same as :meth:`reset_state`."""
        self.reset_state()

    def call(
        self, sequences: Tensor, initial_state: Any = None, mask: Tensor | None = None, training: bool = False
    ) -> Any:
        if is_probing():  # stepping would cost, and shows nothing that the sizes do not
            return self._stand_ins(sequences)
        if not sequences.is_floating_point():
            sequences = sequences.to(self._compute)
        states = self._first_states(initial_state, sequences)
        self._forget_dropout()
        if self.go_backwards:
            sequences = sequences.flip(1)
            mask = None if mask is None else mask.flip(1)
        wanted = Wanted(self.return_sequences, self.return_state or self.stateful, self.zero_output_for_mask)
        result = run(self.cell, sequences, states, mask, wanted)
        if self.stateful:
            self._keep(result.states)
        output = result.sequence if self.return_sequences else result.output
        return (output, *result.states) if self.return_state else output

    def _first_states(self, given: Any, sequences: Tensor) -> Any:
        """The given states, or those kept from the last batch, or None for zeros."""
        if given is not None:
            return self._checked(given)
        if self.states is None:
            return None
        states = map_leaves(lambda state: state.tensor.clone(), self.states)
        kept = next(leaves(states)).shape[0]
        if kept != sequences.shape[0]:
            raise ValueError(
                f'{type(self).__name__} "{self.name}" is stateful: the batch size of the input sequences must be '
                f"that of the states. Expected batch size: {kept}. Received batch size: {sequences.shape[0]}."
            )
        return states

    def _checked(self, given: Any) -> list[Any]:
        """The caller's ``initial_state``, nested as the cell has its states."""
        states = list(given) if isinstance(given, (list, tuple)) else [given]
        expected, found = list(leaves(self.state_size)), list(leaves(states))
        if len(expected) != len(found):
            raise ValueError(
                f'{type(self).__name__} "{self.name}": expected {len(expected)} initial states of sizes {expected}, '
                f"got {len(found)}."
            )
        for size, state in zip(expected, found, strict=True):
            if isinstance(size, int) and state.shape[-1] != size:
                raise ValueError(
                    f'{type(self).__name__} "{self.name}": expected an initial state of shape (batch, {size}), '
                    f"got shape {tuple(state.shape)}."
                )
        flat = iter(found)
        return map_leaves(lambda _: next(flat), self.state_size)

    def _forget_dropout(self) -> None:
        """User-written loops and cells keep their dropout masks for a sequence; the next one draws new ones."""
        for cell in getattr(self.cell, "cells", (self.cell,)):
            if getattr(cell, "_dropout_mask", None) is not None:
                cell.reset_dropout_mask()
            if getattr(cell, "_recurrent_dropout_mask", None) is not None:
                cell.reset_recurrent_dropout_mask()

    def _keep(self, states: Any) -> None:
        with torch.no_grad():
            for kept, new in zip(leaves(self.states), leaves(states), strict=True):
                kept.tensor.copy_(new)

    def _stand_ins(self, sequences: Tensor) -> Any:
        dtype = to_torch_dtype(self.compute_dtype)
        shapes = self.compute_output_shape(tuple(sequences.shape))
        if not self.return_state:
            return torch.empty(shapes, dtype=dtype)
        return tuple(_map_shape(lambda shape: torch.empty(shape, dtype=dtype), shape) for shape in shapes)

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        batch, length = sequences_shape[:2]
        size = output_size_of(self.cell)
        size = size if isinstance(size, (list, tuple)) else (size,)
        output = (batch, length, *size) if self.return_sequences else (batch, *size)
        if not self.return_state:
            return output
        return (output, *map_leaves(lambda size: (batch, size), self.state_size))

    def compute_mask(self, _: Any, mask: Any) -> Any:
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        output = mask if self.return_sequences else None
        return [output, *(None for _ in self.state_size)] if self.return_state else output


def _map_shape(function: Any, value: Any) -> Any:
    return [function(shape) for shape in value] if isinstance(value, list) else function(value)


_registry.catalogue("layers", RNN, StackedRNNCells)
