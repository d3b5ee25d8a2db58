"""What real Keras on torch cannot judge: it refuses the arguments, or errs where NumPy and its other backends agree."""

from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import torch

from torchkeras import ops

rng = np.random.default_rng(0)
x = rng.normal(size=(2, 3, 4)).astype("float32")
y = rng.normal(size=(2, 3, 4)).astype("float32")
m = rng.normal(size=(3, 3)).astype("float32")
sized = {"weights": abs(x[0])}

CASES = [
    ("sum", (x,), {"keepdims": True}),
    ("max", (x,), {"keepdims": True}),
    ("any", (x > 9,), {"keepdims": True}),
    ("average", (x[0],), sized),
    ("average", (x[0], 1), sized),
    ("concatenate", ((x, y),), {"axis": None}),
    ("array_split", (x, [1], 1), {}),
    ("array_split", (np.arange(7), [2, 3]), {}),
    ("cross", (x[:, :2, :3], y[:, :2, :3]), {}),
    ("cross", (m, m.T.copy()), {}),
    ("linspace", (x, y, 3), {"axis": 1}),
    ("geomspace", (abs(x), abs(y) + 3, 4), {"axis": -1}),
    ("repeat", (x, np.array([1, 2, 0]), 1), {}),
    ("dot", (x, y.swapaxes(1, 2).copy()), {}),
    ("nonzero", (x > 0,), {}),
    ("where", (x > 0,), {}),
    ("pad", (x, 2), {}),
    ("pad", (x, (1, 2)), {}),
    ("pad", (x, ((1, 2), (0, 1), (3, 0))), {"mode": "symmetric"}),
    ("pad", (x, ((1, 1), (2, 1), (0, 2))), {"mode": "reflect"}),
    ("pad", (x, ((1, 1), (2, 1), (0, 2))), {"mode": "edge"}),
    ("pad", (x, ((1, 1), (2, 1), (0, 2))), {"mode": "wrap"}),
    ("histogram", (x,), {"bins": 4}),
    ("unique", (np.array([[3, 1], [1, 3], [3, 1]]),), {"return_index": True, "return_inverse": True, "axis": 0}),
    ("cumsum", (np.arange(5, dtype="int64"),), {}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_like_numpy(name: str, args: Any, kwargs: Any) -> None:
    wanted = getattr(np, name)(*args, **kwargs)
    found = getattr(ops, name)(*args, **kwargs)
    pairs = zip(found, wanted, strict=True) if isinstance(wanted, tuple | list) else [(found, wanted)]
    for ours, theirs in pairs:
        assert tuple(ours.shape) == theirs.shape
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("key", [np.s_[::-1], np.s_[:, ::-2], np.s_[..., 3:0:-1], np.s_[0, None, ::-1], np.s_[[1, 0]]])
def test_get_item_like_numpy(key: Any) -> None:
    np.testing.assert_array_equal(ops.get_item(x, key).numpy(), x[key])


def test_argpartition_puts_the_kth_element_in_its_place() -> None:
    order = ops.argpartition(x, 2, axis=1).numpy()
    parted = np.take_along_axis(x, order, 1)
    np.testing.assert_array_equal(parted[:, 2], np.sort(x, 1)[:, 2])
    assert (parted[:, :2] <= parted[:, 2:]).all()


@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_sparsemax_is_the_nearest_point_of_the_simplex(axis: int) -> None:
    found = ops.sparsemax(torch.from_numpy(x) * 2, axis)
    np.testing.assert_allclose(found.sum(axis).numpy(), 1, rtol=1e-6)
    assert float(found.min()) == 0
    # optimality: where the result is positive, x - result is the same for all, and larger than elsewhere
    gap = torch.from_numpy(x) * 2 - found
    threshold = torch.where(found > 0, gap, -torch.inf).amax(axis, keepdim=True)
    assert torch.where(found > 0, (gap - threshold).abs() < 1e-6, gap <= threshold + 1e-6).all()


def test_average_pool_leaves_the_border_out_of_the_mean() -> None:
    image = torch.arange(8.0).reshape(1, 2, 4, 1)
    found = ops.average_pool(image, (2, 3), 2, "same")[0, :, :, 0]
    np.testing.assert_allclose(found.numpy(), [[3.0, 4.5]])


def test_attention_takes_a_bias_and_a_mask_together() -> None:
    query = torch.randn(2, 3, 4, 8)
    bias, mask = torch.randn(2, 4, 3, 3), torch.ones(3, 3).tril().bool()
    found = ops.dot_product_attention(query, query, query, bias=bias, mask=mask)
    only_bias = ops.dot_product_attention(query, query, query, bias=bias.masked_fill(~mask, -torch.inf))
    torch.testing.assert_close(found, only_bias)


def test_a_soft_cap_bounds_the_scores() -> None:
    query = torch.randn(1, 3, 1, 4) * 10
    found = ops.dot_product_attention(query, query, query, attn_logits_soft_cap=1e-4)
    torch.testing.assert_close(found, query.mean(1, keepdim=True).expand_as(found), rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize(("size", "sigma"), [((3, 3), (1.0, 2.0)), ((5, 3), (1.5, 0.7)), (3, 1.0)])
def test_gaussian_blur_is_a_correlation_with_a_normal_distribution(size: Any, sigma: Any) -> None:
    image = rng.uniform(size=(7, 8, 2)).astype("float32")
    heights, widths = size if isinstance(size, tuple) else (size, size)
    deep, broad = sigma if isinstance(sigma, tuple) else (sigma, sigma)
    down, across = (np.arange(n) - (n - 1) / 2 for n in (heights, widths))
    kernel = np.exp(-(down[:, None] ** 2) / (2 * deep**2) - across**2 / (2 * broad**2))
    wanted = scipy.ndimage.correlate(image, kernel[..., None] / kernel.sum(), mode="constant")
    np.testing.assert_allclose(ops.image.gaussian_blur(image, size, sigma).numpy(), wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("fill", ["constant", "nearest", "wrap", "mirror", "reflect"])
def test_map_coordinates_like_scipy(fill: str) -> None:
    places = rng.uniform(-3, 7, (2, 50)).astype("float32")
    mode = {"constant": "grid-constant", "wrap": "grid-wrap"}.get(fill, fill)
    wanted = scipy.ndimage.map_coordinates(m, places, order=1, mode=mode, cval=-1)
    np.testing.assert_allclose(ops.image.map_coordinates(m, places, 1, fill, -1).numpy(), wanted, rtol=1e-4, atol=1e-5)


def test_elastic_transform_moves_pixels_by_a_seeded_smooth_field() -> None:
    images = torch.rand(2, 12, 10, 3)
    moved = ops.image.elastic_transform(images, alpha=30, sigma=2, seed=3)
    assert moved.shape == images.shape
    assert not torch.allclose(moved, images)
    torch.testing.assert_close(moved, ops.image.elastic_transform(images, alpha=30, sigma=2, seed=3))
    torch.testing.assert_close(ops.image.elastic_transform(images, alpha=0), images)
    constant = torch.full((1, 6, 6, 1), 0.5)
    torch.testing.assert_close(ops.image.elastic_transform(constant), constant)


def test_lanczos_resizing_keeps_a_constant_image() -> None:
    for name in ("lanczos3", "lanczos5"):
        found = ops.image.resize(torch.full((1, 9, 7, 2), 0.25), (5, 12), name, antialias=True)
        torch.testing.assert_close(found, torch.full((1, 5, 12, 2), 0.25))


def test_vectorize_like_numpy() -> None:
    own = ops.vectorize(lambda a, b: a * b + 1)
    np.testing.assert_allclose(own(x, y[0]).numpy(), x * y[0] + 1, rtol=1e-6)
    rows = ops.vectorize(lambda a, b: (a * b).sum(), signature="(n),(n)->()")
    np.testing.assert_allclose(rows(x, y[0, 0]).numpy(), (x * y[0, 0]).sum(-1), rtol=1e-5)
    powers = ops.vectorize(lambda a, exponent: a**exponent, excluded={1})
    np.testing.assert_allclose(powers(x, 2).numpy(), x**2, rtol=1e-6)


def test_reshape_keeps_axes_named_none() -> None:
    assert ops.reshape(x, (None, 12)).shape == (2, 12)
    assert ops.reshape(x, (None, 2, -1)).shape == (2, 2, 6)
