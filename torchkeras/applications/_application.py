"""How every model of the shelf is made: input, features, head, weights. An architecture says only what is its own."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torchkeras import activations, config
from torchkeras._symbolic import KerasTensor, is_keras_tensor
from torchkeras.applications import _weights
from torchkeras.datasets._fetch import Source
from torchkeras.layers import Dense, GlobalAveragePooling2D, GlobalMaxPooling2D, Input
from torchkeras.models import Model
from torchkeras.models._function import get_source_inputs

Shape = tuple[int | None, ...]
Features = Callable[[KerasTensor], KerasTensor]


@dataclass(frozen=True)
class Options:
    """The arguments that all functions of the shelf share; :mod:`torchkeras.applications` explains them."""

    include_top: bool
    weights: Any
    input_tensor: Any
    input_shape: Any
    pooling: str | None
    classes: int
    classifier_activation: Any
    name: str | None


def classifier(features: KerasTensor, options: Options, pool_name: str | None = "avg_pool") -> KerasTensor:
    """Average over the positions, then one dense layer: ``(b, h, w, c) -> (b, classes)``."""
    return predictions(GlobalAveragePooling2D(name=pool_name)(features), options)


def predictions(features: KerasTensor, options: Options, **arguments: Any) -> KerasTensor:
    """The last dense layer: ``(b, c) -> (b, classes)``."""
    dense = Dense(options.classes, activation=options.classifier_activation, name="predictions", **arguments)
    return dense(features)


@dataclass(frozen=True)
class Architecture:
    """What is particular to one model.

    Args:
        features: the layers from the image up to the head.
        size: height and width of the images it was made for.
        files: ImageNet's weights with the head and without; None where there are none.
        smallest: the smallest height and width that `features` takes.
        top: the head of a classifier.
        pool_names: the names of ``pooling="avg"`` and ``"max"``; automatic by default.
        finish: layers behind the pooling of a model without head, if any.
        any_size: the classifier takes images of any size, too, and so does the one trained on ImageNet.
    """

    features: Features
    size: int
    files: tuple[Source, Source] | None = None
    smallest: int = 32
    top: Callable[[KerasTensor, Options], KerasTensor] = classifier
    pool_names: tuple[str | None, str | None] = (None, None)
    finish: Features | None = None
    any_size: bool = False


NAMED_POOLS = ("avg_pool", "max_pool")


def channel_axis(last: int = 3) -> int:
    """The axis of the channels in images of the global data format: `last`, which some write as -1, or 1."""
    return last if config.image_data_format() == "channels_last" else 1


def build(architecture: Architecture, options: Options) -> Model:
    """The model, with its weights.

    Raises:
        ValueError: arguments that do not fit together, or an image size below the smallest.
        OSError: weights that cannot be had.
    """
    _weights.check_weights(options.weights, options.name)
    _check_classes(options)
    if options.include_top:
        _check_activation(options)
    shape = image_shape(architecture, options)
    image = options.input_tensor
    if image is None or not is_keras_tensor(image):
        image = Input(shape=shape, tensor=image)
    output = _head(architecture, options, architecture.features(image))
    inputs = image if options.input_tensor is None else get_source_inputs(image)
    model = Model(inputs, output, name=options.name)
    files = architecture.files
    _weights.load(model, options.weights, files[0 if options.include_top else 1] if files else None)
    return model


def _head(architecture: Architecture, options: Options, features: KerasTensor) -> KerasTensor:
    if options.include_top:
        return architecture.top(features, options)
    average, maximum = architecture.pool_names
    if options.pooling == "avg":
        features = GlobalAveragePooling2D(name=average)(features)
    elif options.pooling == "max":
        features = GlobalMaxPooling2D(name=maximum)(features)
    return architecture.finish(features) if architecture.finish is not None else features


def _check_classes(options: Options) -> None:
    if options.weights == _weights.IMAGENET and options.include_top and options.classes != 1000:
        raise ValueError(
            f"{options.name}: ImageNet's classifier has 1000 classes, got classes={options.classes}. Pass "
            "include_top=False and put a head of your own on the features, or weights=None."
        )


def _check_activation(options: Options) -> None:
    """Raise a ValueError where trained weights shall go with an activation that they were not trained with."""
    if options.weights is None:
        return
    if activations.get(options.classifier_activation) not in (activations.softmax, activations.linear):
        raise ValueError(
            f"{options.name}: trained weights with include_top=True go with classifier_activation='softmax' or None, "
            f"got {options.classifier_activation!r}."
        )


def image_shape(architecture: Architecture, options: Options) -> Shape:
    """The shape of one image, from what was given and what the architecture takes.

    Raises:
        ValueError: a shape that does not fit.
    """
    given, last = options.input_shape, config.image_data_format() == "channels_last"
    shape = None if given is None else tuple(given)
    channels = _channels(options, shape, last)
    size = (architecture.size,) * 2
    default = (*size, channels) if last else (channels, *size)
    fixed = options.include_top and not architecture.any_size
    if options.weights == _weights.IMAGENET and fixed and shape not in (None, default):
        raise ValueError(
            f"{options.name}: ImageNet's classifier takes images of input_shape={default}, got {shape}. Pass "
            "include_top=False or weights=None for another size."
        )
    if shape is not None:
        _check_shape(architecture, options, shape, last)
        return shape
    if fixed:
        return default
    return (None, None, channels) if last else (channels, None, None)


def _channels(options: Options, shape: Shape | None, last: bool) -> int | None:
    if options.weights == _weights.IMAGENET or shape is None or len(shape) != 3:
        return 3
    channels = shape[-1] if last else shape[0]
    if channels not in (1, 3):
        warnings.warn(
            f"{options.name} usually takes images of 1 or 3 channels; input_shape={shape} has {channels}.", stacklevel=5
        )
    return channels


def _check_shape(architecture: Architecture, options: Options, shape: Shape, last: bool) -> None:
    if len(shape) != 3:
        raise ValueError(f"{options.name}: expected an input_shape of three numbers, got {shape}.")
    channels, size = (shape[-1], shape[:2]) if last else (shape[0], shape[1:])
    if options.weights == _weights.IMAGENET and channels != 3:
        raise ValueError(
            f"{options.name}: with weights='imagenet' the input must have 3 channels, got input_shape={shape}."
        )
    if any(side is not None and side < architecture.smallest for side in size):
        raise ValueError(
            f"{options.name}: the image must be at least {architecture.smallest}x{architecture.smallest}, "
            f"got input_shape={shape}."
        )
    if options.include_top and not architecture.any_size and None in shape:
        raise ValueError(f"{options.name}: with include_top=True the input_shape has no None, got {shape}.")
