"""NASNet: two kinds of cells that a search found, stacked (Zoph et al., https://arxiv.org/abs/1707.07012)."""

import functools
from typing import NamedTuple

from torchkeras._scopes import name_scope
from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import Architecture, Options, channel_axis, classifier
from torchkeras.applications._mobile import padding_before_stride
from torchkeras.datasets._fetch import Source
from torchkeras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Cropping2D,
    MaxPooling2D,
    SeparableConv2D,
    ZeroPadding2D,
)


class Variant(NamedTuple):
    """Normal cells in each of the three stacks, filters of the first stack and of the stem.

    `skips`: the cell behind a reduction looks at what went into the cell before it, not at the reduction's input.
    """

    cells: int
    filters: int
    stem: int
    skips: bool


def nasnet(variant: Variant, size: int, files: tuple[Source, Source]) -> Architecture:
    """The network `variant` for images of that `size`."""
    return Architecture(functools.partial(_features, variant=variant), size, files, top=_top)


def _top(x: KerasTensor, options: Options) -> KerasTensor:
    return classifier(x, options, pool_name=None)


def _features(x: KerasTensor, variant: Variant) -> KerasTensor:
    filters, cells = variant.filters, variant.cells
    x = _norm(_conv(x, variant.stem, 3, "stem_conv1", strides=2, padding="valid"), "stem_bn1")
    x, before = _cell("reduction", x, x, filters // 4, "stem_1", adjusts=False), x
    x, before = _cell("reduction", x, before, filters // 2, "stem_2", halved=True), x
    for stack in range(3):
        if stack:
            skipped = before
            x, before = _cell("reduction", x, before, filters, f"reduce_{stack * cells}"), x
            before = skipped if variant.skips else before
        for cell in range(cells):
            number = stack * cells + cell + (1 if stack else 0)
            x, before = _cell("normal", x, before, filters, str(number), halved=cell == 0), x
        filters *= 2
    return Activation("relu")(x)


# Cells: of the output `x` of the last cell and of `before`, the one before it.


def _cell(kind: str, x: KerasTensor, before: KerasTensor, filters: int, name: str, **arguments: bool) -> KerasTensor:
    with name_scope(f"{kind}_A_block_{name}"):
        return (_normal if kind == "normal" else _reduction)(x, before, filters, name, **arguments)


def _normal(x: KerasTensor, before: KerasTensor, filters: int, name: str, halved: bool) -> KerasTensor:
    """``(b, h, w, c) -> (b, h, w, 6 filters)``; `before` is twice as large where a reduction has `halved` `x`."""
    before = _adjusted(before, filters, name, halved)
    x = _projected(x, filters, "normal", name)
    first = (
        _separable(x, filters, 5, 1, f"normal_left1_{name}", 1),
        _separable(before, filters, 3, 1, f"normal_right1_{name}", 1),
    )
    second = (
        _separable(before, filters, 5, 1, f"normal_left2_{name}", 2),
        _separable(before, filters, 3, 1, f"normal_right2_{name}", 2),
    )
    third = _mean(x, f"normal_left3_{name}"), before
    fourth = _mean(before, f"normal_left4_{name}"), _mean(before, f"normal_right4_{name}")
    fifth = _separable(x, filters, 3, 1, f"normal_left5_{name}", 5), x
    sums = [
        Add(name=f"normal_add_{index}_{name}")(list(two))
        for index, two in enumerate((first, second, third, fourth, fifth), 1)
    ]
    return Concatenate(axis=channel_axis(-1), name=f"normal_concat_{name}")([before, *sums])


def _reduction(
    x: KerasTensor, before: KerasTensor, filters: int, name: str, halved: bool = False, adjusts: bool = True
) -> KerasTensor:
    """``(b, h, w, c) -> (b, h/2, w/2, 4 filters)``."""
    if adjusts:
        before = _adjusted(before, filters, name, halved)
    x = _projected(x, filters, "reduction", name)
    padded = ZeroPadding2D(_padding(x, 3), name=f"reduction_pad_1_{name}")(x)
    first = Add(name=f"reduction_add_1_{name}")(
        [
            _separable(x, filters, 5, 2, f"reduction_left1_{name}", 1),
            _separable(before, filters, 7, 2, f"reduction_right1_{name}", 1),
        ]
    )
    second = Add(name=f"reduction_add_2_{name}")(
        [
            MaxPooling2D(3, strides=2, name=f"reduction_left2_{name}")(padded),
            _separable(before, filters, 7, 2, f"reduction_right2_{name}", 2),
        ]
    )
    third = Add(name=f"reduction_add3_{name}")(
        [
            AveragePooling2D(3, strides=2, name=f"reduction_left3_{name}")(padded),
            _separable(before, filters, 5, 2, f"reduction_right3_{name}", 3),
        ]
    )
    fourth = Add()([second, _mean(first, f"reduction_left4_{name}")])
    fifth = Add(name=f"reduction_add4_{name}")(
        [
            _separable(first, filters, 3, 1, f"reduction_left4_{name}", 5),
            MaxPooling2D(3, strides=2, name=f"reduction_right5_{name}")(padded),
        ]
    )
    return Concatenate(axis=channel_axis(-1), name=f"reduction_concat_{name}")([second, third, fourth, fifth])


# Parts.


def _adjusted(before: KerasTensor, filters: int, name: str, halved: bool) -> KerasTensor:
    """`before` with the size and the filters of the cell."""
    if halved:
        with name_scope("adjust_block"), name_scope(f"adjust_reduction_block_{name}"):
            return _thinned(before, filters, name)
    if before.shape[channel_axis(-1)] == filters:
        return before
    with name_scope("adjust_block"), name_scope(f"adjust_projection_block_{name}"):
        before = _conv(Activation("relu")(before), filters, 1, f"adjust_conv_projection_{name}")
        return _norm(before, f"adjust_bn_{name}")


def _thinned(before: KerasTensor, filters: int, name: str) -> KerasTensor:
    """Every second pixel, once from the first one on, once from the second one on, half of the filters each."""
    before = Activation("relu", name=f"adjust_relu_1_{name}")(before)
    shifted = Cropping2D(((1, 0), (1, 0)))(ZeroPadding2D(((0, 1), (0, 1)))(before))
    halves = []
    for index, image in enumerate((before, shifted), 1):
        image = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_{index}_{name}")(image)
        halves.append(_conv(image, filters // 2, 1, f"adjust_conv_{index}_{name}"))
    return _norm(Concatenate(axis=channel_axis(-1))(halves), f"adjust_bn_{name}")


def _projected(x: KerasTensor, filters: int, cell: str, name: str) -> KerasTensor:
    x = _conv(Activation("relu")(x), filters, 1, f"{cell}_conv_1_{name}")
    return _norm(x, f"{cell}_bn_1_{name}")


def _separable(x: KerasTensor, filters: int, size: int, stride: int, name: str, block: int) -> KerasTensor:
    """Two layers of activation, separable convolution and normalization; `block` stands in the paths of the weights."""
    with name_scope(f"block_{block}"), name_scope(f"separable_conv_block_{name}"):
        return _two_separables(x, filters, size, stride, name)


def _two_separables(x: KerasTensor, filters: int, size: int, stride: int, name: str) -> KerasTensor:
    x, padding = Activation("relu")(x), "same"
    if stride > 1:
        x, padding = ZeroPadding2D(_padding(x, size), name=f"separable_conv_1_pad_{name}")(x), "valid"
    first = SeparableConv2D(
        filters, size, strides=stride, padding=padding, use_bias=False, name=f"separable_conv_1_{name}"
    )
    x = Activation("relu")(_norm(first(x), f"separable_conv_1_bn_{name}"))
    x = SeparableConv2D(filters, size, padding="same", use_bias=False, name=f"separable_conv_2_{name}")(x)
    return _norm(x, f"separable_conv_2_bn_{name}")


def _padding(x: KerasTensor, size: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """For a stride of two; the same on both sides where the image's size is unknown, so that all branches agree."""
    return padding_before_stride(x, size, unknown_is_odd=True)


def _conv(x: KerasTensor, filters: int, size: int, name: str, strides: int = 1, padding: str = "same") -> KerasTensor:
    conv = Conv2D(
        filters,
        size,
        strides=strides,
        padding=padding,
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )
    return conv(x)


def _norm(x: KerasTensor, name: str) -> KerasTensor:
    return BatchNormalization(axis=channel_axis(-1), momentum=0.9997, name=name)(x)


def _mean(x: KerasTensor, name: str) -> KerasTensor:
    return AveragePooling2D(3, strides=1, padding="same", name=name)(x)
