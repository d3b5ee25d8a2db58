"""Keyword arguments of layers: the words of Keras 1 (2015-2017), and what Keras 2 and tf.keras had besides."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras._eras._arguments._row import Call, Row, Taken, dropped, joined, refused, renamed, respelled, rule
from torchkeras._errors import brief
from torchkeras._fields import known_arguments
from torchkeras.saving._legacy_keras1 import ARGUMENTS, RENAMED

# What configs of Keras 1 never held, as it stood under another name there.
IN_CODE = {
    "dims": "target_shape",
    "concat_axis": "axis",
    "dot_axes": "axes",
    "max_tokens": "num_tokens",
    "poolsize": "pool_size",
}

ORDERINGS = {"tf": "channels_last", "th": "channels_first", "default": None}


def data_format(value: Any) -> Any:
    """Keras 1's word for an order of axes as today's."""
    return ORDERINGS.get(value, value) if isinstance(value, str) else value


def as_initializer(value: Any) -> Any:
    """A function ``(shape, name=None)`` of Keras 1 as an initializer; others as they are."""
    if not inspect.isfunction(value):
        return value
    parameters = inspect.signature(value, follow_wrapped=False).parameters
    if "dtype" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return value

    named = {"name": None} if "name" in parameters else {}

    @functools.wraps(value)
    def initialize(shape: Any, dtype: Any = None) -> Any:
        return value(shape, **named)

    return initialize


def _conversion(new: str) -> Callable[[Any], Any] | None:
    if new == "data_format":
        return data_format
    return as_initializer if new.endswith("_initializer") else None


# Rows of more than a word.


def _first_weights(call: Call, taken: Taken) -> None:
    weights = taken["weights"]
    if weights is None:
        return
    if not isinstance(weights, (list, tuple)):
        raise TypeError(f"{call.owner}: expected `weights` to be a list of arrays, got {brief(weights)}.")
    call.finish.append(lambda layer: layer.start_from(list(weights)))


def _sequence_shape(call: Call, taken: Taken) -> None:
    if "input_dim" in taken and not {"input_shape", "batch_input_shape"} & call.kwargs.keys():
        call.kwargs["input_shape"] = (taken.get("input_length"), taken["input_dim"])


def _forget_bias(call: Call, taken: Taken) -> None:
    value = taken["forget_bias_init"]
    name = value if isinstance(value, str) else getattr(value, "__name__", "").lower()
    if name not in ("one", "ones", "zero", "zeros"):
        raise ValueError(
            f"{call.owner}: `forget_bias_init` is now `unit_forget_bias=` True or False: expected 'one' or 'zero', "
            f"got {brief(value)}; give other values to `bias_initializer`."
        )
    call.set("unit_forget_bias", name.startswith("one"), "forget_bias_init")


def _batch_mode(call: Call, taken: Taken) -> None:
    instead = {1: "layers.LayerNormalization()", 2: "layers.BatchNormalization()(x, training=True)"}
    mode = taken["mode"]
    if mode in instead:
        raise ValueError(f"{call.owner}: `mode={mode}` of Keras 1 is gone; write {instead[mode]}.")


_SIDES = ("top_pad", "bottom_pad", "left_pad", "right_pad")


def is_four_sided(padding: Any) -> bool:
    return isinstance(padding, dict) or (isinstance(padding, (list, tuple)) and len(padding) == 4)


def _four_sides(padding: Any) -> Any:
    """``(top, bottom, left, right)``, or a dict of them, as pairs."""
    top, bottom, left, right = [padding.get(side, 0) for side in _SIDES] if isinstance(padding, dict) else padding
    return (top, bottom), (left, right)


class _WordDropout:
    """A forward hook of an embedding: in training, all places of one word are dropped together (arXiv:1512.05287)."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, layer: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        if not layer.training or not isinstance(output, Tensor):
            return output
        kept = torch.rand(layer.input_dim, device=output.device) >= self.rate
        return output * (kept.to(output.dtype) / (1 - self.rate))[inputs[0].long()].unsqueeze(-1)


def _word_dropout(call: Call, taken: Taken) -> None:
    rate = taken["dropout"]
    if not isinstance(rate, (int, float)) or not 0 <= rate < 1:
        raise ValueError(f"{call.owner}: expected a `dropout` from 0 to below 1, got {brief(rate)}.")
    if rate:
        call.finish.append(lambda layer: layer.register_forward_hook(_WordDropout(rate)))


def _input_shape(call: Call, taken: Taken) -> None:
    batch = taken.get("batch_input_shape", (None, *taken.get("input_shape", ())))
    call.finish.append(lambda layer: setattr(layer, "_input_shape_argument", tuple(batch)))


_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}

# layers that take no keywords of all layers, as in Keras 3
_BARE = (
    rule(("input_shape", "batch_input_shape"), "is now said by `keras.Input(shape)`", _input_shape),
    dropped("trainable", "the layer has no weights"),
)
_DATA_FORMAT = respelled(
    "data_format", data_format, lambda value: value in ORDERINGS, '"channels_first" or "channels_last"'
)
_UNCHANGED = "the result is the same"
_FORGET = rule(("forget_bias_init",), "is now `unit_forget_bias=True` or `False`", _forget_bias)
_RECURRENT = (
    dropped("consume_less", _UNCHANGED),
    dropped("implementation", _UNCHANGED),
    dropped("unroll", _UNCHANGED),
    refused("time_major", "sequences are (batch, time, features)"),
)
_SEQUENCE = rule(("input_dim", "input_length"), "is now `input_shape=(length, dim)`", _sequence_shape)
_SEQUENCES = ("LSTM", "GRU", "SimpleRNN", "RNN", "Conv1D", "SeparableConv1D", "LocallyConnected1D", "TimeDistributed")

# Rows of single classes; those for keywords that the class takes today are for old values of them.
OF_CLASS: dict[str, tuple[Row, ...]] = {
    **dict.fromkeys(("GRU", "SimpleRNN", "RNN"), _RECURRENT),
    **dict.fromkeys(("LSTM", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), (_FORGET, *_RECURRENT)),
    "BatchNormalization": (
        rule(("mode",), "has no effect: 0 is what there is", _batch_mode),
        dropped("fused", _UNCHANGED),
        refused("virtual_batch_size", "statistics are those of the whole batch"),
        refused("adjustment", "statistics are those of the batch"),
    ),
    "Embedding": (rule(("dropout",), "is now `layers.SpatialDropout1D`, nearly", _word_dropout),),
    **dict.fromkeys(("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), _BARE),
    **dict.fromkeys(
        ("Conv2DTranspose", "Conv3DTranspose"), (dropped("output_shape", "it follows from the input's shape"),)
    ),
    **dict.fromkeys(
        ("Attention", "AdditiveAttention"),
        (refused("causal", "it is said in the call: `layer(inputs, use_causal_mask=True)`"),),
    ),
    "ZeroPadding2D": (respelled("padding", _four_sides, is_four_sided, "`((top, bottom), (left, right))`"),),
}
OF_CLASS |= dict.fromkeys(
    ("CategoryEncoding", "TextVectorization", "StringLookup", "IntegerLookup", "Hashing"),
    (respelled("output_mode", _MODES.get, lambda value: value in _MODES, '"multi_hot" or "tf_idf"'),),
)

ON_ANY_LAYER = (
    rule(("weights",), "is now `layer.set_weights(...)`, once the layer is built", _first_weights),
    dropped("dynamic", "every layer runs eagerly"),
)

_SIZES = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))


@functools.cache
def layer_rows(cls: type) -> tuple[Row, ...]:
    """The rows of a layer's class: words whose argument of today it takes, and its own."""
    name, taken = cls.__name__, set(known_arguments(cls))
    rows = [*OF_CLASS.get(name, ())]
    for old, new in {**ARGUMENTS, **IN_CODE, **RENAMED.get(name, {})}.items():
        if new in taken and old not in taken and not (old == "border_mode" and name.startswith("ZeroPadding")):
            rows.append(renamed(old, new, _conversion(new)))
    if "data_format" in taken:
        rows.append(_DATA_FORMAT)
    if "kernel_size" in taken:
        rows += [joined(olds, "kernel_size") for olds in _SIZES]
    if name in _SEQUENCES:
        rows.append(_SEQUENCE)
    rows += ON_ANY_LAYER
    return tuple(row for row in rows if row.when is not None or not taken & set(row.old))


_WORDS = frozenset(
    [*ARGUMENTS, *IN_CODE, *(old for new in RENAMED.values() for old in new), "data_format"]
    + [word for row in [*ON_ANY_LAYER, _SEQUENCE] for word in row.old]
    + [word for olds in _SIZES for word in olds]
)


def words_of(name: str) -> frozenset[str]:
    """The keywords that may be old ones in calls of the layer's class `name`."""
    return _WORDS.union(word for row in OF_CLASS.get(name, ()) for word in row.old)
