"""What no row of TensorFlow's numbers can say: orders, caches, threads, errors, and the tensors that come."""

import threading
import time
from collections import namedtuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras._pipeline import AUTOTUNE, Dataset, StringTensor, TensorSpec
from torchkeras._pipeline import _ahead as ahead
from torchkeras.random import SeedGenerator
from torchkeras.utils import set_random_seed


def numbers(dataset: Any) -> list[int]:
    return [int(element) for element in dataset]


@pytest.mark.parametrize("buffer_size", [1, 4, 10, 100])
@pytest.mark.parametrize("mapped", [False, True])
def test_shuffle_gives_all_elements_in_another_order_each_time(buffer_size: int, mapped: bool) -> None:
    dataset = Dataset.range(10).map(lambda x: x) if mapped else Dataset.range(10)
    dataset = dataset.shuffle(buffer_size, seed=3)
    first, second = numbers(dataset), numbers(dataset)
    assert sorted(first) == sorted(second) == list(range(10))
    assert (first == second) == (buffer_size == 1)
    # an element cannot come earlier than its buffer allows
    assert all(place >= number - buffer_size + 1 for place, number in enumerate(first))


def test_shuffled_rows_keep_together() -> None:
    x = np.arange(50)
    dataset = Dataset.from_tensor_slices((x, x * 2)).shuffle(50).repeat(2).batch(8)
    assert all(torch.equal(a * 2, b) for a, b in dataset)


def test_a_seed_gives_the_same_orders() -> None:
    first, second = (Dataset.range(20).shuffle(20, seed=5) for _ in range(2))
    assert [numbers(first), numbers(first)] == [numbers(second), numbers(second)]
    fixed = Dataset.range(20).shuffle(20, seed=5, reshuffle_each_iteration=False)
    assert numbers(fixed) == numbers(fixed)
    free = Dataset.range(20).shuffle(20)
    set_random_seed(1)
    one = numbers(free)
    set_random_seed(1)
    assert numbers(free) == one != numbers(free)


def test_each_repeat_is_shuffled_anew() -> None:
    order = numbers(Dataset.range(20).shuffle(20, seed=0).repeat(2))
    assert sorted(order[:20]) == sorted(order[20:]) and order[:20] != order[20:]


def test_cache_keeps_what_a_function_made() -> None:
    calls = []
    dataset = Dataset.range(3).map(lambda x: calls.append(int(x)) or x).cache()
    assert numbers(dataset) == numbers(dataset) == [0, 1, 2] == calls
    shuffled = Dataset.range(30).shuffle(30).cache()
    assert numbers(shuffled) == numbers(shuffled)


def test_a_part_of_the_elements_is_not_cached() -> None:
    dataset = Dataset.range(3).map(lambda x: x + 1).cache()
    assert numbers(dataset.take(1)) == [1] and numbers(dataset) == [1, 2, 3]


def test_cache_in_a_file_is_read_by_others(tmp_path: Path) -> None:
    def make(factor: int) -> Dataset:
        dataset = Dataset.from_tensor_slices((["a", "bc"], {"n": [1, 2]})).map(lambda t, d: (t, {"n": d["n"] * factor}))
        return dataset.cache(str(tmp_path / "folder" / "kept"))

    first = list(make(3).as_numpy_iterator())
    again = list(make(5).as_numpy_iterator())
    assert first == again == [(b"a", {"n": 3}), (b"bc", {"n": 6})]
    assert (tmp_path / "folder" / "kept.pt").exists()


def test_saved_elements_are_loaded(tmp_path: Path) -> None:
    dataset = Dataset.from_tensor_slices((["a", "bc"], {"n": np.ones((2, 3))})).map(lambda t, d: (t, d))
    dataset.save(tmp_path / "here")
    loaded = Dataset.load(str(tmp_path / "here"))
    assert len(loaded) == 2 and loaded.element_spec == dataset.element_spec
    assert [t.numpy() for t, _ in loaded] == [b"a", b"bc"]
    with pytest.raises(FileNotFoundError):
        Dataset.load(tmp_path / "nowhere")


def test_threads_are_used_for_slow_functions_in_order() -> None:
    def slow(x: Any) -> Any:
        names.add(threading.current_thread().name)
        time.sleep(0.004)
        return x

    names: set[str] = set()
    assert numbers(Dataset.range(30).map(slow, num_parallel_calls=4)) == list(range(30))
    assert any(name.startswith("torchkeras_map") for name in names)
    names.clear()
    assert numbers(Dataset.range(12).map(slow).prefetch(2)) == list(range(12))
    assert any(name.startswith("torchkeras_prefetch") for name in names)


@pytest.mark.parametrize("draw", [lambda: torch.rand(1), lambda: np.random.rand(), lambda: SEEDS.next()])
def test_functions_that_draw_random_numbers_stay_in_line(draw: Any) -> None:
    def slow(x: Any) -> Any:
        names.add(threading.current_thread().name)
        time.sleep(0.002)
        draw()
        return x

    names: set[str] = set()
    assert numbers(Dataset.range(12).map(slow, num_parallel_calls=4).prefetch(AUTOTUNE)) == list(range(12))
    assert names == {threading.current_thread().name}


SEEDS = SeedGenerator(0)


def test_a_prefetching_thread_ends_with_its_reader_and_hands_on_errors() -> None:
    def slow(x: Any) -> Any:
        time.sleep(0.002)
        if x == 20:
            raise RuntimeError("no more")
        return x

    dataset = Dataset.range(1000).map(slow).prefetch(1)
    assert numbers(dataset.take(10)) == list(range(10))
    for _ in range(100):
        if not any(thread.name == "torchkeras_prefetch" for thread in threading.enumerate()):
            break
        time.sleep(0.02)
    assert not any(thread.name == "torchkeras_prefetch" for thread in threading.enumerate())
    with pytest.raises(RuntimeError, match="no more"):
        numbers(dataset)


def test_functions_run_without_gradients() -> None:
    weight = torch.ones(1, requires_grad=True)
    (element,) = list(Dataset.range(1).map(lambda x: x * weight))
    assert not element.requires_grad and torch.is_grad_enabled()


def test_batches_of_rows_are_views_and_gathers_of_the_array() -> None:
    array = np.arange(12.0).reshape(6, 2)
    first = next(iter(Dataset.from_tensor_slices(array).batch(4)))
    assert first.data_ptr() == array.ctypes.data and first.dtype is torch.float64


def test_text_elements() -> None:
    dataset = Dataset.from_tensor_slices((["one", "two"], [1, 2]))
    text, label = next(iter(dataset))
    assert text.numpy() == b"one" and text.dtype == "string" and int(label) == 1
    batch, _ = next(iter(dataset.batch(2)))
    assert (
        isinstance(batch, StringTensor)
        and batch.shape == (2,)
        and [t.numpy().decode() for t in batch] == ["one", "two"]
    )


def test_named_tuples_are_one_argument() -> None:
    Point = namedtuple("Point", "x y")
    dataset = Dataset.from_tensor_slices(Point([1, 2], [3, 4])).map(lambda point: point.x * point.y)
    assert numbers(dataset) == [3, 8]


def test_frames(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    features, label = next(iter(Dataset.from_tensor_slices((dict(frame), frame["a"])).batch(2)))
    assert features["a"].dtype is torch.int64 and features["b"].tolist() == [b"x", b"y"] and label.tolist() == [1, 2]


def test_files_are_listed(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.csv"):
        (tmp_path / name).write_text(name)
    found = Dataset.list_files(str(tmp_path / "*.txt"), shuffle=False)
    assert [Path(name.decode()).name for name in found.as_numpy_iterator()] == ["a.txt", "b.txt"]
    assert len(Dataset.list_files([str(tmp_path / "*.txt"), str(tmp_path / "*.csv")])) == 3
    with pytest.raises(ValueError, match=r"list_files: no file matches '.*none'"):
        Dataset.list_files(str(tmp_path / "none"))


def test_sampling_follows_the_weights() -> None:
    ones, twos = Dataset.from_tensors(1).repeat(), Dataset.from_tensors(2).repeat()
    drawn = numbers(Dataset.sample_from_datasets([ones, twos], weights=[0.9, 0.1], seed=1).take(1000))
    assert 850 < drawn.count(1) < 950


def test_iterators() -> None:
    dataset = Dataset.range(2)
    iterator = iter(dataset)
    assert int(next(iterator)) == 0 and int(iterator.get_next()) == 1
    with pytest.raises(StopIteration):
        iterator.next()
    assert dataset.as_numpy_iterator().next() == 0
    assert Dataset.range(3).reduce(0, lambda state, x: state + x) == 3
    assert int(Dataset.from_tensors(4).get_single_element()) == 4


def test_options_change_nothing() -> None:
    options = Dataset.range(1).options()
    options.experimental_distribute.auto_shard_policy = 1
    options.threading.private_threadpool_size = 2
    assert numbers(Dataset.range(3).with_options(options)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("dataset", "words"),
    [(lambda: Dataset.range(3).repeat(), "infinite"), (lambda: Dataset.range(3).filter(lambda x: True), "unknown")],
)
def test_lengths_that_nobody_knows(dataset: Any, words: str) -> None:
    assert dataset()
    with pytest.raises(TypeError, match=words):
        len(dataset())


ERRORS = {
    "batch of nothing": (lambda: Dataset.range(3).batch(0), "`batch_size`: expected an integer from 1 on, got 0"),
    "no buffer": (lambda: Dataset.range(3).shuffle(0), "`buffer_size`: expected an integer from 1 on"),
    "shard": (lambda: Dataset.range(3).shard(2, 2), "`index`: expected less than the 2"),
    "rows that differ": (lambda: Dataset.from_tensor_slices(([1, 2], [1])), "as many rows, got 2, 1"),
    "a single value": (lambda: Dataset.from_tensor_slices(3), "first axis to cut along"),
    "ragged rows": (lambda: Dataset.from_tensor_slices([[1], [2, 3]]), "rows of different lengths are no tensor"),
    "objects": (lambda: Dataset.from_tensor_slices([object()]), "expected numbers or text"),
    "shapes that differ": (
        lambda: list(Dataset.range(1, 3).map(lambda x: torch.ones(int(x))).batch(2)),
        r"the first is \(1,\), number 1 is \(2,\)",
    ),
    "too long": (
        lambda: list(Dataset.range(1, 3).map(lambda x: torch.ones(int(x))).padded_batch(2, padded_shapes=[1])),
        "2 entries along axis 0, more than the 1",
    ),
    "no data set": (
        lambda: list(Dataset.range(3).flat_map(lambda x: x)),
        "flat_map: the function must return a data set",
    ),
    "weights": (lambda: Dataset.sample_from_datasets([Dataset.range(1)], weights=[1, 1]), "a weight for each of the 1"),
    "more than one": (lambda: Dataset.range(2).get_single_element(), "expected one element, got more"),
    "empty": (lambda: Dataset.range(0).map(lambda x: x).element_spec, "empty"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str) -> None:
    make, words = ERRORS[name]
    with pytest.raises((ValueError, TypeError), match=words):
        make()


def test_what_is_not_served_says_so() -> None:
    with pytest.raises(AttributeError, match=r"Dataset has no 'padded_batches': .* Did you mean 'padded_batch'\?"):
        _ = Dataset.range(3).padded_batches
    assert not hasattr(Dataset.range(3), "shape")


GENERATORS = {
    "a generator, no function": (lambda: Dataset.from_generator(iter([1]), output_types="int32"), "must be a function"),
    "nothing said": (lambda: Dataset.from_generator(lambda: [1]), "output_signature"),
    "another shape": (
        lambda: list(Dataset.from_generator(lambda: [[1, 2]], output_signature=TensorSpec([3], "int32"))),
        r"expected shape \(3,\), the generator yielded an element of shape \(2,\)",
    ),
    "text for numbers": (lambda: list(Dataset.from_generator(lambda: ["a"], output_types="int32")), "'a'"),
    "too few": (
        lambda: list(Dataset.from_generator(lambda: [(1,)], output_types=("int32", "int32"))),
        "a tuple of 2",
    ),
}


@pytest.mark.parametrize("name", GENERATORS)
def test_errors_of_generators(name: str) -> None:
    make, words = GENERATORS[name]
    with pytest.raises(TypeError, match=words):
        make()


def test_nothing_is_tried_for_fast_functions() -> None:
    trial = ahead._Trial()
    trial(lambda: 1)
    assert not trial.pays()
