"""Pipelines that TensorFlow and torchkeras are both asked for: one row each, a function of the class ``Dataset``.

`record_tf_data.py` writes down what TensorFlow's gives, `test_dataset.py` compares.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

MATRIX = np.arange(24, dtype="float32").reshape(6, 4)
LABELS = np.array([0, 1, 0, 1, 2, 2])
FEATURES = {"age": [31, 22, 45, 19], "name": ["ann", "bob", "cy", "dé"], "height": [1.5, 1.75, 2.0, 1.25]}


def _ragged_numbers() -> Any:
    return (list(range(number)) for number in (1, 3, 2, 5, 4))


def _pairs() -> Any:
    return ((number, [number, number * 2]) for number in range(5))


def _records() -> Any:
    return ({"a": number, "b": f"t{number}"} for number in range(3))


ROWS: dict[str, Callable[[Any], Any]] = {
    # Sources
    "slices of a matrix": lambda D: D.from_tensor_slices(MATRIX),
    "slices of a list": lambda D: D.from_tensor_slices([1, 2, 3]),
    "slices of floats": lambda D: D.from_tensor_slices([1.0, 2.0]),
    "slices of float64": lambda D: D.from_tensor_slices(np.array([1.5, 2.5])),
    "slices of a pair": lambda D: D.from_tensor_slices((MATRIX, LABELS)),
    "slices of columns": lambda D: D.from_tensor_slices((dict(FEATURES), [0, 1, 1, 0])),
    "slices of nested pairs": lambda D: D.from_tensor_slices(((MATRIX, LABELS), LABELS)),
    "slices of text": lambda D: D.from_tensor_slices(["a", "bc", "déf"]),
    "slices of bools": lambda D: D.from_tensor_slices([True, False]),
    "one element": lambda D: D.from_tensors((MATRIX, "text")),
    "range": lambda D: D.range(5),
    "range with a start": lambda D: D.range(2, 6),
    "range with a step": lambda D: D.range(10, 0, -3),
    "empty range": lambda D: D.range(0),
    "generator": lambda D: D.from_generator(_pairs, output_types=("int64", "float32"), output_shapes=((), (2,))),
    "generator without shapes": lambda D: D.from_generator(_ragged_numbers, output_types="int32"),
    "generator of dicts": lambda D: D.from_generator(_records, output_types={"a": "int32", "b": "string"}),
    "generator with arguments": lambda D: D.from_generator(range, args=[3], output_types="int64", output_shapes=()),
    "zip": lambda D: D.zip((D.range(3), D.range(5, 10))),
    "zip of arguments": lambda D: D.zip(D.range(3), D.range(5, 10)),
    "zip of a dict": lambda D: D.zip({"a": D.range(3), "b": D.range(3).map(lambda x: x * x)}),
    "nested zip": lambda D: D.zip((D.range(3), (D.range(3), D.range(4)))),
    # Picking
    "take": lambda D: D.range(5).take(2),
    "take more than all": lambda D: D.range(3).take(10),
    "take all": lambda D: D.range(3).take(-1),
    "take none": lambda D: D.range(3).take(0),
    "skip": lambda D: D.range(5).skip(3),
    "skip all": lambda D: D.range(3).skip(-1),
    "skip more than all": lambda D: D.range(3).skip(9),
    "shard": lambda D: D.range(10).shard(3, 1),
    "shard of mapped": lambda D: D.range(10).map(lambda x: x + 1).shard(4, 3),
    "repeat": lambda D: D.range(3).repeat(2),
    "repeat none": lambda D: D.range(3).repeat(0),
    "repeat without end": lambda D: D.range(3).repeat().take(8),
    "skip into repeats": lambda D: D.range(3).repeat().skip(4).take(4),
    "concatenate": lambda D: D.range(3).concatenate(D.range(7, 9)),
    "cache": lambda D: D.range(3).map(lambda x: x + 1).cache().repeat(2),
    "prefetch": lambda D: D.range(9).map(lambda x: x * 3).prefetch(-1),
    # Batches
    "batch": lambda D: D.range(7).batch(3),
    "batch without a remainder": lambda D: D.range(7).batch(3, drop_remainder=True),
    "batch of pairs": lambda D: D.from_tensor_slices((MATRIX, LABELS)).batch(4),
    "batch of columns": lambda D: D.from_tensor_slices(FEATURES).batch(3),
    "batch of mapped": lambda D: D.from_tensor_slices((MATRIX, LABELS)).map(lambda x, y: (x * 2, y + 1)).batch(4),
    "batch of batches": lambda D: D.range(8).batch(2).batch(3),
    "batch across repeats": lambda D: D.range(5).repeat(2).batch(3),
    "repeat of batches": lambda D: D.range(5).batch(3).repeat(2),
    "unbatch": lambda D: D.from_tensor_slices((MATRIX, LABELS)).batch(4).unbatch(),
    "padded batch": lambda D: D.from_generator(
        _ragged_numbers, output_types="int32", output_shapes=[None]
    ).padded_batch(2),
    "padded batch to a shape": lambda D: D.from_generator(
        _ragged_numbers, output_types="int32", output_shapes=[None]
    ).padded_batch(3, padded_shapes=[6], padding_values=-1),
    "padded batch of pairs": lambda D: D.from_generator(
        lambda: ((list(range(n)), n) for n in (2, 1, 3)), output_types=("float32", "int32"), output_shapes=([None], ())
    ).padded_batch(2, padded_shapes=([None], ()), drop_remainder=True),
    "padded batch of text": lambda D: D.from_generator(
        lambda: (["w"] * n for n in (2, 1)), output_types="string", output_shapes=[None]
    ).padded_batch(2),
    "buckets": lambda D: D.from_generator(
        _ragged_numbers, output_types="int32", output_shapes=[None]
    ).bucket_by_sequence_length(lambda x: x.shape[0] if x.shape[0] is not None else _length(x), [3], [2, 2]),
    # Windows
    "window": lambda D: D.range(7).window(3).flat_map(lambda w: w.batch(3)),
    "window that moves": lambda D: D.range(7).window(3, shift=1).flat_map(lambda w: w.batch(3)),
    "window without a remainder": lambda D: (
        D.range(7).window(3, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(3))
    ),
    "window with a stride": lambda D: D.range(9).window(3, shift=2, stride=2).flat_map(lambda w: w.batch(3)),
    "window with a long shift": lambda D: D.range(9).window(2, shift=4).flat_map(lambda w: w.batch(2)),
    "window of mapped": lambda D: (
        D.range(7).map(lambda x: x * 2).window(4, shift=3, drop_remainder=True).flat_map(lambda w: w.batch(4))
    ),
    "window of pairs": lambda D: (
        D.from_tensor_slices((MATRIX, LABELS))
        .window(4, shift=1, drop_remainder=True)
        .flat_map(lambda x, y: D.zip((x.batch(4), y.batch(4))))
    ),
    "forecast": lambda D: (
        D.range(10)
        .window(5, shift=1, drop_remainder=True)
        .flat_map(lambda w: w.batch(5))
        .map(lambda w: (w[:-1], w[-1:]))
        .batch(2)
    ),
    # Functions
    "map": lambda D: D.range(4).map(lambda x: x * x),
    "map in parallel": lambda D: D.range(9).map(lambda x: x * x, num_parallel_calls=-1, deterministic=True),
    "map to a pair": lambda D: D.range(3).map(lambda x: (x, x + 1)),
    "map to a dict": lambda D: D.range(3).map(lambda x: {"a": x, "b": (x, x * 2)}),
    "map of a pair": lambda D: D.from_tensor_slices((MATRIX, LABELS)).map(lambda x, y: (y, x[1:3])),
    "map of columns": lambda D: D.from_tensor_slices((dict(FEATURES), [0, 1, 1, 0])).map(
        lambda x, y: (x["age"] + y, y)
    ),
    "map of nested pairs": lambda D: D.zip((D.range(3), (D.range(3), D.range(3)))).map(lambda a, b: a + b[0] * b[1]),
    "map to Python numbers": lambda D: D.range(2).map(lambda x: (1, 2.5)),
    "map to a list": lambda D: D.range(2).map(lambda x: [x, x + 1]),
    "filter": lambda D: D.range(10).filter(lambda x: x % 3 == 0),
    "filter of pairs": lambda D: D.from_tensor_slices((MATRIX, LABELS)).filter(lambda x, y: y > 0),
    "take while": lambda D: D.range(10).take_while(lambda x: x < 4),
    "flat map": lambda D: D.range(1, 4).flat_map(lambda x: D.range(x)),
    "interleave": lambda D: D.range(1, 6).interleave(
        lambda x: D.from_tensors(x).repeat(6), cycle_length=2, block_length=4
    ),
    "interleave of unequal": lambda D: D.range(1, 6).interleave(lambda x: D.range(x), cycle_length=3),
    "interleave in blocks": lambda D: D.range(1, 7).interleave(lambda x: D.range(x), cycle_length=2, block_length=3),
    "enumerate": lambda D: D.from_tensor_slices((MATRIX, LABELS)).enumerate(start=5),
    "apply": lambda D: D.range(4).apply(lambda data: data.map(lambda x: x + 1)),
    "scan": lambda D: D.range(5).scan(np.int64(0), lambda state, x: (state + x, state + x)),
    "unique": lambda D: D.from_tensor_slices([1, 2, 1, 3, 2]).unique(),
    "choose": lambda D: D.choose_from_datasets(
        [D.range(3), D.range(10, 13)], D.from_tensor_slices(np.array([0, 1, 1, 0]))
    ),
    "group by window": lambda D: D.range(10).group_by_window(lambda x: x % 2, lambda key, group: group.batch(3), 3),
    "counter": lambda D: D.counter(3, 2).take(3),
    "rebatch": lambda D: D.range(8).batch(3).rebatch(2),
}


def _length(x: Any) -> Any:
    """A graph's tensor of unknown size says its length when it is computed."""
    import tensorflow

    return tensorflow.shape(x)[0]
