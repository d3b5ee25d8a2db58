"""Every source of data times every option of ``fit``: the losses are real Keras', or those of plain arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas
import pytest
import scipy.sparse
import torch

import torchkeras

ROWS, BATCH, STEPS = 22, 8, 3
DRAW = np.random.default_rng(3)
X = np.where(DRAW.random((ROWS, 4)) < 0.5, DRAW.normal(size=(ROWS, 4)), 0).astype("float32")
LABELS = DRAW.integers(0, 3, (ROWS, 1))
WEIGHTS = DRAW.uniform(0.5, 2, ROWS).astype("float32")
CLASS_WEIGHT = {0: 1.0, 1: 3.0, 2: 0.2}
VALIDATION = (X[:7], LABELS[:7])


def parts(weighted: bool) -> list[np.ndarray]:
    return [X, LABELS, WEIGHTS] if weighted else [X, LABELS]


def batches(weighted: bool) -> Any:
    for start in range(0, ROWS, BATCH):
        yield tuple(part[start : start + BATCH] for part in parts(weighted))


def forever(weighted: bool) -> Any:
    while True:
        yield from batches(weighted)


class Rows(torch.utils.data.Dataset):
    def __init__(self, weighted: bool) -> None:
        self.parts = parts(weighted)

    def __len__(self) -> int:
        return ROWS

    def __getitem__(self, index: int) -> Any:
        return tuple(part[index] for part in self.parts)


class Stream(torch.utils.data.IterableDataset):
    def __init__(self, weighted: bool) -> None:
        self.parts = parts(weighted)

    def __iter__(self) -> Any:
        return zip(*self.parts, strict=True)


def pydataset(module: Any, weighted: bool, **arguments: Any) -> Any:
    class Batches(module.utils.PyDataset):
        def __len__(self) -> int:
            return STEPS

        def __getitem__(self, index: int) -> Any:
            return list(batches(weighted))[index]

    return Batches(**arguments)


def loader(dataset: Any, **arguments: Any) -> Any:
    return torch.utils.data.DataLoader(dataset, batch_size=BATCH, **arguments)


def arrays(convert: Callable[[np.ndarray], Any]) -> Callable[..., Any]:
    def given(module: Any, weighted: bool) -> Any:
        found = {"x": convert(X), "y": LABELS, "batch_size": BATCH}
        return {**found, "sample_weight": WEIGHTS} if weighted else found

    return given


def alone(make: Callable[[Any, bool], Any]) -> Callable[..., Any]:
    return lambda module, weighted: {"x": make(module, weighted)}


# name -> (module, whether with sample weights) -> arguments of `fit`
ARRAYS = {
    "numpy": arrays(lambda x: x),
    "torch": arrays(torch.from_numpy),
    "pandas": arrays(pandas.DataFrame),
    "scipy csr": arrays(scipy.sparse.csr_matrix),
    "scipy coo": arrays(scipy.sparse.coo_array),
}
BATCHES = {
    "DataLoader": alone(lambda module, weighted: loader(Rows(weighted))),
    "DataLoader of a stream": alone(lambda module, weighted: loader(Stream(weighted))),
    "PyDataset": alone(pydataset),
}
ENDLESS = {
    "generator": lambda module, weighted: {"x": forever(weighted), "steps_per_epoch": STEPS},
}
OURS = {  # which real Keras does not take, or, with threads, takes in any order
    "lists": arrays(lambda x: x.tolist()),
    "PyDataset with threads": alone(lambda module, weighted: pydataset(module, weighted, workers=2)),
    "sparse torch": arrays(lambda x: torch.from_numpy(x).to_sparse()),
    "Dataset": lambda module, weighted: {"x": Rows(weighted), "batch_size": BATCH},
    "IterableDataset": lambda module, weighted: {"x": Stream(weighted), "batch_size": BATCH},
    "generator function": alone(lambda module, weighted: lambda: batches(weighted)),
    "endless generator function": lambda module, weighted: {"x": lambda: forever(weighted), "steps_per_epoch": STEPS},
    "list-like of batches": alone(lambda module, weighted: _Listed(list(batches(weighted)))),
}


class _Listed:
    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Any:
        return self.items[index]


# name -> further arguments, and whether there are sample weights
OPTIONS: dict[str, tuple[dict[str, Any], bool]] = {
    "plain": ({}, False),
    "sample_weight": ({}, True),
    "class_weight": ({"class_weight": CLASS_WEIGHT}, False),
    "both weights": ({"class_weight": CLASS_WEIGHT}, True),
    "validation_data": ({"validation_data": VALIDATION}, False),
    "validation_split": ({"validation_split": 0.3}, True),
    "steps_per_epoch": ({"steps_per_epoch": 2}, False),
}
SOURCES = {**ARRAYS, **BATCHES, **ENDLESS, **OURS}


def train(module: Any, source: str, option: str) -> Any:
    more, weighted = OPTIONS[option]
    model = module.Sequential([module.layers.Input((4,)), module.layers.Dense(3, "softmax")])
    model.set_weights([np.linspace(-1, 1, 12).reshape(4, 3), np.zeros(3)])
    model.compile(module.optimizers.SGD(0.1), "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    arguments = {**SOURCES[source](module, weighted), **more, "shuffle": False}
    return model.fit(epochs=2, verbose=0, **arguments).history


def keras_takes(source: str, option: str) -> bool:
    """Keras refuses class weights for loaders and generators, and both weights at once."""
    if source in OURS or option == "both weights":
        return False
    return source in ARRAYS or source == "PyDataset" or option != "class_weight"


def makes_sense(source: str, option: str) -> bool:
    if (source, option) == ("endless generator function", "steps_per_epoch"):
        return False  # it goes on where the last epoch stopped
    return source in {*ARRAYS, "sparse torch", "lists"} or option != "validation_split"


# the second epoch of two steps begins with the last of three batches and ends there, which both tell
pytestmark = [
    pytest.mark.filterwarnings("ignore:fit. the data ended after 1 of 2 steps"),
    pytest.mark.filterwarnings("ignore:.*Your input ran out of data"),
]
CELLS = [(source, option) for source in SOURCES for option in OPTIONS if makes_sense(source, option)]


@pytest.mark.parametrize(("source", "option"), [cell for cell in CELLS if keras_takes(*cell)])
def test_as_keras(source: str, option: str, both: Any) -> None:
    both(lambda module: train(module, source, option))


@pytest.mark.parametrize(("source", "option"), [cell for cell in CELLS if not keras_takes(*cell)])
def test_as_arrays(source: str, option: str) -> None:
    got, expected = train(torchkeras, source, option), train(torchkeras, "numpy", option)
    assert got.keys() == expected.keys()
    for key, values in expected.items():
        assert got[key] == pytest.approx(values, rel=1e-5)
