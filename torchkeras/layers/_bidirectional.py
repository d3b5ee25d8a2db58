"""Bidirectional: a recurrent layer that reads the sequence from both ends."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras._serialization import serialize_keras_object
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._layer import Layer
from torchkeras.layers._nested import Nested, build_child
from torchkeras.layers._wrappers import as_layer

__all__ = ["Bidirectional"]

MERGE_MODES = ("sum", "mul", "ave", "concat", None)


@fields
class Bidirectional(Nested):
    """`layer` on the sequence and a copy of it on the reversed one: ``(b, t, n) -> (b, 2 * units)`` with "concat".

    With ``return_sequences`` each step has both outputs for that step. States are the forward layer's, then
    the backward layer's.

    Args:
        layer: a recurrent layer, of which both directions are new copies.
        merge_mode: ``"concat"``, ``"sum"``, ``"mul"``, ``"ave"``, or None for both outputs unmerged.
        weights: values for both layers: the forward one's, then the backward one's.
        backward_layer: another layer for the way back; it must have ``go_backwards`` the other way round.
    """

    merge_mode: Annotated[Any, Kind(None)]

    supports_masking = True
    produces_mask = False

    def __init__(
        self, layer: Any, merge_mode: Any = "concat", weights: Any = None, backward_layer: Any = None, **kwargs: Any
    ) -> None:
        layer = _as_recurrent(layer, "Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance.")
        if backward_layer is not None:
            reason = "`backward_layer` need to be a `keras.layers.Layer` instance."
            backward_layer = _as_recurrent(backward_layer, reason)
        super().__init__(**kwargs)
        if merge_mode not in MERGE_MODES:
            raise ValueError(
                f"Invalid merge mode. Received: {brief(merge_mode)}. "
                "Merge mode should be one of 'sum', 'mul', 'ave', 'concat', None."
            )
        self.merge_mode = merge_mode
        self.forward_layer = _copied(layer, "forward")
        self.backward_layer = backward_layer or _copied(layer, "backward", go_backwards=not layer.go_backwards)
        self._check_agreement()
        for part in (self.forward_layer, self.backward_layer):
            # at a masked step one direction would repeat what came before, the other what comes after
            part.zero_output_for_mask = layer.return_sequences
        self.stateful, self.return_state = layer.stateful, layer.return_state
        self.return_sequences = layer.return_sequences
        self.input_spec = InputSpec(ndim=3)
        self._given = weights

    def _check_agreement(self) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                "Forward layer and backward layer should have different `go_backwards` value. Both have "
                f"{forward.go_backwards}."
            )
        for name in ("stateful", "return_sequences", "return_state"):
            one, other = getattr(forward, name), getattr(backward, name)
            if one != other:
                raise ValueError(
                    f'Forward layer and backward layer are expected to have the same value for attribute "{name}", got '
                    f'"{one}" for forward layer and "{other}" for backward layer'
                )

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        build_child(self.forward_layer, sequences_shape)
        build_child(self.backward_layer, sequences_shape)
        if self._given is not None:
            self.set_weights(self._given)
            self._given = None

    def call(
        self, sequences: Tensor, initial_state: Any = None, mask: Tensor | None = None, training: bool | None = None
    ) -> Any:
        first, second = self._halves(initial_state)
        kwargs = {} if mask is None else {"mask": mask}
        forward = self.forward_layer(sequences, **first, **kwargs)
        backward = self.backward_layer(sequences, **second, **kwargs)
        states: tuple[Any, ...] = ()
        if self.return_state:
            (forward, *one), (backward, *other) = forward, backward
            states = (*one, *other)
        if self.return_sequences:
            backward = backward.flip(1)  # the steps in the forward layer's order
        merged = self._merged(forward, backward)
        if self.merge_mode is None:
            return (*merged, *states)
        return (merged, *states) if self.return_state else merged

    def _halves(self, states: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if states is None:
            return {}, {}
        states = list(states)
        if len(states) % 2 or not states:
            raise ValueError(
                f'Bidirectional "{self.name}": `initial_state` is a list with the forward layer\'s states and then the '
                f"backward layer's, got {len(states)} states."
            )
        half = len(states) // 2
        return {"initial_state": states[:half]}, {"initial_state": states[half:]}

    def _merged(self, forward: Tensor, backward: Tensor) -> Any:
        match self.merge_mode:
            case "concat":
                return torch.cat([forward, backward], -1)
            case "sum":
                return forward + backward
            case "ave":
                return (forward + backward) / 2
            case "mul":
                return forward * backward
        return forward, backward

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        shape = self.forward_layer.compute_output_shape(sequences_shape)
        output, *states = shape if self.return_state else (shape,)
        if self.merge_mode == "concat":
            output = (*output[:-1], output[-1] * 2)
        outputs = (output, output) if self.merge_mode is None else (output,)
        return (*outputs, *states, *states) if len(outputs) > 1 or states else output

    def compute_mask(self, _: Any, mask: Any) -> Any:
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        output = mask if self.return_sequences else None
        outputs = (output, output) if self.merge_mode is None else (output,)
        if self.return_state:
            return (*outputs, *(None for _ in (*self.forward_layer.state_size, *self.backward_layer.state_size)))
        return outputs if self.merge_mode is None else output

    @property
    def states(self) -> Any:
        """The states that ``stateful=True`` keeps, of both layers."""
        if not self.forward_layer.states:
            return None
        return (*self.forward_layer.states, *self.backward_layer.states)

    def reset_state(self) -> None:
        """Set the kept states to zero."""
        if not self.stateful:
            raise AttributeError(f'Bidirectional "{self.name}" keeps no states: its layers must be stateful.')
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """The same as :meth:`reset_state`."""
        self.reset_state()

    def get_config(self) -> dict[str, Any]:
        layers = {
            "layer": serialize_keras_object(self.forward_layer),
            "backward_layer": serialize_keras_object(self.backward_layer),
        }
        return {"name": self.name, **self._base_config(), "merge_mode": self.merge_mode, **layers}


def _as_recurrent(value: Any, reason: str) -> Any:
    if not isinstance(value, (Layer, dict)):
        raise ValueError(f"{reason} Received: {brief(value)}")
    layer = as_layer(value)
    for name in ("go_backwards", "return_sequences", "return_state", "stateful"):
        if not hasattr(layer, name):
            raise ValueError(
                f"Bidirectional: expected a recurrent layer, such as LSTM, with the attribute `{name}`; "
                f"got {type(layer).__name__} {layer.name!r}. Use TimeDistributed for other layers."
            )
    return layer


def _copied(layer: Any, prefix: str, **changes: Any) -> Any:
    """A new layer like `layer`, named ``<prefix>_<its name>``."""
    unwritten = {name: getattr(layer, name) for name in getattr(layer, "unwritten", ())}
    config = layer.get_config() | unwritten | changes
    config["name"] = f"{prefix}_{layer.name.removeprefix('forward_')}"
    return type(layer).from_config(config)


_registry.catalogue("layers", Bidirectional)
