"""``refused(model, run, *told)``: `run(model)` raises an error that tells all that, and leaves the model as it was."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


def _state(model: Any) -> Any:
    modes = [module.training for module in model.modules()]
    return modes, [weight.numpy().copy() for weight in model.weights]


def _assert_told(message: str, told: tuple[str, ...]) -> None:
    for text in told:
        assert text in message, f"{text!r} is not in {message!r}"
    assert len(message) < 500, message
    assert not any(dump in message for dump in ("tensor(", "array(", "[[")), message


@pytest.fixture
def refused() -> Callable[..., None]:
    def check(model: Any, run: Callable[[Any], Any], *told: str) -> None:
        was_built, (modes, weights) = model.built, _state(model)
        with pytest.raises((ValueError, TypeError, IndexError, KeyError)) as caught:
            run(model)
        _assert_told(str(caught.value), told)
        modes_after, weights_after = _state(model)
        if was_built:
            assert modes_after == modes
            for after, before in zip(weights_after, weights, strict=True):
                np.testing.assert_array_equal(after, before)
        assert not model.training
        if model.optimizer is not None:
            assert int(model.optimizer.iterations) == 0

    return check


@pytest.fixture
def told() -> Callable[..., None]:
    def check(run: Callable[[], Any], error: type[Exception], *texts: str) -> None:
        with pytest.raises(error) as caught:
            run()
        _assert_told(str(caught.value), texts)

    return check
