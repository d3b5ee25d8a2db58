"""What every source of data promises: an epoch from any batch on, a look that draws nothing, batches on the host."""

import functools
import random
from typing import Any

import numpy as np
import pytest
import scipy.sparse
import torch
from torch.utils.data import DataLoader, TensorDataset

import torchkeras
from torchkeras import _settings
from torchkeras._data import _transfer, make_source, on_device
from torchkeras._data._sparse import SparseRows
from torchkeras._data._workers import load_ahead
from torchkeras.utils import PyDataset

ROWS, BATCH = 23, 4
X = np.arange(ROWS * 2, dtype="float32").reshape(ROWS, 2)
TENSORS = TensorDataset(torch.from_numpy(X), torch.from_numpy(X))


class Noisy(PyDataset):
    """Each batch draws from all global generators and from one of its own."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.own = np.random.default_rng(0)

    def __len__(self) -> int:
        return 6

    def __getitem__(self, index: int) -> Any:
        drawn = [random.random(), np.random.random(), torch.rand(()).item(), self.own.random()]
        return np.full((2, 4), index) + np.array(drawn)


class NoisyRows(torch.utils.data.Dataset):
    def __len__(self) -> int:
        return ROWS

    def __getitem__(self, index: int) -> Any:
        return np.array([index, np.random.random(), torch.rand(()).item()], "float32")


def noise() -> Any:
    while True:
        yield np.random.random((3, 2))


def loader(data: Any = TENSORS, **arguments: Any) -> Any:
    return DataLoader(data, batch_size=BATCH, shuffle=True, **arguments)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(5)


arrays = functools.partial(make_source, X, X, batch_size=BATCH)
SOURCES = {
    "arrays": arrays,
    "arrays shuffled": functools.partial(arrays, shuffle=True),
    "arrays by batches": functools.partial(arrays, shuffle="batch"),
    "sparse shuffled": lambda: make_source(scipy.sparse.csr_matrix(X), batch_size=BATCH, shuffle=True),
    "Dataset": lambda: make_source(TENSORS, batch_size=BATCH, shuffle=True),
    "Dataset of rows": lambda: make_source(NoisyRows(), batch_size=BATCH, shuffle=True),
    "DataLoader": lambda: make_source(loader()),
    "DataLoader with noise": lambda: make_source(loader(NoisyRows())),
    "DataLoader with a generator": lambda: make_source(loader(generator=generator())),
    "DataLoader with workers": lambda: make_source(loader(NoisyRows(), num_workers=2)),
    "PyDataset": lambda: make_source(Noisy(), shuffle=True),
    "PyDataset with threads": lambda: make_source(PyRows(workers=2), shuffle=True),
    "generator": lambda: make_source(noise()),
    "generator function": lambda: make_source(noise),
}


class PyRows(PyDataset):
    def __len__(self) -> int:
        return 6

    def __getitem__(self, index: int) -> Any:
        return np.full((2, 4), index)


def seed() -> None:
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)


def states() -> tuple[Any, ...]:
    return random.getstate(), str(np.random.get_state()), torch.get_rng_state().tolist()


def values(batches: Any, count: int = 6) -> list[Any]:
    return [[part.tolist() for part in batch if part is not None] for batch, _ in zip(batches, range(count))]


@pytest.mark.parametrize("name", SOURCES)
def test_an_epoch_from_a_batch_on_is_the_rest_of_the_whole_epoch(name: str) -> None:
    seed()
    whole = SOURCES[name]()
    first = values(whole.epoch())
    second = values(whole.epoch()) if not whole.endless else None
    for start in (0, 2, 5):
        seed()
        source = SOURCES[name]()
        assert values(source.epoch(start), 6 - start) == first[start:]
        assert second is None or values(source.epoch()) == second
    assert len(first) == 6


@pytest.mark.parametrize("name", [name for name in SOURCES if name.startswith("arrays")])
def test_the_order_is_drawn_when_an_epoch_is_asked_for(name: str) -> None:
    seed()
    batches = SOURCES[name]().epoch(2)
    seed()
    assert values(batches, 4) == values(SOURCES[name]().epoch(), 6)[2:]


@pytest.mark.parametrize("name", [name for name in SOURCES if name != "generator"])
def test_a_look_draws_nothing(name: str) -> None:
    source, quiet = SOURCES[name](), SOURCES[name]()
    seed()
    before = states()
    source.peek()
    source.peek()
    assert states() == before
    looked = values(source.epoch())
    seed()
    if name == "PyDataset":  # what a data set draws from a generator of its own is its own affair
        return
    assert looked == values(quiet.epoch())


def test_a_look_into_a_generator_is_the_first_batch() -> None:
    source = SOURCES["generator"]()
    looked = values([source.peek()])
    assert values([source.peek()]) == looked
    assert values(source.epoch(), 1) == looked


def test_an_array_source_shuffles_anew_each_epoch() -> None:
    source = SOURCES["arrays shuffled"]()
    assert values(source.epoch()) != values(source.epoch())
    assert values(source.epoch(6)) == []


# Sparse rows.


def test_sparse_rows_become_dense_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    dense, real = [], scipy.sparse.csr_matrix.toarray

    def toarray(self: Any) -> Any:
        dense.append(self.shape)
        return real(self)

    monkeypatch.setattr(scipy.sparse.csr_matrix, "toarray", toarray)
    source = make_source(scipy.sparse.csr_matrix(X), X, batch_size=BATCH)
    got = [batch[0] for batch in source]
    np.testing.assert_array_equal(torch.cat(got), X)
    assert dense == [(4, 2)] * 5 + [(3, 2)]
    assert got[0].dtype == torch.float32


@pytest.mark.parametrize("make", [scipy.sparse.coo_matrix, lambda x: torch.from_numpy(x).to_sparse()])
def test_parts_of_sparse_rows(make: Any) -> None:
    rows = SparseRows(make(X))[slice(3, 9)]
    assert rows.shape == (6, 2)
    np.testing.assert_array_equal(rows.take(slice(1, 3)), X[4:6])
    np.testing.assert_array_equal(rows.take(torch.tensor([5, 0])), X[[8, 3]])


def test_sparse_batches_are_dense_on_the_way_in() -> None:
    model = torchkeras.Sequential([torchkeras.layers.Input((2,)), torchkeras.layers.Dense(1)])
    model.compile("sgd", "mse")
    dense = model.predict_on_batch(X)
    np.testing.assert_allclose(model.predict_on_batch(scipy.sparse.csr_matrix(X)), dense, rtol=1e-5)
    np.testing.assert_allclose(model.predict(scipy.sparse.csr_matrix(X), verbose=0), dense, rtol=1e-5)


def test_sparse_rows_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="but `x` has 23, `y` has 5"):
        make_source(scipy.sparse.csr_matrix(X), X[:5])


# Functions that make batches.


def test_a_generator_function_begins_anew_each_epoch() -> None:
    def three() -> Any:
        yield from (np.full((2, 1), number) for number in range(3))

    source = make_source(three)
    assert source.steps is None and not source.endless
    assert values(source.epoch()) == values(source.epoch())
    assert len(values(source.epoch())) == 3


def test_a_function_that_makes_no_batches_is_named() -> None:
    def wrong() -> int:
        return 3

    with pytest.raises(ValueError, match=r"expected the function 'wrong' to return an iterator.*got 3"):
        make_source(wrong).peek()


@pytest.mark.parametrize("empty", [DataLoader([]), iter([]), lambda: iter([])])
def test_data_that_yields_nothing(empty: Any) -> None:
    with pytest.raises(ValueError, match="given as data yields nothing"):
        make_source(empty).peek()


# Workers and devices. A meta tensor stands for one on a GPU.


class Elsewhere(torch.utils.data.Dataset):
    def __init__(self) -> None:
        self.inner = TensorDataset(torch.empty(4, 2, device="meta"))

    def __len__(self) -> int:
        return 4


class PyElsewhere(PyRows):
    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.x = torch.empty(4, 2, device="meta")


@pytest.mark.parametrize(
    "make",
    [
        lambda: DataLoader(TensorDataset(torch.empty(4, 2, device="meta")), num_workers=1),
        lambda: DataLoader(Elsewhere(), num_workers=2),
        lambda: PyElsewhere(workers=2, use_multiprocessing=True),
    ],
)
def test_data_on_a_gpu_refuses_workers(make: Any) -> None:
    with pytest.raises(ValueError, match="its data lies on meta, which worker processes cannot use"):
        make_source(make())


def test_data_on_a_gpu_without_worker_processes() -> None:
    make_source(DataLoader(TensorDataset(torch.empty(4, 2, device="meta"))))
    make_source(PyElsewhere(workers=2))


class Telling(PyRows):
    """What a worker process says of its devices."""

    def __getitem__(self, index: int) -> Any:
        return torch.cuda.is_initialized(), str(_settings.device()), torchkeras.ops.ones(2).device.type


def test_a_worker_stays_on_the_host() -> None:
    _settings.set_device("meta")  # as a GPU would be
    try:
        told = list(load_ahead(Telling(workers=2, use_multiprocessing=True), range(4)))
    finally:
        _settings.set_device(None)
    assert told == [(False, "cpu", "cpu")] * 4


def test_batches_come_to_the_device() -> None:
    batches = make_source(X, X, batch_size=BATCH).epoch()
    assert on_device(batches, torch.device("cpu")) is batches
    moved = list(on_device(batches, torch.device("meta")))
    assert len(moved) == 6
    assert {part.device.type for batch in moved for part in batch if part is not None} == {"meta"}


class _Stream:
    """What is used of a CUDA stream, and in which order."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    def wait_stream(self, other: Any) -> None:
        self.told.append("wait")

    def __enter__(self) -> None:
        self.told.append("send")

    def __exit__(self, *error: Any) -> None:
        pass


def test_one_batch_is_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of things on CUDA, played without one: the next batch is sent before this one is worked on."""
    told: list[str] = []
    monkeypatch.setattr(torch.cuda, "Stream", lambda device: _Stream(told))
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: stream)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: _Stream(told))
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda self: self)
    monkeypatch.setattr(torch.Tensor, "record_stream", lambda self, stream: told.append("keep"))
    monkeypatch.setattr(_transfer, "to_device", lambda batch, device: batch)
    given = [torch.full((2,), float(number)) for number in range(3)]

    def loading() -> Any:
        for batch in given:
            told.append("load")
            yield batch

    batches = on_device(loading(), torch.device("cuda", 0))
    assert told == ["load", "send"]
    got = []
    for batch in batches:
        told.append("work")
        got.append(batch)
    assert [int(batch[0]) for batch in got] == [0, 1, 2]
    ahead = ["wait", "keep", "load", "send", "work"]
    assert told == ["load", "send", *ahead, *ahead, "wait", "keep", "work"]
    assert list(on_device(iter([]), torch.device("cuda", 0))) == []
