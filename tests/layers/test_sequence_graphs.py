"""Masks, states and scores in functional models: configs equal to Keras', key for key, and the same numbers."""

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


def _words(k: Any) -> tuple[Any, Any]:
    words = k.Input((5,), dtype="int32", name="words")
    return words, k.layers.Embedding(10, 3, mask_zero=True, name="embedding")(words)


def masked_lstm(k: Any) -> Any:
    words, x = _words(k)
    return k.Model(words, k.layers.LSTM(4, name="a")(x))


def masked_with_state(k: Any) -> Any:
    words, x = _words(k)
    state = k.Input((4,), name="state")
    return k.Model([words, state], k.layers.GRU(4, name="a")(x, initial_state=state))


def training_flag(k: Any) -> Any:
    x = k.Input((5, 3), name="x")
    return k.Model(x, k.layers.SimpleRNN(4, name="a")(x, training=True))


def seq2seq(k: Any) -> Any:
    x = k.Input((5, 3), name="x")
    _, h, c = k.layers.LSTM(4, return_state=True, return_sequences=True, name="encoder")(x)
    return k.Model(x, k.layers.LSTM(4, name="decoder")(x, initial_state=[h, c]))


def masking_layer(k: Any) -> Any:
    x = k.Input((5, 3), name="x")
    return k.Model(x, k.layers.GRU(3, name="a")(k.layers.Masking(name="masking")(x)))


def stack(k: Any) -> Any:
    words, x = _words(k)
    x = k.layers.Bidirectional(k.layers.LSTM(4, return_sequences=True), name="both_ways")(x)
    x = k.layers.TimeDistributed(k.layers.Dense(3, name="inner"), name="each")(x)
    y = k.layers.MultiHeadAttention(2, 3, name="heads")(x, x, use_causal_mask=True)
    # not `x` again: Keras takes the mask off a tensor when it passes it on
    y = k.layers.Attention(name="attention")([y, y])
    return k.Model(words, k.layers.AdditiveAttention(name="additive")([y, y]))


def scores(k: Any) -> Any:
    x = k.Input((5, 3), name="x")
    return k.Model(x, k.layers.MultiHeadAttention(2, 3, name="heads")(x, x, return_attention_scores=True))


def keyword_call(k: Any) -> Any:
    words, x = _words(k)
    return k.Model(words, k.layers.MultiHeadAttention(2, 3, name="heads")(query=x, value=x, key=x))


def grouped(k: Any) -> Any:
    x = k.Input((5, 3), name="x")
    return k.Model(x, k.layers.GroupQueryAttention(3, 4, 2, name="heads")(x, x))


def given_mask(k: Any) -> Any:
    x, mask = k.Input((5, 3), name="x"), k.Input((5,), dtype="bool", name="mask")
    return k.Model([x, mask], k.layers.RNN(k.layers.LSTMCell(4, name="cell"), name="a")(x, mask=mask))


def einsum(k: Any) -> Any:
    x = k.Input((5, 3), name="x")
    return k.Model(x, k.layers.EinsumDense("abc,cd->abd", (5, 4), bias_axes="d", name="a")(x))


GRAPHS = [
    masked_lstm,
    masked_with_state,
    training_flag,
    seq2seq,
    masking_layer,
    stack,
    scores,
    keyword_call,
    grouped,
    given_mask,
    einsum,
]


def _inputs(model: Any) -> Any:
    draw = np.random.default_rng(0)
    found = []
    for symbol in model.inputs:
        shape = (3, *symbol.shape[1:])
        if symbol.dtype == "int32":
            value = draw.integers(1, 9, shape)
            value[0, 3:] = 0
            value[1, :2] = 0
            value = value.astype("int32")
        elif symbol.dtype == "bool":
            value = draw.random(shape) > 0.3
        else:
            value = draw.normal(size=shape).astype("float32")
            value[0, 2:] = 0
        found.append(torch.as_tensor(value))
    return found if len(found) > 1 else found[0]


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


@pytest.mark.parametrize("build", GRAPHS, ids=lambda build: build.__name__)
def test_config_and_numbers(build: Callable[[Any], Any]) -> None:
    keras.backend.clear_session()
    theirs, ours = build(keras), build(torchkeras)
    config = _plain(ours.get_config())
    assert config["layers"] == _plain(theirs.get_config())["layers"]
    draw = np.random.default_rng(1)
    weights = [draw.normal(size=w.shape).astype("float32") for w in theirs.weights]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    rebuilt = type(ours).from_config(ours.get_config())
    rebuilt.set_weights(weights)
    real = keras.Model.from_config(ours.get_config())
    real.set_weights(weights)
    values = _inputs(theirs)
    for name, model in {"ours": ours, "rebuilt": rebuilt, "in Keras": real}.items():
        for got, wanted in zip(_flat(model(values)), _flat(theirs(values)), strict=True):
            torch.testing.assert_close(got, wanted, rtol=1e-5, atol=1e-5, msg=lambda text, name=name: f"{name}: {text}")


def _flat(value: Any) -> list[Any]:
    return list(torchkeras.tree.flatten(value))
