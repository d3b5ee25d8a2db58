"""The models, family by family: one small member stands for each in `make test`; the long run builds the others."""

import inspect
from typing import Any

import keras
import keras.src.applications.nasnet as keras_nasnet
import pytest

import torchkeras
from torchkeras import applications

# Real Keras refuses to build this one on its torch backend; the architecture is the same on all.
keras_nasnet.backend.backend = lambda: "torch but for NASNet"

# The smallest of each family, and the smallest image that it takes.
SMALL = {
    "VGG16": 32,
    "ResNet50": 32,
    "ResNet50V2": 32,
}

MODELS = [name for name, item in vars(applications).items() if name[0].isupper() and inspect.isfunction(item)]


def rows(*, long: bool = True) -> list[Any]:
    """A parameter for each model, those that stand for no family marked as long."""
    if not long:
        return list(SMALL)
    return [pytest.param(name, marks=[] if name in SMALL else pytest.mark.long) for name in MODELS]


def pair(name: str, /, **arguments: Any) -> tuple[Any, Any]:
    """The model in Keras and here, with random weights unless `arguments` say otherwise."""
    keras.backend.clear_session()
    torchkeras.utils.clear_session()
    arguments = {"weights": None, **arguments}
    return getattr(keras.applications, name)(**arguments), getattr(applications, name)(**arguments)
