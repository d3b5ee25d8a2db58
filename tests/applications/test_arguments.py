"""What the models' shared arguments do, and what is said where they do not fit together."""

import re
from typing import Any

import keras
import numpy as np
import pytest

import torchkeras
from tests.applications.rows import pair
from tests.applications.test_models import compare
from torchkeras import applications
from torchkeras.applications import VGG16, ResNet50


@pytest.mark.parametrize(
    "arguments",
    [
        {"classes": 7},
        {"classes": 7, "classifier_activation": None, "input_shape": (64, 48, 3)},
        {"classifier_activation": "sigmoid", "input_shape": (32, 32, 1), "name": "mine"},
        {"include_top": False},
        {"include_top": False, "input_shape": (None, 64, 3)},
        {"include_top": False, "input_shape": (64, 64, 1), "pooling": "max"},
        {"input_shape": (64, 64, 3), "name": None},
        {"include_top": False, "pooling": "something"},
    ],
    ids=str,
)
def test_arguments_are_keras(arguments: dict[str, Any]) -> None:
    compare(*pair("MobileNetV2", **arguments))


@pytest.mark.parametrize("scaled", [True, False])
def test_an_input_tensor_is_built_upon(scaled: bool) -> None:
    models = []
    for library in (keras, torchkeras):
        image = library.Input((40, 40, 3), name="image")
        tensor = image * 2.0 if scaled else image
        models.append(library.applications.VGG16(weights=None, include_top=False, input_tensor=tensor))
    compare(*models)


def test_channels_first_is_keras() -> None:
    try:
        for library in (keras, torchkeras):
            library.config.set_image_data_format("channels_first")
        compare(*pair("MobileNetV2", include_top=False, input_shape=(3, 64, 63), pooling="avg"))
        compare(*pair("MobileNet"))
    finally:
        keras.config.set_image_data_format("channels_last")


BAD: list[tuple[dict[str, Any], str]] = [
    ({"weights": "imagenett"}, "net: expected weights=None .* got weights='imagenett', .* Did you mean"),
    ({"weights": ["a.h5"]}, "got weights=.*, which is no file"),
    ({"classes": 10}, "ImageNet's classifier has 1000 classes, got classes=10"),
    ({"input_shape": (64, 64, 3)}, re.escape("input_shape=(299, 299, 3), got (64, 64, 3)")),
    ({"classifier_activation": "relu"}, "'softmax' or None, got 'relu'"),
    ({"include_top": False, "input_shape": (80, 80, 1)}, "must have 3 channels"),
    ({"weights": None, "input_shape": (70, 80, 3)}, re.escape("at least 71x71, got input_shape=(70, 80, 3)")),
    ({"weights": None, "input_shape": (80, 80)}, "three numbers"),
    ({"weights": None, "input_shape": (None, None, 3)}, "has no None"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[str(row[0]) for row in BAD])
def test_what_does_not_fit_is_said(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        keras.applications.Xception(name="net", **arguments)
    with pytest.raises(ValueError, match=message):
        applications.Xception(name="net", **arguments)


def test_unusual_channels_are_warned_about() -> None:
    with pytest.warns(UserWarning, match=re.escape("vgg16 usually takes images of 1 or 3 channels")) as caught:
        model = VGG16(weights=None, include_top=False, input_shape=(32, 32, 4))
    assert caught[0].filename == __file__
    assert model.input_shape == (None, 32, 32, 4)


def test_a_frozen_base_with_a_new_head_trains() -> None:
    base = ResNet50(weights=None, include_top=False, input_shape=(32, 32, 3), pooling="avg")
    base.trainable = False
    model = torchkeras.Sequential([base, torchkeras.layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    before = [w.copy() for w in base.get_weights()]
    model.fit(np.random.default_rng(0).random((4, 32, 32, 3), "float32"), np.array([0, 1, 0, 1]), verbose=0)
    assert len(model.trainable_weights) == 2
    for old, new in zip(before, base.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("MobileNet", {"alpha": 0.5, "depth_multiplier": 2, "input_shape": (64, 64, 3)}),
        ("MobileNet", {"include_top": False, "input_shape": (65, 64, 3), "dropout": 0.5}),
        ("MobileNetV2", {"alpha": 1.4, "input_shape": (63, 64, 3)}),
        ("MobileNetV2", {"alpha": 0.35, "include_top": False}),
        ("MobileNetV3Small", {"alpha": 1.5, "minimalistic": True, "dropout_rate": 0}),
        ("MobileNetV3Large", {"alpha": 0.75, "include_preprocessing": False, "include_top": False}),
        ("EfficientNetB0", {"include_top": False, "input_shape": (33, 64, 1)}),
        ("EfficientNetV2B0", {"include_top": False, "include_preprocessing": False, "input_shape": (32, 32, 1)}),
        ("EfficientNetV2B0", {"include_top": False, "input_shape": (32, 32, 1)}),
        ("ConvNeXtTiny", {"include_top": False, "include_preprocessing": False, "name": "mine"}),
        ("ConvNeXtTiny", {"include_top": False, "input_shape": (32, 32, 1), "pooling": "max"}),
    ],
    ids=str,
)
def test_own_arguments_are_keras(name: str, arguments: dict[str, Any]) -> None:
    compare(*pair(name, **arguments))


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("MobileNet", {"alpha": 0.6}, "ImageNet weights for alpha in .*, got alpha=0.6"),
        ("MobileNet", {"depth_multiplier": 2}, "got depth_multiplier=2"),
        ("MobileNetV2", {"alpha": 0.25}, "got alpha=0.25"),
        ("MobileNetV3Small", {"alpha": 0.75, "minimalistic": True}, "got alpha=0.75"),
        ("MobileNetV3Large", {"classes": 3}, "got classes=3"),
    ],
)
def test_multipliers_without_trained_weights_are_refused(name: str, arguments: Any, message: str) -> None:
    for library in (keras, torchkeras):
        with pytest.raises(ValueError, match=message if library is torchkeras else None):
            getattr(library.applications, name)(**arguments)
