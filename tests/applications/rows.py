"""The models, family by family: one small member stands for each in `make test`; the long run builds the others."""

import contextlib
import inspect
from collections.abc import Iterator
from typing import Any

import keras
import keras.src.applications.nasnet as keras_nasnet
import pytest

import torchkeras
from torchkeras import applications

# The smallest of each family, and the smallest image that it takes.
SMALL = {
    "ConvNeXtTiny": 32,
    "DenseNet121": 32,
    "EfficientNetB0": 32,
    "EfficientNetV2B0": 32,
    "InceptionResNetV2": 75,
    "InceptionV3": 75,
    "MobileNet": 32,
    "MobileNetV2": 32,
    "MobileNetV3Small": 32,
    "NASNetMobile": 32,
    "ResNet50": 32,
    "ResNet50V2": 32,
    "VGG16": 32,
    "Xception": 71,
}
OWN_HEAD = {"ConvNeXtTiny", "EfficientNetB0", "EfficientNetV2B0", "MobileNet", "MobileNetV3Small", "ResNet50", "VGG16"}

MODELS = sorted(name for name, item in vars(applications).items() if name[0].isupper() and inspect.isfunction(item))


def rows(names: list[str] = MODELS, quick: Any = frozenset(SMALL)) -> list[Any]:
    """A parameter for each model, all but the `quick` ones marked as long."""
    return [pytest.param(name, marks=[] if name in quick else pytest.mark.long) for name in names]


def pair(name: str, /, **arguments: Any) -> tuple[Any, Any]:
    """The model in Keras and here, with random weights unless `arguments` say otherwise."""
    keras.backend.clear_session()
    torchkeras.utils.clear_session()
    arguments = {"weights": None, **arguments}
    return of_keras(name, **arguments), getattr(applications, name)(**arguments)


def of_keras(name: str, /, **arguments: Any) -> Any:
    """The model in Keras."""
    with _every_model() if name == "NASNetMobile" else contextlib.nullcontext():
        return getattr(keras.applications, name)(**arguments)


@contextlib.contextmanager
def _every_model() -> Iterator[None]:
    """Real Keras refuses to build NASNetMobile on its torch backend; the architecture is the same on all."""
    backend = keras_nasnet.backend.backend
    keras_nasnet.backend.backend = lambda: "another"
    try:
        yield
    finally:
        keras_nasnet.backend.backend = backend
