"""Images changed at random. With a `seed` numbers go on from call to call; ``stateless_`` ones repeat themselves."""

from collections.abc import Callable
from typing import Any

import torch

from torchkeras import random
from torchkeras._tensorflow import _sizes
from torchkeras._tensorflow._random_seeds import seed_for, stateless
from torchkeras._tensorflow._rows import own_op, publish
from torchkeras._tensorflow.image import _coloring, _placing
from torchkeras._tensorflow.image._values import images
from torchkeras.ops._op import tensor


def _number(low: Any, high: Any, seed: Any) -> Any:
    return random.uniform((), float(low), float(high), seed=seed).cpu()


def _flipped(image: Any, seed: Any, flip: Callable[[Any], Any]) -> Any:
    """Each image of a batch mirrored or not."""
    x = images(image, "random_flip")
    draws = random.uniform((len(x) if x.ndim == 4 else 1, 1, 1, 1), seed=seed).to(x.device) < 0.5
    return torch.where(draws if x.ndim == 4 else draws[0], flip(x), x)


def _cropped(value: Any, size: Any, seed: Any) -> Any:
    x = tensor(value)
    wanted = tuple(_sizes.static(size))
    if len(wanted) != x.ndim or any(most < part for most, part in zip(x.shape, wanted)):
        raise ValueError(f"random_crop: expected a size within {tuple(x.shape)}, got {wanted}.")
    draws = random.uniform((x.ndim,), seed=seed).tolist()
    starts = [int(draw * (most - part + 1)) for draw, most, part in zip(draws, x.shape, wanted)]
    return x[tuple(slice(start, start + part) for start, part in zip(starts, wanted))]


def _check(name: str, low: Any, high: Any) -> None:
    if float(low) < 0 or float(high) < float(low):
        raise ValueError(f"{name}: expected 0 <= lower <= upper, got {low} and {high}.")


def _brightness(image: Any, seed: Any, max_delta: Any) -> Any:
    _check("random_brightness", 0, max_delta)
    return _coloring.adjust_brightness(image, _number(-float(max_delta), max_delta, seed))


def _contrast(image: Any, seed: Any, lower: Any, upper: Any) -> Any:
    _check("random_contrast", lower, upper)
    return _coloring.adjust_contrast(image, _number(lower, upper, seed))


def _saturation(image: Any, seed: Any, lower: Any, upper: Any) -> Any:
    _check("random_saturation", lower, upper)
    return _coloring.adjust_saturation(image, _number(lower, upper, seed))


def _hue(image: Any, seed: Any, max_delta: Any) -> Any:
    _check("random_hue", 0, max_delta)
    return _coloring.adjust_hue(image, _number(-float(max_delta), max_delta, seed))


@own_op
def random_flip_left_right(image: Any, seed: Any = None) -> Any:
    """Mirrored left to right, or not; each image of a batch by itself."""
    return _flipped(image, seed_for(seed), _placing.flip_left_right)


@own_op
def random_flip_up_down(image: Any, seed: Any = None) -> Any:
    """Mirrored up to down, or not; each image of a batch by itself."""
    return _flipped(image, seed_for(seed), _placing.flip_up_down)


@own_op
def random_crop(value: Any, size: Any, seed: Any = None) -> Any:
    """A part of that size, from a random place."""
    return _cropped(value, size, seed_for(seed))


@own_op
def random_brightness(image: Any, max_delta: Any, seed: Any = None) -> Any:
    """With a number from ``-max_delta`` to ``max_delta`` added."""
    return _brightness(image, seed_for(seed), max_delta)


@own_op
def random_contrast(image: Any, lower: Any, upper: Any, seed: Any = None) -> Any:
    """With a contrast factor from `lower` to `upper`."""
    return _contrast(image, seed_for(seed), lower, upper)


@own_op
def random_saturation(image: Any, lower: Any, upper: Any, seed: Any = None) -> Any:
    """With a saturation factor from `lower` to `upper`."""
    return _saturation(image, seed_for(seed), lower, upper)


@own_op
def random_hue(image: Any, max_delta: Any, seed: Any = None) -> Any:
    """With the hue turned by up to `max_delta` of a whole turn."""
    return _hue(image, seed_for(seed), max_delta)


@own_op
def stateless_random_flip_left_right(image: Any, seed: Any) -> Any:
    """:func:`random_flip_left_right` by a pair of numbers."""
    return _flipped(image, stateless(seed), _placing.flip_left_right)


@own_op
def stateless_random_flip_up_down(image: Any, seed: Any) -> Any:
    """:func:`random_flip_up_down` by a pair of numbers."""
    return _flipped(image, stateless(seed), _placing.flip_up_down)


@own_op
def stateless_random_crop(value: Any, size: Any, seed: Any) -> Any:
    """:func:`random_crop` by a pair of numbers."""
    return _cropped(value, size, stateless(seed))


@own_op
def stateless_random_brightness(image: Any, max_delta: Any, seed: Any) -> Any:
    """:func:`random_brightness` by a pair of numbers."""
    return _brightness(image, stateless(seed), max_delta)


@own_op
def stateless_random_contrast(image: Any, lower: Any, upper: Any, seed: Any) -> Any:
    """:func:`random_contrast` by a pair of numbers."""
    return _contrast(image, stateless(seed), lower, upper)


@own_op
def stateless_random_saturation(image: Any, lower: Any, upper: Any, seed: Any = None) -> Any:
    """:func:`random_saturation` by a pair of numbers."""
    return _saturation(image, stateless(seed), lower, upper)


@own_op
def stateless_random_hue(image: Any, max_delta: Any, seed: Any) -> Any:
    """:func:`random_hue` by a pair of numbers."""
    return _hue(image, stateless(seed), max_delta)


publish(globals())
