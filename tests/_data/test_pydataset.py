"""`PyDataset`, the base class of data sets written in Python."""

import keras
import pytest

from torchkeras.utils import PyDataset, Sequence


class Squares(PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        return index, index**2


class Silent(Squares):
    def __init__(self):
        """As many do, without the base class."""


def test_public_names_are_keras_names():
    names = {name for name in dir(keras.utils.PyDataset) if not name.startswith("_")}
    assert names <= set(dir(PyDataset))
    assert Sequence is PyDataset


def test_arguments():
    data = Squares(workers=4, use_multiprocessing=True, max_queue_size=3)
    assert (data.workers, data.use_multiprocessing, data.max_queue_size) == (4, True, 3)
    data.workers, data.use_multiprocessing, data.max_queue_size = 2, False, 5
    assert (data.workers, data.use_multiprocessing, data.max_queue_size) == (2, False, 5)
    data = Squares()
    assert (data.workers, data.use_multiprocessing, data.max_queue_size) == (1, False, 10)


def test_batches():
    data = Squares()
    data.on_epoch_begin()
    assert data.num_batches == 3
    assert list(data) == list(data) == [(0, 0), (1, 1), (2, 4)]
    data.on_epoch_end()


def test_without_end():
    class Endless(Squares):
        num_batches = None

    batches = iter(Endless())
    assert [next(batches)[0] for _ in range(5)] == [0, 1, 2, 3, 4]


def test_a_class_that_does_not_call_its_base_is_told_once():
    data = Silent()
    assert list(data)[2] == (2, 4)
    with pytest.warns(UserWarning, match=r"`Silent` class should call `super\(\).__init__\(\*\*kwargs\)`"):
        assert data.workers == 1
    assert data.workers == 1  # a second warning would fail the test
    with pytest.warns(UserWarning, match="should call"):
        assert data.use_multiprocessing is False


def test_what_is_missing_is_named():
    with pytest.raises(NotImplementedError, match="PyDataset needs a method `__len__"):
        _ = PyDataset().num_batches
    with pytest.raises(NotImplementedError, match="PyDataset needs a method `__getitem__"):
        _ = PyDataset()[0]
