"""What the rows of test_parity.py cannot show of attention: masks on tensors, compilers, errors, einsum's two ways."""

import copy
from typing import Any

import pytest
import torch
from torch import nn

import torchkeras
from torchkeras import layers

QUERY, VALUE = torch.randn(2, 5, 4), torch.randn(2, 3, 4)


def test_masks_on_tensors_act_like_the_arguments() -> None:
    layer = layers.MultiHeadAttention(2, 3)
    queries, values = (
        torch.tensor([[1, 1, 1, 0, 0], [1, 0, 1, 1, 0]]).bool(),
        torch.tensor([[1, 1, 0], [1, 0, 1]]).bool(),
    )
    query, value = QUERY.clone(), VALUE.clone()
    query._keras_mask, value._keras_mask = queries, values
    outputs = layer(query, value)
    wanted = layer(QUERY, VALUE, attention_mask=queries[:, :, None] & values[:, None, :])
    torch.testing.assert_close(outputs, wanted)
    torch.testing.assert_close(layer(query, value), wanted)  # the masks are still there
    assert torch.equal(outputs._keras_mask, queries)


@pytest.mark.parametrize("scores", [False, True])
def test_a_query_that_may_look_at_nothing_stays_finite(scores: bool) -> None:
    layer = layers.MultiHeadAttention(2, 3)
    query = QUERY.clone().requires_grad_()
    outputs = layer(query, VALUE, attention_mask=torch.zeros(5, 3), return_attention_scores=scores)
    outputs = outputs[0] if scores else outputs
    outputs.sum().backward()
    assert outputs.isfinite().all()
    assert query.grad.isfinite().all()


def test_compile_export_copy() -> None:
    symbol = torchkeras.Input((5, 4))
    model = torchkeras.Model(symbol, layers.MultiHeadAttention(2, 3)(symbol, symbol, use_causal_mask=True))
    wanted = model(QUERY)
    torch.testing.assert_close(torch.compile(model, fullgraph=True, backend="eager")(QUERY), wanted)
    torch.testing.assert_close(torch.export.export(model, (QUERY,)).module()(QUERY), wanted)
    torch.testing.assert_close(copy.deepcopy(model)(QUERY), wanted)
    assert sum(value.numel() for value in model.state_dict().values()) == model.count_params()


def test_projections_begin_differently_and_are_linear_modules() -> None:
    layer = layers.MultiHeadAttention(2, 3)
    layer(QUERY, VALUE)
    assert not torch.equal(layer.query_dense.kernel.value, layer.key_dense.kernel.value)
    assert isinstance(layer.output_dense.module, nn.Linear)
    bound = (6 / (4 + 2 * 3)) ** 0.5  # Glorot, all heads as outputs
    assert layer.query_dense.kernel.numpy().max() <= bound
    assert layer.query_dense.kernel.numpy().max() > bound / 2


def test_dropout_only_in_training() -> None:
    layer = layers.MultiHeadAttention(2, 3, dropout=0.5)
    torch.testing.assert_close(layer(QUERY, VALUE), layer(QUERY, VALUE))
    assert not torch.equal(layer(QUERY, VALUE, training=True), layer(QUERY, VALUE, training=True))
    attention = layers.Attention(dropout=0.5, seed=3)
    assert not torch.equal(attention([QUERY, VALUE], training=True), attention([QUERY, VALUE], training=True))


def test_einsum_dense_regularizes_and_assigns_in_keras_layout() -> None:
    layer = layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de", kernel_regularizer="l2")
    layer(QUERY)
    value = torch.arange(24.0).reshape(4, 2, 3)
    layer.kernel.assign(value)
    torch.testing.assert_close(layer.losses[0], 0.01 * (value**2).sum())
    torch.testing.assert_close(layer(QUERY), torch.einsum("abc,cde->abde", QUERY, value) + layer.bias.value)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: layers.MultiHeadAttention(0, 3), ValueError, "num_heads.*positive integer, got 0"),
        (lambda: layers.MultiHeadAttention(2, 3, output_shape=2.5), ValueError, "Invalid `output_shape`: 2.5"),
        (lambda: layers.MultiHeadAttention(2, 3, sliding_window=0), ValueError, "sliding_window"),
        (lambda: layers.MultiHeadAttention(2, 3, flash_attention=True, dropout=0.1), ValueError, "flash attention"),
        (
            lambda: layers.MultiHeadAttention(2, 3, flash_attention=True)(QUERY, VALUE, return_attention_scores=True),
            ValueError,
            "attention scores is not supported",
        ),
        (
            lambda: layers.MultiHeadAttention(2, 3)(QUERY, VALUE, QUERY),
            ValueError,
            "except the last one, must be equal",
        ),
        (lambda: layers.GroupQueryAttention(4, 3, 2), ValueError, "divisible"),
        (lambda: layers.Attention()(QUERY), ValueError, r"list of inputs.*\(2, 5, 4\)"),
        (lambda: layers.Attention()([QUERY]), ValueError, "length 2 or 3.*length: 1"),
        (lambda: layers.Attention()([QUERY, VALUE], mask=QUERY), ValueError, "mask must be a list"),
        (lambda: layers.AdditiveAttention()([QUERY, VALUE], mask=[None]), ValueError, "mask list of length 2 or 3"),
        (lambda: layers.Attention(score_mode="add"), ValueError, "Invalid value for argument score_mode"),
        (lambda: layers.EinsumDense("ab->c", 3), ValueError, "Invalid einsum equation"),
        (lambda: layers.EinsumDense("ab,bc->ac", 3, bias_axes="z")(torch.ones(2, 3)), ValueError, "Bias dimension 'z'"),
        (lambda: layers.EinsumDense("abc,cdz->abd", (5, 3))(QUERY), ValueError, "Weight dimension 'z'"),
        (lambda: layers.EinsumDense("abc,cd->abd", (7, 3))(QUERY), ValueError, "shared dimension 'b'"),
    ],
)
def test_errors(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()
