"""Batches of a ``PyDataset`` loaded ahead by threads and processes."""

import itertools
import os
import threading
import time

import numpy as np
import pytest

import torchkeras
from torchkeras._data._workers import load_ahead
from torchkeras.utils import PyDataset

WAYS = [
    {},
    {"workers": 3},
    {"workers": 3, "max_queue_size": 1},
    {"workers": 2, "use_multiprocessing": True},
    {"workers": 1, "use_multiprocessing": True, "max_queue_size": 1},
]


class Numbers(PyDataset):
    """Batch `i` says its number and who loaded it; late ones come first, if anybody lets them."""

    def __len__(self):
        return 12

    def __getitem__(self, index):
        time.sleep(0.002 * (index % 3 == 0))
        return index, os.getpid(), threading.current_thread().name


class Broken(Numbers):
    def __getitem__(self, index):
        if index == 3:
            raise ValueError("batch 3 is broken")
        return super().__getitem__(index)


@pytest.mark.parametrize("arguments", WAYS)
def test_batches_come_in_the_order_asked_for(arguments):
    order = [5, 3, 0, 11, 2, 7, 7, 1]
    assert [batch[0] for batch in load_ahead(Numbers(**arguments), order)] == order


@pytest.mark.parametrize("arguments", WAYS)
def test_an_order_without_end(arguments):
    batches = load_ahead(Numbers(**arguments), itertools.count())
    assert [batch[0] for batch in itertools.islice(batches, 5)] == [0, 1, 2, 3, 4]
    del batches


@pytest.mark.parametrize("arguments", WAYS)
def test_an_error_in_a_batch_comes_through(arguments):
    batches = load_ahead(Broken(**arguments), range(12))
    assert [next(batches)[0] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="batch 3 is broken"):
        list(batches)


def test_who_loads():
    def loaders(**arguments):
        return {(process == os.getpid(), thread) for _, process, thread in load_ahead(Numbers(**arguments), range(12))}

    main = threading.current_thread().name
    assert loaders() == {(True, main)}
    assert all(here and thread.startswith("torchkeras_data") for here, thread in loaders(workers=2))
    assert not any(here for here, _ in loaders(workers=2, use_multiprocessing=True))


def test_no_more_is_loaded_ahead_than_asked_for():
    loaded = []

    class Noting(Numbers):
        def __getitem__(self, index):
            loaded.append(index)
            return index

    batches = load_ahead(Noting(workers=2, max_queue_size=3), range(12))
    next(batches)
    time.sleep(0.05)
    assert len(loaded) <= 4
    batches.close()
    time.sleep(0.05)
    assert len(loaded) <= 4


class Rows(PyDataset):
    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.epochs = []

    def __len__(self):
        return 4

    def __getitem__(self, index):
        x = np.full((5, 3), index, "float32")
        return x, x.sum(1, keepdims=True)

    def on_epoch_begin(self):
        self.epochs.append("begin")

    def on_epoch_end(self):
        self.epochs.append("end")


@pytest.mark.parametrize("arguments", WAYS[1:4])
def test_the_same_training_whoever_loads(arguments):
    def losses(**arguments):
        model = torchkeras.Sequential([torchkeras.layers.Input((3,)), torchkeras.layers.Dense(1)])
        model.set_weights([np.ones((3, 1)), np.zeros(1)])
        model.compile("sgd", "mse")
        data = Rows(**arguments)
        history = model.fit(data, epochs=2, shuffle=False, verbose=0)
        assert data.epochs == ["begin", "end"] * 2
        return history.history["loss"]

    assert losses(**arguments) == losses()
