"""Products of batches of matrices, as layers written for Keras up to 2.2 expect them."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras._eras import backend as K

SIZES = {"b": 2, "h": 3, "n": 4, "m": 5, "k": 6, "d": 7}
# (the axes of x, of y, the axes given) -> the result's axes
ROWS = [
    ("bhnk", "bhmk", [3, 3], "bhnm"),  # attention heads: scores
    ("bhnm", "bhmk", [3, 2], "bhnk"),  # and values
    ("bhnk", "bhkm", None, "bhnm"),
    ("bhkn", "bhkm", 2, "bhnm"),
    ("bnm", "bnmd", [2, 2], "bnd"),  # capsules: outputs
    ("bnd", "bnmd", [2, 3], "bnm"),  # and agreements
    ("bnmd", "bnm", [2, 2], "bnd"),
    ("bhnk", "bmk", [3, 2], "bhnm"),  # these have no batches in common: today's rule
    ("bhnk", "bkm", [3, 1], "bhnm"),
    ("bnk", "bmk", 2, "bnm"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]},{row[1]}")
def test_batches(row):
    first, second, axes, result = row
    rng = np.random.RandomState(0)
    x, y = (rng.rand(*[SIZES[axis] for axis in axes_]).astype("float32") for axes_ in (first, second))
    expected = np.einsum(f"{first},{second}->{result}", x, y)
    found = K.batch_dot(torch.as_tensor(x), torch.as_tensor(y), axes)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    symbols = [keras.Input(item.shape[1:]) for item in (x, y)]
    product = K.batch_dot(*symbols, axes)
    assert product.shape == (None, *expected.shape[1:])
    np.testing.assert_allclose(keras.Model(symbols, product)([x, y]), expected, rtol=1e-5)


def test_heads_of_unknown_length():
    queries, keys = keras.Input((3, None, 6)), keras.Input((3, None, 6))
    assert K.batch_dot(queries, keys, axes=[3, 3]).shape == (None, 3, None, None)
