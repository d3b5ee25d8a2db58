"""Symbolic tensors: shapes found by running, operators, and what is recorded."""

import operator
from typing import Any

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from torchkeras import KerasTensor, ops
from torchkeras._symbolic import FunctionOperation, Operation, infer, node_of, symbols

PAIRS = [
    ((None, 4), (None, 4)),
    ((None, 3), (2, None)),
    ((2, None, 3), (2, 1, None)),
    ((1, None, 3), (2, 1, None)),
    ((None, 1, 3), (2, 1, None)),
    ((None, None), (2, 3)),
    ((None, None), (None, 3)),
    ((None, 1), (None, 3)),
    ((3,), (None, None, 3)),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_unknown_sizes_broadcast_as_in_keras(first: Any, second: Any) -> None:
    wanted = keras.ops.add(keras.KerasTensor(first), keras.KerasTensor(second)).shape
    assert ops.add(KerasTensor(first), KerasTensor(second)).shape == wanted


@pytest.mark.parametrize(
    ("function", "shapes", "wanted"),
    [
        (lambda x: ops.split(x, 2)[1], [(None, 3)], (None, 3)),
        (ops.linalg.inv, [(None, None, None)], (None, None, None)),
        (ops.matmul, [(None, 3, 4), (2, 4, None)], (2, 3, None)),
        (lambda x: ops.reshape(x, (-1, 12)), [(None, 4, 6)], (None, 12)),
        (lambda x: ops.reshape(x, (ops.shape(x)[0], 24)), [(None, 4, 6)], (None, 24)),
        (lambda x: ops.transpose(x), [(None, 4, None)], (None, 4, None)),
        (lambda x: ops.max_pool(x, 2), [(None, None, 8, 3)], (None, None, 4, 3)),
        (lambda x: x[:, 0], [(None, 5, 2)], (None, 2)),
        (lambda x: x[..., None], [(None, 5)], (None, 5, 1)),
        (lambda x: ops.concatenate([x, x], 0), [(None, 5)], (None, 5)),
        (lambda x: F.interpolate(x, scale_factor=2), [(None, 3, None, 8)], (None, 3, None, 16)),
        (lambda x: x.mT, [(None, 3, 5)], (None, 5, 3)),
        (lambda x: x.sum(dim=1), [(None, 3, 5)], (None, 5)),
    ],
)
def test_shapes_follow_from_running(function: Any, shapes: Any, wanted: Any) -> None:
    assert function(*map(KerasTensor, shapes)).shape == wanted


@pytest.mark.parametrize("batch", [None, 5])
def test_sizes_that_depend_on_values_are_unknown(batch: Any) -> None:
    x, indices = KerasTensor((batch, 3)), KerasTensor((batch,), "int32")
    assert [found.shape for found in ops.nonzero(x)] == [(None,), (None,)]
    assert [found.shape for found in ops.where(x > 0)] == [(None,), (None,)]
    assert ops.unique(x).shape == (None,)
    assert ops.unique(x, axis=0, return_counts=True)[0].shape == (None, 3)
    assert ops.unique(x, size=7).shape == (7,)
    assert ops.bincount(indices).shape == (None,)
    assert ops.segment_sum(x, indices).shape == (None, 3)
    assert ops.segment_sum(x, indices, num_segments=4).shape == (4, 3)
    assert ops.histogram(x, bins=6)[0].shape == (6,)


def test_a_product_of_unknown_sizes_is_unknown_and_stays_consistent() -> None:
    flat = ops.reshape(KerasTensor((None, None, 4)), (-1,))
    assert flat.shape == (None,)
    assert ops.reshape(flat, (-1, 4)).shape == (None, 4)


@pytest.mark.parametrize(
    "name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge", "ne"]
)
def test_operators_are_recorded_under_keras_names(name: str) -> None:
    function = getattr(operator, name)
    ours, theirs = KerasTensor((None, 3)), keras.Input((3,))
    makes = [lambda x: function(x, 2.0), lambda x: function(x, x), lambda x: function(torch.ones(3), x)]
    for make in makes[:2] if name in ("lt", "le", "gt", "ge") else makes:  # these Python turns round for Keras
        record = make(ours)
        wanted = make(theirs)
        assert (record.shape, record.dtype) == (wanted.shape, wanted.dtype)
        made = node_of(record).operation.name.rstrip("_0123456789")
        assert made == wanted._keras_history.operation.name.rstrip("_0123456789")


def test_equality_is_identity() -> None:
    first, second = KerasTensor((2,)), KerasTensor((2,))
    assert first == first
    assert (first == second) is False
    assert second not in [first]


@pytest.mark.parametrize("function", [torch.tanh, F.softmax, torch.fft.rfft, lambda x: torch.cat([x, x], -1)])
def test_torch_functions_are_recorded(function: Any) -> None:
    kwargs = {"dim": -1} if function is F.softmax else {}
    x = KerasTensor((None, 4))
    found = function(x, **kwargs)
    node = node_of(found)
    assert node.input_tensors[0] is x
    value = torch.randn(3, 4)
    torch.testing.assert_close(
        node.operation(*[value if a is x else [value, value] for a in node.args[:1]], *node.args[1:], **node.kwargs),
        function(value, **kwargs),
    )


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (bool, TypeError, "cannot be used as a boolean"),
        (float, TypeError, "no values yet"),
        (int, TypeError, "no values yet"),
        (len, TypeError, "Look at its `shape`"),
        (iter, NotImplementedError, "not supported"),
        (np.asarray, ValueError, "Use `keras.ops` or torch functions"),
        (ops.convert_to_numpy, ValueError, "Use `keras.ops` or torch functions"),
        (lambda x: x.item(), AttributeError, "KerasTensor has no attribute 'item'"),
        (lambda x: setattr(x, "shape", (1,)), AttributeError, "immutable. Use `keras.ops.reshape`"),
        (lambda x: setattr(x, "dtype", "int32"), AttributeError, "immutable. Use `keras.ops.cast`"),
        (lambda x: ops.add(x, KerasTensor((2, 7))), ValueError, r"add: cannot be computed for tensors of shape .*7\)"),
    ],
)
def test_what_needs_values_says_so(use: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        use(KerasTensor((2, 3)))


def test_repr_is_that_of_keras() -> None:
    assert repr(KerasTensor((None, 3), "int32", name="x")) == repr(keras.KerasTensor((None, 3), "int32", name="x"))


def test_constants_and_arrays_may_stand_in_a_call() -> None:
    x = KerasTensor((None, 3))
    found = ops.where(x > np.zeros(3, "float32"), x * torch.ones(3), 0.5)
    assert found.shape == (None, 3)
    assert symbols(node_of(found).args) == node_of(found).input_tensors


def test_an_operation_is_recorded_and_counts_its_calls() -> None:
    class Double(Operation):
        def call(self, x: Any) -> Any:
            return 2 * x

    double = Double()
    assert double.name == "double"
    x = KerasTensor((None, 3))
    y = double(x)
    assert double.input is x
    assert double.output is y
    double(y)
    assert double.input is x  # that of the first call, as in Keras
    with pytest.raises(AttributeError, match="never been called on symbolic tensors"):
        Double().output  # noqa: B018
    torch.testing.assert_close(double(torch.ones(2)), torch.full((2,), 2.0))
    with pytest.raises(ValueError, match="must be a string without '/'"):
        Double("a/b")


def test_function_operations_call_their_function() -> None:
    operation = FunctionOperation(torch.add)
    torch.testing.assert_close(operation(torch.ones(2), torch.ones(2), alpha=3), torch.full((2,), 4.0))


def test_infer_keeps_structures() -> None:
    found = infer(lambda x: {"a": x + 1, "b": [x.sum(), (x, 3)]}, (KerasTensor((None, 2)),), {})
    assert found["a"].shape == (None, 2)
    assert found["b"][0].shape == ()
    assert found["b"][1][1] == 3


def test_weights_used_in_a_recorded_function_stay_where_they_are() -> None:
    weight = torch.randn(3, 5)
    found = (lambda x: torch.matmul(x, weight))(KerasTensor((None, 3)))
    assert found.shape == (None, 5)
    assert weight.device.type == "cpu"


def test_numpy_s_integers_as_indices() -> None:
    x: Any = KerasTensor((None, 4, 5))
    best = np.argmax([0, 3, 1])  # as scripts choose the class whose gradient they want
    assert x[:, best].shape == (None, 5)
    assert x[np.int32(0), ..., best].shape == (4,)
