"""Every row that tf_keras.backend computed, on tensors and on symbolic tensors."""

import functools
import inspect
import json
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from torchkeras import Model, layers
from torchkeras._eras import backend as K
from torchkeras._structures import leaves
from torchkeras.ops import convert_to_numpy

FOLDER = Path(__file__).parent
ROWS = runpy.run_path(str(FOLDER / "rows.py"))["ROWS"]
IDS = [f"{index}-{row.name}" for index, row in enumerate(ROWS)]
INDICES = pytest.mark.parametrize("index", range(len(ROWS)), ids=IDS)

# where ours differs on purpose
LESS_PRECISE = {"softplus": 1e-5, "conv3d_transpose": 1e-4, "local_conv2d": 1e-4}


@functools.cache
def recorded():
    with np.load(FOLDER / "recorded.npz") as found:
        names = {name: found[name] for name in found.files}
    results = [[] for _ in ROWS]
    for name in names:
        index, _, called = name.split(".")
        assert ROWS[int(index)].name == called, "the rows changed: run record.py"
        results[int(index)].append(names[name])
    return results


def as_tensors(item):
    if isinstance(item, list) and any(isinstance(part, np.ndarray) for part in item):
        return [as_tensors(part) for part in item]
    return torch.as_tensor(item) if isinstance(item, np.ndarray) else item


def check(found, index):
    expected = recorded()[index]
    if isinstance(found, (str, np.ndarray)):
        found = [found]
    arrays = [convert_to_numpy(leaf) if isinstance(leaf, torch.Tensor) else np.asarray(leaf) for leaf in leaves(found)]
    if len(expected) == 1 and len(arrays) > 1:  # a shape
        arrays = [np.asarray([array.item() for array in arrays])]
    assert len(arrays) == len(expected)
    name = ROWS[index].name
    for array, wanted in zip(arrays, expected, strict=True):
        assert array.shape == wanted.shape
        if wanted.dtype.kind in "US":
            assert array == wanted
            continue
        assert array.dtype.kind == wanted.dtype.kind, (array.dtype, wanted.dtype)
        tolerance = LESS_PRECISE.get(name, 1e-5)
        np.testing.assert_allclose(array, wanted, rtol=tolerance, atol=tolerance)


@INDICES
def test_on_tensors(index):
    row = ROWS[index]
    args = row.args if row.name == "cast_to_floatx" else [as_tensors(item) for item in row.args]
    check(getattr(K, row.name)(*args, **row.kwargs), index)


@pytest.mark.parametrize("index", [i for i, row in enumerate(ROWS) if row.symbols], ids=lambda i: IDS[i])
def test_on_symbols(index):
    row = ROWS[index]
    inputs = {i: layers.Input(row.args[i].shape[1:], dtype=str(row.args[i].dtype)) for i in row.symbols}
    args = [inputs.get(i, as_tensors(item)) for i, item in enumerate(row.args)]
    outputs = getattr(K, row.name)(*args, **row.kwargs)
    model = Model(list(inputs.values()), list(leaves(outputs)))
    found = model([torch.as_tensor(row.args[i]) for i in row.symbols])
    check(found, index)
    for symbol, tensor in zip(leaves(outputs), leaves(found), strict=True):
        assert len(symbol.shape) == tensor.ndim
        assert all(size in (None, real) for size, real in zip(symbol.shape, tensor.shape, strict=True))


# The signatures of tf_keras, and of what Keras 3 kept.
SIGNATURES = json.loads((FOLDER / "signatures.json").read_text(encoding="utf-8"))
TODAY = {"backend", "clear_session", "epsilon", "floatx", "get_uid", "image_data_format", "is_keras_tensor"}
TODAY |= {"set_epsilon", "set_floatx", "set_image_data_format"}
DIFFERENT = {
    # ours takes more: the places of Keras 1 are made up for
    "resize_images": "data_format may be left out",
    "resize_volumes": "data_format may be left out",
    "get_session": "TensorFlow's own",
    "identity": "no name",
}


@pytest.mark.parametrize("name", sorted(SIGNATURES.keys() - TODAY))
def test_signature(name):
    assert name in K.__all__
    found = [
        [p.name, "required" if p.default is p.empty else repr(p.default)]
        for p in inspect.signature(getattr(K, name)).parameters.values()
        if p.kind is not p.VAR_KEYWORD
    ]
    if name in DIFFERENT:
        assert [n for n, _ in found] == [n for n, _ in SIGNATURES[name]]
        return
    assert found == SIGNATURES[name]
