"""``tf.summary`` writes what TensorBoard reads, in a process where `import tensorflow` is the stand-in."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras._tensorflow as tf

SCRIPT = """
import numpy as np
import tensorflow as tf
from tensorflow import keras

writer = tf.summary.create_file_writer("logs/custom")
with writer.as_default():
    for step in range(3):
        tf.summary.scalar("loss", tf.constant(1.0) / (step + 1), step=step)
    tf.summary.image("picture", np.ones((2, 4, 4, 3), "float32") * 0.5, step=0)
    tf.summary.histogram("weights", tf.random.normal((100,)), step=1)
    tf.summary.text("note", "hello", step=0)
model = keras.Sequential([keras.layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
board = keras.callbacks.TensorBoard("logs/fit", histogram_freq=1)
model.fit(np.zeros((8, 2)), np.zeros(8), epochs=2, verbose=0, callbacks=[board])

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

for folder in ("logs/custom", "logs/fit/train"):
    events = EventAccumulator(folder)
    events.Reload()
    tags = events.Tags()
    print("= tags", tags["scalars"], tags["images"], tags["histograms"], tags["tensors"])
    print("= scalars", [[(s.step, round(s.value, 4)) for s in events.Scalars(tag)] for tag in tags["scalars"][:1]])
"""


def test_what_is_written_is_read_beside_the_stand_in(runner: Any, tmp_path: Path) -> None:
    facts = runner.run(SCRIPT, cwd=tmp_path).check().facts
    assert facts[0] == "= tags ['loss'] ['picture/image/0', 'picture/image/1'] ['weights'] ['note/text_summary']"
    assert facts[1] == "= scalars [[(0, 1.0), (1, 0.5), (2, 0.3333)]]"
    assert "epoch_loss" in facts[2]


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        events = EventAccumulator(str(folder))
        events.Reload()
    return {tag: [(each.step, each.value) for each in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def test_steps_and_conditions(tmp_path: Path) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path / "a"))
    with writer.as_default(step=4):
        assert tf.summary.scalar("x", 1.0)
        tf.summary.experimental.set_step(5)
        assert tf.summary.scalar("x", np.float32(2.0))
        with tf.summary.record_if(lambda: False):
            assert not tf.summary.scalar("x", 3.0)
        assert tf.summary.should_record_summaries()
    assert not tf.summary.scalar("x", 4.0, step=0) and not tf.summary.should_record_summaries()
    tf.summary.flush(writer)
    writer.close()
    assert scalars(tmp_path / "a") == {"x": [(4, 1.0), (5, 2.0)]}


def test_nested_writers_and_none(tmp_path: Path) -> None:
    outer, inner = (tf.summary.create_file_writer(str(tmp_path / name)) for name in ("outer", "inner"))
    with outer.as_default():
        with inner.as_default():
            tf.summary.scalar("x", 1, step=1)
        with tf.summary.create_noop_writer().as_default():
            assert not tf.summary.scalar("x", 2, step=1)
        tf.summary.scalar("y", 3, step=1)
    outer.close()
    inner.close()
    assert scalars(tmp_path / "outer") == {"y": [(1, 3.0)]} and scalars(tmp_path / "inner") == {"x": [(1, 1.0)]}


def test_sounds(tmp_path: Path) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        assert tf.summary.audio("beep", np.zeros((1, 100, 1), "float32"), 8000, step=0)
    writer.close()


def test_errors(tmp_path: Path) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        with pytest.raises(ValueError, match="No step set for the summary 'x'"):
            tf.summary.scalar("x", 1.0)
        with pytest.raises(ValueError, match="expected a single number"):
            tf.summary.scalar("x", [1.0, 2.0], step=0)
        with pytest.raises(ValueError, match=r"expected \(b, h, w, c\)"):
            tf.summary.image("x", np.ones((2, 2)), step=0)
    writer.close()
    with writer.as_default(), pytest.raises(RuntimeError, match="already closed"):
        tf.summary.scalar("x", 1.0, step=0)
    with pytest.warns(UserWarning, match="no graph of TensorFlow"):
        tf.summary.trace_on(graph=True)


def test_nothing_is_set_after_all() -> None:
    assert tf.summary.experimental.get_step() is None
