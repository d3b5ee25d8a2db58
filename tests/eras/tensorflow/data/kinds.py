"""Rows of ``tf.ragged``, ``tf.sparse``, ``tf.lookup`` and ``tf.audio``: each a function of the module ``tf``."""

from collections.abc import Callable
from typing import Any

import numpy as np

Rows = dict[str, Callable[[Any], Any]]

ROWS = [[1, 2, 3], [], [4, 5]]
DENSE = np.array([[0, 2, 0], [3, 0, 4]], dtype="float32")


def _table(tf: Any, default: Any = -1) -> Any:
    held = tf.lookup.KeyValueTensorInitializer(tf.constant(["a", "b", "c"]), tf.constant([10, 20, 30], tf.int64))
    return tf.lookup.StaticHashTable(held, default)


def _wav(tf: Any) -> Any:
    return tf.audio.encode_wav(np.linspace(-1, 1, 12).reshape(6, 2).astype("float32"), 16000)


KINDS: Rows = {
    "ragged": lambda tf: tf.ragged.constant(ROWS),
    "ragged floats": lambda tf: tf.ragged.constant([[1.5], [2.0, 3.0]]),
    "ragged texts": lambda tf: tf.ragged.constant([["a"], ["b", "c"]]),
    "ragged of a dtype": lambda tf: tf.ragged.constant(ROWS, dtype=tf.float32),
    "nested ragged": lambda tf: tf.ragged.constant([[[1], [2, 3]], [], [[4, 5, 6]]]),
    "no ragged axis": lambda tf: tf.ragged.constant([1, 2, 3]),
    "inner axes": lambda tf: tf.ragged.constant([[[1, 2]], [[3, 4], [5, 6]]], ragged_rank=1).to_tensor(),
    "to tensor": lambda tf: tf.ragged.constant(ROWS).to_tensor(),
    "to tensor with a value": lambda tf: tf.ragged.constant(ROWS).to_tensor(default_value=-1),
    "to tensor of a shape": lambda tf: tf.ragged.constant(ROWS).to_tensor(shape=(None, 2)),
    "to tensor of a wide shape": lambda tf: tf.ragged.constant(ROWS).to_tensor(shape=[4, 5]),
    "nested to tensor": lambda tf: tf.ragged.constant([[[1], [2, 3]], [], [[4, 5, 6]]]).to_tensor(),
    "texts to tensor": lambda tf: tf.ragged.constant([["a"], ["b", "c"]]).to_tensor(),
    "row lengths": lambda tf: tf.ragged.constant(ROWS).row_lengths(),
    "row splits": lambda tf: tf.ragged.constant(ROWS).row_splits,
    "values": lambda tf: tf.ragged.constant(ROWS).values,
    "flat values": lambda tf: tf.ragged.constant([[[1], [2, 3]], [], [[4, 5, 6]]]).flat_values,
    "rows": lambda tf: tf.ragged.constant(ROWS).nrows(),
    "bounding shape": lambda tf: tf.ragged.constant(ROWS).bounding_shape(),
    "row": lambda tf: tf.ragged.constant(ROWS)[2],
    "last row": lambda tf: tf.ragged.constant(ROWS)[-1],
    "item": lambda tf: tf.ragged.constant(ROWS)[0, 1],
    "rows of a slice": lambda tf: tf.ragged.constant(ROWS)[1:],
    "starts of rows": lambda tf: tf.ragged.constant(ROWS)[:, :2],
    "times": lambda tf: tf.ragged.constant(ROWS) * 2,
    "plus": lambda tf: tf.ragged.constant(ROWS) + tf.ragged.constant(ROWS),
    "squares": lambda tf: tf.square(tf.ragged.constant(ROWS)),
    "sum of two": lambda tf: tf.add(tf.ragged.constant(ROWS), 2),
    "compared": lambda tf: tf.equal(tf.ragged.constant(ROWS), 2),
    "cast": lambda tf: tf.cast(tf.ragged.constant(ROWS), tf.float32),
    "sums of rows": lambda tf: tf.reduce_sum(tf.ragged.constant(ROWS), axis=1),
    "means of rows": lambda tf: tf.reduce_mean(tf.ragged.constant([[1.0, 2.0], [5.0]]), axis=-1),
    "sum of everything": lambda tf: tf.reduce_sum(tf.ragged.constant(ROWS)),
    "stacked": lambda tf: tf.ragged.stack([tf.constant([1, 2]), tf.constant([3])]),
    "masked": lambda tf: tf.ragged.boolean_mask([[1, 2, 3], [4, 5, 6]], [[True, False, True], [False, False, True]]),
    "mapped": lambda tf: tf.ragged.map_flat_values(lambda x: x * x, tf.ragged.constant(ROWS)),
    "series": lambda tf: tf.ragged.range([3, 1, 2]),
    "series from": lambda tf: tf.ragged.range([1, 5], [4, 7]),
    "from lengths": lambda tf: tf.RaggedTensor.from_row_lengths([1, 2, 3, 4], [1, 0, 3]),
    "from splits": lambda tf: tf.RaggedTensor.from_row_splits([1, 2, 3, 4], [0, 1, 1, 4]),
    "segments": lambda tf: tf.ragged.row_splits_to_segment_ids([0, 2, 2, 5]),
    "splits of segments": lambda tf: tf.ragged.segment_ids_to_row_splits([0, 0, 2, 2, 2]),
    "slices of ragged": lambda tf: list(tf.data.Dataset.from_tensor_slices(tf.ragged.constant(ROWS))),
    "batch of ragged": lambda tf: list(tf.data.Dataset.from_tensor_slices(tf.ragged.constant(ROWS)).batch(2)),
    "sparse": lambda tf: tf.sparse.from_dense(DENSE),
    "dense": lambda tf: tf.sparse.to_dense(tf.SparseTensor([[0, 1], [1, 0]], [5, 6], [2, 3])),
    "dense with a value": lambda tf: tf.sparse.to_dense(tf.SparseTensor([[0, 1]], [5], [2, 2]), default_value=-1),
    "dense text": lambda tf: tf.sparse.to_dense(tf.SparseTensor([[1]], ["x"], [2])),
    "reordered": lambda tf: tf.sparse.reorder(tf.SparseTensor([[1, 0], [0, 1]], [5, 6], [2, 3])),
    "transposed": lambda tf: tf.sparse.transpose(tf.sparse.from_dense(DENSE)),
    "reshaped": lambda tf: tf.sparse.reshape(tf.sparse.from_dense(DENSE), [3, 2]),
    "sum": lambda tf: tf.sparse.reduce_sum(tf.sparse.from_dense(DENSE), axis=1),
    "sum of all": lambda tf: tf.sparse.reduce_sum(tf.sparse.from_dense(DENSE)),
    "largest": lambda tf: tf.sparse.reduce_max(tf.sparse.from_dense(-DENSE), axis=0),
    "added": lambda tf: tf.sparse.add(tf.sparse.from_dense(DENSE), tf.sparse.from_dense(DENSE)),
    "product": lambda tf: tf.sparse.sparse_dense_matmul(tf.sparse.from_dense(DENSE), DENSE, adjoint_b=True),
    "diagonal": lambda tf: tf.sparse.eye(2, 3),
    "looked up": lambda tf: _table(tf).lookup(tf.constant(["b", "x", "a"])),
    "looked up by index": lambda tf: _table(tf)[tf.constant([["c"], ["b"]])],
    "looked up in ragged": lambda tf: _table(tf).lookup(tf.ragged.constant([["a"], ["b", "z"]])),
    "size of a table": lambda tf: _table(tf).size(),
    "table to text": lambda tf: tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(tf.constant([1, 2]), tf.constant(["a", "b"])), "?"
    ).lookup(tf.constant([2, 5])),
    "vocabulary": lambda tf: tf.lookup.StaticVocabularyTable(
        tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([0, 1], tf.int64)), 1
    ).lookup(tf.constant(["b", "q"])),
    "sound": lambda tf: tuple(tf.audio.decode_wav(_wav(tf))),
    "sound of one channel": lambda tf: tf.audio.decode_wav(_wav(tf), desired_channels=1)[0],
    "sound of a length": lambda tf: tf.audio.decode_wav(_wav(tf), desired_samples=8).audio,
    "short sound": lambda tf: tf.audio.decode_wav(_wav(tf), desired_channels=2, desired_samples=3).audio,
}
