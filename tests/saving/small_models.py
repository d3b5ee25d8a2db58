"""Small models to save, and all that a load may change in them."""

from typing import Any

import numpy as np

import torchkeras


def make(*units: int, package: Any = torchkeras) -> Any:
    stack = [package.layers.Dense(count, name=f"d{index}") for index, count in enumerate(units or (3, 2))]
    return package.Sequential([package.Input((4,)), *stack])


def trained(package: Any = torchkeras) -> Any:
    model = make(package=package)
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(np.ones((4, 4), "float32"), np.ones((4, 2), "float32"), verbose=0)
    return model


def state(model: Any) -> list[bytes]:
    arrays = [variable.numpy() for variable in model.weights]
    arrays += [variable.numpy() for variable in model.optimizer.variables] if model.optimizer else []
    return [array.tobytes() for array in arrays]
