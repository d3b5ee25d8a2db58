"""Images taken at other places: by coordinates, affine and perspective maps, random deformation."""

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras import random
from torchkeras.ops._op import floats, op, publish, tensor
from torchkeras.ops.image._filters import gaussian_blur
from torchkeras.ops.image._layout import as_batch, back_to, in_float

# the index of the pixel that stands for one outside the image; "constant" has none
_FILL: dict[str, Callable[[Tensor, int], Tensor]] = {
    "nearest": lambda index, size: index.clamp(0, size - 1),
    "wrap": lambda index, size: index % size,
    "mirror": lambda index, size: (size - 1) - torch.abs((size - 1) - index % max(2 * (size - 1), 1)),
    "reflect": lambda index, size: torch.minimum(index % (2 * size), 2 * size - 1 - index % (2 * size)),
    "constant": lambda index, size: index.clamp(0, size - 1),
}
_ORDERS = {"nearest": 0, "bilinear": 1}

# Own


@op
def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: float = 0
) -> Tensor:
    """The values of a tensor at places between its elements.

    Args:
        inputs: a tensor with n axes.
        coordinates: ``(n, ...)``: the places, one tensor an axis.
        order: 0 for the nearest element, 1 for linear interpolation.
        fill_mode: what lies outside: ``"constant"``, ``"nearest"``, ``"wrap"``, ``"mirror"`` or ``"reflect"``.
        fill_value: the number for ``"constant"``.

    Returns:
        ``(...)``: a value for each place.
    """
    x, places = tensor(inputs), floats(coordinates)
    if places.shape[0] != x.ndim:
        raise ValueError(
            "map_coordinates: the first axis of `coordinates` must be the same as the rank of `inputs`, got shapes "
            f"{tuple(places.shape)} and {tuple(x.shape)}."
        )
    if order not in (0, 1):
        raise ValueError(f"map_coordinates: `order` must be 0 or 1, got {order!r}.")
    return back_to(_sampled(in_float(x), list(places), order, fill_mode, fill_value), x.dtype)


def _sampled(x: Tensor, places: list[Tensor], order: int, fill_mode: str, fill_value: float) -> Tensor:
    """The values at `places` along the last ``len(places)`` axes: ``(..., h, w), (p) -> (..., p)``."""
    if fill_mode not in _FILL:
        raise ValueError(f"`fill_mode` must be one of {', '.join(map(repr, _FILL))}, got {fill_mode!r}.")
    corners = [_corners(place, order) for place in places]
    total: Any = 0
    for choice in itertools.product(*corners):
        weight: Any = 1
        for _, share in choice:
            weight = weight * share
        total = total + _picked(x, [index for index, _ in choice], fill_mode, fill_value) * weight
    return total


def _corners(place: Tensor, order: int) -> list[tuple[Tensor, Any]]:
    """The elements along one axis that a place is made of, with their shares."""
    if not place.dtype.is_floating_point:
        return [(place, 1)]
    if order == 0:
        return [(torch.round(place).long(), 1)]
    below = torch.floor(place)
    share = place - below
    return [(below.long(), 1 - share), (below.long() + 1, share)]


def _picked(x: Tensor, indices: list[Tensor], fill_mode: str, fill_value: float) -> Tensor:
    sizes = x.shape[x.ndim - len(indices) :]
    kept = [_FILL[fill_mode](index, size) for index, size in zip(indices, sizes, strict=True)]
    place: Any = (..., *kept)
    found = x[place]
    if fill_mode != "constant":
        return found
    inside: Any = True
    for index, size in zip(indices, sizes, strict=True):
        inside = inside & (index >= 0) & (index < size)
    return torch.where(inside, found, fill_value)


@op
def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images under affine maps: the pixel at ``(x, y)`` is taken from ``(a0 x + a1 y + a2, b0 x + b1 y + b2)``.

    Args:
        images: one image or a batch.
        transform: ``(8,)`` or ``(batch, 8)``: a0, a1, a2, b0, b1, b2, and two zeros.
        interpolation: ``"nearest"`` or ``"bilinear"``.
        fill_mode: what lies outside: ``"constant"``, ``"nearest"``, ``"wrap"``, ``"mirror"`` or ``"reflect"``.
        fill_value: the number for ``"constant"``.
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """
    return _warped("affine_transform", images, floats(transform), interpolation, fill_mode, fill_value, data_format)


@op
def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images under the perspective maps that bring four points to four others.

    Args:
        images: one image or a batch.
        start_points: ``(4, 2)`` or ``(batch, 4, 2)``: points ``(x, y)`` of the images.
        end_points: where they go.
        interpolation: ``"nearest"`` or ``"bilinear"``.
        fill_value: the number outside the images.
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """
    start, end = floats(start_points), floats(end_points)
    if start.shape != end.shape or start.shape[-2:] != (4, 2):
        raise ValueError(
            "perspective_transform: `start_points` and `end_points` must be (4, 2) or (batch, 4, 2), got shapes "
            f"{tuple(start.shape)} and {tuple(end.shape)}."
        )
    maps = _perspective(start, end)
    return _warped("perspective_transform", images, maps, interpolation, "constant", fill_value, data_format)


def _perspective(start: Tensor, end: Tensor) -> Tensor:
    """The eight numbers of the maps that take each of `end` to its `start`: two linear equations a point."""
    x, y = end.unbind(-1)
    u, v = start.unbind(-1)
    one, zero = torch.ones_like(x), torch.zeros_like(x)
    first = torch.stack([x, y, one, zero, zero, zero, -u * x, -u * y], -1)
    second = torch.stack([zero, zero, zero, x, y, one, -v * x, -v * y], -1)
    matrix, right = torch.cat([first, second], -2), torch.cat([u, v], -1)[..., None]
    if matrix.dtype not in (torch.float32, torch.float64):  # torch solves no half precision
        matrix, right = matrix.float(), right.float()
    return torch.linalg.solve(matrix, right)[..., 0]


def _warped(
    owner: str,
    images: Any,
    maps: Tensor,
    interpolation: str,
    fill_mode: str,
    fill_value: float,
    data_format: str | None,
) -> Tensor:
    if interpolation not in _ORDERS:
        raise ValueError(f"{owner}: `interpolation` must be 'nearest' or 'bilinear', got {interpolation!r}.")
    batch, undo = as_batch(images, data_format, owner)
    x = in_float(batch)
    if maps.ndim not in (1, 2) or maps.shape[-1] != 8:
        raise ValueError(
            f"{owner}: Invalid transform rank: expected (8,) or (batch, 8), got shape {tuple(maps.shape)}."
        )
    maps = maps.reshape(-1, 8).to(x.device).expand(x.shape[0], 8)
    rows, columns = (torch.arange(size, dtype=maps.dtype, device=x.device) for size in x.shape[2:])
    rows, columns = rows[:, None], columns[None]
    a0, a1, a2, b0, b1, b2, c0, c1 = maps.reshape(-1, 8, 1, 1).unbind(1)  # each (b, 1, 1)
    depth = c0 * columns + c1 * rows + 1
    places = [(b0 * columns + b1 * rows + b2) / depth, (a0 * columns + a1 * rows + a2) / depth]
    found = batch_sampled(x, places, _ORDERS[interpolation], fill_mode, fill_value)
    return undo(back_to(found, batch.dtype))


def batch_sampled(x: Tensor, places: list[Tensor], order: int, fill_mode: str, fill_value: float) -> Tensor:
    """Each image at its own places: ``(b, c, h, w), (b, h', w') -> (b, c, h', w')``."""
    which = torch.arange(x.shape[0], device=x.device)[:, None, None]
    return _sampled(x.transpose(0, 1), [which, *places], order, fill_mode, fill_value).transpose(0, 1)


@op
def elastic_transform(
    images: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Tensor:
    """Images with each pixel taken from a random place nearby, neighbours from neighbouring places.

    Args:
        images: one image or a batch.
        alpha: how far, in pixels.
        sigma: over how many pixels the displacements change, in pixels.
        interpolation: ``"nearest"`` or ``"bilinear"``.
        fill_mode: what lies outside: ``"constant"``, ``"nearest"``, ``"wrap"``, ``"mirror"`` or ``"reflect"``.
        fill_value: the number for ``"constant"``.
        seed: an integer or a ``SeedGenerator``.
        data_format: ``"channels_last"`` or ``"channels_first"``.
    """
    if interpolation not in _ORDERS:
        raise ValueError(f"elastic_transform: `interpolation` must be 'nearest' or 'bilinear', got {interpolation!r}.")
    batch, undo = as_batch(images, data_format, "elastic_transform")
    x = in_float(batch)
    height, width = x.shape[2:]
    reach = int(6 * sigma) | 1
    noise = random.normal((x.shape[0], height, width, 2), dtype=x.dtype, seed=seed).to(x.device)
    moves = alpha * gaussian_blur(noise, (reach, reach), (sigma, sigma), "channels_last")
    rows = torch.arange(height, device=x.device)[:, None] + moves[..., 0]
    columns = torch.arange(width, device=x.device) + moves[..., 1]
    found = batch_sampled(x, [rows, columns], _ORDERS[interpolation], fill_mode, fill_value)
    return undo(back_to(found, batch.dtype))


publish(globals())
