"""Assertions hold or say what they found; errors are those that scripts catch."""

from collections.abc import Callable

import pytest
import torch

import torchkeras as keras
from torchkeras import _tensorflow as tf

# an assertion, arguments that pass, arguments that fail
ASSERTIONS: list[tuple[Callable[..., None], tuple[object, ...], tuple[object, ...]]] = [
    (tf.debugging.assert_equal, ([1, 2], [1, 2]), ([1, 2], [1, 3])),
    (tf.debugging.assert_none_equal, ([1, 2], [2, 1]), ([1, 2], [1, 3])),
    (tf.debugging.assert_greater, ([2], [1]), ([1], [1])),
    (tf.debugging.assert_greater_equal, ([1], [1]), ([0], [1])),
    (tf.debugging.assert_less, ([0], [1]), ([1], [1])),
    (tf.debugging.assert_less_equal, ([1], [1]), ([2], [1])),
    (tf.debugging.assert_near, ([1.0], [1.0 + 1e-7]), ([1.0], [1.1])),
    (tf.debugging.assert_negative, ([-1.0],), ([0.0],)),
    (tf.debugging.assert_non_negative, ([0.0],), ([-1.0],)),
    (tf.debugging.assert_positive, ([1.0],), ([0.0],)),
    (tf.debugging.assert_non_positive, ([0.0],), ([1.0],)),
    (tf.debugging.Assert, (True, ["data"]), (False, ["data"])),
    (tf.assert_equal, (tf.zeros((200,)), 0.0), (tf.zeros((200,)), 1.0)),
]


@pytest.mark.parametrize(("check", "passing", "failing"), ASSERTIONS)
def test_values(check: Callable[..., None], passing: tuple[object, ...], failing: tuple[object, ...]) -> None:
    check(*passing)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"expected x|assertion failed: data"):
        check(*failing)


STATIC = [
    (tf.debugging.assert_rank, (tf.ones((2, 3)), 2), (tf.ones((2, 3)), 1), ValueError),
    (tf.debugging.assert_rank_at_least, (tf.ones((2, 3)), 1), (tf.ones((2, 3)), 3), ValueError),
    (tf.debugging.assert_rank_in, (tf.ones((2, 3)), [1, 2]), (tf.ones((2, 3)), [3]), ValueError),
    (tf.debugging.assert_scalar, (tf.constant(1),), (tf.ones(2),), ValueError),
    (tf.debugging.assert_shapes, ([(tf.ones((2, 3)), ("a", 3)), (tf.ones(2), ("a",))],), ({}.items(),), None),
    (tf.debugging.assert_type, (tf.ones(2), tf.float32), (tf.ones(2), tf.int32), TypeError),
    (tf.debugging.assert_integer, (tf.range(2),), (tf.ones(2),), TypeError),
]


@pytest.mark.parametrize(("check", "passing", "failing", "error"), STATIC)
def test_shapes_and_dtypes(
    check: Callable[..., None],
    passing: tuple[object, ...],
    failing: tuple[object, ...],
    error: type[Exception] | None,
) -> None:
    check(*passing)
    if error is not None:
        with pytest.raises(error, match="expected"):
            check(*failing, message="here")


def test_a_letter_is_one_size_everywhere() -> None:
    with pytest.raises(ValueError, match=r"got \(3,\)"):
        tf.debugging.assert_shapes([(tf.ones((2, 3)), ("a", "b")), (tf.ones(3), ("a",))])


def test_messages_name_the_values_and_symbols_pass() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"labels: expected x equal to y, got x = \[1, 2\]"):
        tf.debugging.assert_equal([1, 2], [1, 3], message="labels")
    tf.debugging.assert_positive(keras.Input((2,)))


def test_numerics() -> None:
    assert tf.debugging.check_numerics(tf.ones(2), "x").tolist() == [1.0, 1.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="x: the tensor has NaN"):
        tf.debugging.check_numerics(tf.constant([float("nan")]), "x")
    assert tf.debugging.is_numeric_tensor(tf.ones(2)) and not tf.debugging.is_numeric_tensor(tf.constant(True))


def test_errors() -> None:
    kinds = [tf.errors.FailedPreconditionError, tf.errors.AlreadyExistsError, tf.errors.PermissionDeniedError]
    kinds += [tf.errors.OutOfRangeError, tf.errors.UnimplementedError, tf.errors.InternalError]
    kinds += [tf.errors.UnknownError, tf.errors.AbortedError, tf.errors.CancelledError, tf.errors.DataLossError]
    kinds += [tf.errors.DeadlineExceededError, tf.errors.UnavailableError, tf.errors.NotFoundError]
    for kind in kinds:
        with pytest.raises(tf.errors.OpError, match="what happened") as caught:
            raise kind(None, None, "what happened")
        assert caught.value.message == "what happened"
    assert issubclass(torch.OutOfMemoryError, tf.errors.ResourceExhaustedError)
    with pytest.raises(FileNotFoundError, match="no file"):
        raise tf.errors.NotFoundError("no file")
