"""Choices, loops and sequences."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras._eras import backend as K

X = torch.arange(24.0).reshape(2, 3, 4)


def test_switch():
    leading = K.switch(torch.tensor([True, False]), X, -X)
    assert torch.equal(leading, torch.stack([X[0], -X[1]]))
    assert torch.equal(K.switch(K.mean(X) > 0, lambda: X, lambda: -X), X)
    assert torch.equal(K.switch(False, X, -X), -X)
    assert torch.equal(K.switch(torch.tensor(False), X, -X), -X)
    x = keras.Input((3, 4))
    outputs = [K.switch(K.learning_phase(), x, -x), K.switch(K.sum(x) > 0, lambda: x, lambda: -x)]
    model = keras.Model(x, outputs)
    assert [float(t.sum()) for t in model(X)] == [-276, 276]
    assert [float(t.sum()) for t in model(-X, training=True)] == [-276, 276]


def test_loops():
    assert torch.equal(K.map_fn(lambda x: x * 2, X), X * 2)
    assert K.map_fn(lambda pair: K.sum(pair[0] * pair[1]), (X, X), dtype="int32").dtype == torch.int32
    assert K.foldl(lambda a, b: a - b, torch.tensor([1.0, 2.0, 3.0])) == -4
    assert K.foldl(lambda a, b: a - b, torch.tensor([1.0, 2.0, 3.0]), initializer=10.0) == 4
    assert K.foldr(lambda a, b: a - b, torch.tensor([1.0, 2.0, 3.0])) == 0
    x = keras.Input((3,), batch_size=4)
    model = keras.Model(x, [K.map_fn(lambda row: row + 1.0, x), K.foldl(lambda a, b: a + b, x)])
    mapped, folded = model(torch.ones(4, 3))
    assert mapped.sum() == 24
    assert folded.tolist() == [4, 4, 4]


def test_map_fn_of_an_unknown_batch():
    x = keras.Input((3,))
    mapped = K.map_fn(lambda row: row[:2] * 2.0, x)
    assert mapped.shape == (None, 2)
    assert keras.Model(x, mapped)(torch.ones(5, 3)).sum() == 20


def running_sum(x, states):
    total = states[0] + K.sum(x, axis=-1, keepdims=True)
    return total * (states[1] if len(states) > 1 else 1.0), [total]


def test_rnn():
    last, outputs, states = K.rnn(running_sum, X, [torch.zeros(2, 1)])
    assert outputs.squeeze(-1).tolist() == [[6, 28, 66], [54, 124, 210]]
    assert torch.equal(last, outputs[:, -1])
    assert torch.equal(states[0], last)
    _, backwards, _ = K.rnn(running_sum, X, [torch.zeros(2, 1)], go_backwards=True)
    assert backwards[0].squeeze(-1).tolist() == [38, 60, 66]
    _, scaled, _ = K.rnn(running_sum, X, [torch.zeros(2, 1)], constants=[torch.tensor(2.0)])
    assert torch.equal(scaled, outputs * 2)
    _, only, _ = K.rnn(running_sum, X, [torch.zeros(2, 1)], return_all_outputs=False)
    assert only.shape == (2, 1, 1)
    _, major, _ = K.rnn(running_sum, X.transpose(0, 1), [torch.zeros(2, 1)], time_major=True)
    assert torch.equal(major.transpose(0, 1), outputs)


def test_rnn_masked():
    mask = torch.tensor([[True, False, True], [False, True, True]])
    _, outputs, _ = K.rnn(running_sum, X, [torch.zeros(2, 1)], mask=mask)
    assert outputs.squeeze(-1).tolist() == [[6, 6, 44], [0, 70, 156]]
    _, zeros, _ = K.rnn(running_sum, X, [torch.zeros(2, 1)], mask=mask, zero_output_for_mask=True)
    assert zeros.squeeze(-1).tolist() == [[6, 0, 44], [0, 70, 156]]


def test_rnn_on_symbols():
    x = keras.Input((3, 4))
    last, outputs, states = K.rnn(running_sum, x, [K.zeros((1, 1))])
    assert last.shape == (None, 1)
    assert outputs.shape == (None, 3, 1)
    assert len(states) == 1
    assert keras.Model(x, outputs)(X).squeeze(-1).tolist() == [[6, 28, 66], [54, 124, 210]]


def test_print_tensor(capsys):
    x = keras.Input((2,))
    model = keras.Model(x, K.print_tensor(x, message="seen:"))
    assert model(torch.ones(1, 2)).sum() == 2
    assert "seen: [[1. 1.]]" in capsys.readouterr().err


def test_ctc_label_dense_to_sparse():
    found = K.ctc_label_dense_to_sparse(torch.tensor([[1, 2, 3], [4, 5, 6]]), torch.tensor([2, 1]))
    assert K.is_sparse(found)
    assert K.to_dense(found).tolist() == [[1, 2, 0], [4, 0, 0]]


def test_separable_conv1d():
    """tf_keras' own cannot run on CPU, so the images of height 1 are what it is compared with."""
    x, depthwise, pointwise = torch.rand(2, 6, 3), torch.rand(2, 3, 2), torch.rand(1, 6, 4)
    found = K.separable_conv1d(x, depthwise, pointwise, strides=2, padding="same")
    images = K.separable_conv2d(x[:, None], depthwise[None], pointwise[None], strides=(1, 2), padding="same")
    np.testing.assert_allclose(found, images[:, 0], rtol=1e-6)


def test_slice_and_errors():
    assert torch.equal(K.slice(X, [0, 1, 0], [2, 1, 3]), X[:, 1:2, :3])
    with pytest.raises(ValueError, match="axis 0 is the batch"):
        K.batch_dot(X, X, axes=0)
    with pytest.raises(ValueError, match="differ in size"):
        K.batch_dot(X, X, axes=(1, 2))
    with pytest.raises(ValueError, match="two axes or more"):
        K.batch_dot(X, torch.zeros(2))
    with pytest.raises(ValueError, match=r"K\.repeat: expected a tensor with two axes"):
        K.repeat(X, 2)
    with pytest.raises(ValueError, match="must have 1 or 2 axes"):
        K.bias_add(X, torch.zeros(1, 3, 4))
    with pytest.raises(ValueError, match="'nearest' or 'bilinear'"):
        K.resize_images(torch.zeros(1, 2, 2, 1), 2, 2, "channels_last", interpolation="cubic")
    with pytest.raises(ValueError, match="'max' or 'avg'"):
        K.pool2d(torch.zeros(1, 2, 2, 1), (2, 2), pool_mode="sum")


def test_control_flow_ops():
    loop = K.control_flow_ops.while_loop
    count, names = loop(lambda i, _: i < 3, lambda i, names: (i + 1, [*names, int(i)]), [torch.tensor(0), []])
    assert count == 3
    assert names == [0, 1, 2]
    assert loop(lambda i: i < 3, lambda i: i + 1, [0]) == [3]
    assert K.control_flow_ops.cond(torch.tensor(True), lambda: 1, lambda: 2) == 1
