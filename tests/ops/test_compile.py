"""Ops under torch.compile and torch.export: no graph break, the same numbers."""

from typing import Any

import torch
from torch import nn

from torchkeras import Variable, ops

kernel = Variable(torch.randn(8, 8))


def many_ops(x: Any) -> Any:
    h = ops.relu(ops.matmul(x, kernel))
    h = ops.layer_normalization(h, axis=-1)
    h = ops.reshape(ops.concatenate([h, ops.tanh(x)], axis=-1), (-1, 16))
    h = ops.where(h > ops.mean(h, axis=-1, keepdims=True), h, 0.0)
    h = ops.clip(h, -1, 1) + 2.0 * h - ops.std(h)
    h = ops.one_hot(ops.argmax(h, axis=-1), 16) * ops.maximum(ops.cast(h, "float32"), 0.1)
    h = ops.softmax(ops.expand_dims(h, 1))
    total = ops.logsumexp(ops.squeeze(h, 1)) + ops.power(ops.sum(ops.einsum("bij->b", h)), 2)
    attended = ops.dot_product_attention(h[:, :, None], h[:, :, None], h[:, :, None])
    return ops.sum(ops.take(attended, [0, 1], axis=-1)) / total


def test_no_graph_break() -> None:
    x = torch.randn(4, 8)
    compiled = torch.compile(many_ops, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), many_ops(x))


def test_export() -> None:
    class Module(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return many_ops(x)

    x = torch.randn(4, 8)
    exported = torch.export.export(Module(), (x,))
    torch.testing.assert_close(exported.module()(x), many_ops(x))
