"""Checkpoints of models, optimizers and variables; optimizers by TensorFlow 1's names."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import _tensorflow as tf
from torchkeras.saving import CorruptFileError


def _objects() -> dict[str, Any]:
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
    return {"model": model, "optimizer": keras.optimizers.Adam(0.1), "step": tf.Variable(0)}


def _step(model: Any, optimizer: Any, step: Any) -> None:
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(np.ones((2, 3), "float32")) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    step.assign_add(1)


def test_a_restored_run_goes_on_as_the_first_would_have(tmp_path: Path) -> None:
    first, second = _objects(), _objects()
    checkpoint = tf.train.Checkpoint(**first)
    manager = tf.train.CheckpointManager(checkpoint, tmp_path / "run", max_to_keep=2)
    assert manager.latest_checkpoint is None and manager.restore_or_initialize() is None
    checkpoint.restore(manager.latest_checkpoint).expect_partial()
    for _ in range(3):
        _step(**first)
        path = manager.save()
    assert path == str(tmp_path / "run" / "ckpt-3") == manager.latest_checkpoint
    assert manager.checkpoints == [str(tmp_path / "run" / f"ckpt-{n}") for n in (2, 3)]
    other = tf.train.Checkpoint(**second)
    other.restore(tf.train.latest_checkpoint(tmp_path / "run")).assert_consumed()
    assert other.step is second["step"] and int(other.step) == 3 and int(other.save_counter) == 3
    for objects in (first, second):
        _step(**objects)
    for mine, theirs in zip(first["model"].get_weights(), second["model"].get_weights()):
        np.testing.assert_array_equal(mine, theirs)


def test_checkpoints_of_modules_and_single_objects(tmp_path: Path) -> None:
    class Line(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = tf.Variable([1.0, 2.0])

    one, other = Line(), Line()
    one.w.assign([5.0, 6.0])
    path = tf.train.Checkpoint(one).write(str(tmp_path / "line"))
    assert path == str(tmp_path / "line")
    tf.train.Checkpoint(other).read(path)
    assert other.w.numpy().tolist() == [5.0, 6.0]
    numbered = tf.train.CheckpointManager(tf.train.Checkpoint(one), tmp_path, max_to_keep=None)
    assert numbered.save(checkpoint_number=tf.Variable(7)).endswith("ckpt-7")


def test_what_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    path = tf.train.Checkpoint(a=tf.Variable([1.0, 2.0]), b=tf.Variable(1.0)).save(str(tmp_path / "x"))
    a = tf.Variable([9.0, 9.0])
    with pytest.raises(ValueError, match=r"lacks \['c/0'\] and has beside it \['b/0'\]"):
        tf.train.Checkpoint(a=a, c=tf.Variable(1.0)).restore(path)
    with pytest.raises(ValueError, match=r"b/0 should have shape \(3,\)"):
        tf.train.Checkpoint(a=a, b=tf.Variable([1.0, 1.0, 1.0])).restore(path)
    assert a.numpy().tolist() == [9.0, 9.0]
    with pytest.raises(tf.errors.NotFoundError, match="no checkpoint"):
        tf.train.Checkpoint(a=a).restore(str(tmp_path / "none"))
    (tmp_path / "of_tf.index").write_bytes(b"")
    with pytest.raises(ValueError, match="checkpoint of TensorFlow"):
        tf.train.Checkpoint(a=a).restore(str(tmp_path / "of_tf"))
    (tmp_path / "x-1.state").write_bytes((tmp_path / "x-1.state").read_bytes()[:-3])
    with pytest.raises(CorruptFileError):
        tf.train.Checkpoint(a=a, b=tf.Variable(0.0)).restore(path)
    assert tf.train.latest_checkpoint(tmp_path / "nowhere") is None


def test_the_newest_weights_of_a_callback(tmp_path: Path) -> None:
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    for number in (1, 2):
        with open(tmp_path / f"ckpt_{number}", "wb") as file:
            model.save_weights(str(tmp_path / "w.weights.h5"))
            file.write((tmp_path / "w.weights.h5").read_bytes())
    path = tf.train.latest_checkpoint(tmp_path)
    assert path == str(tmp_path / "ckpt_2")
    model.load_weights(path)


OPTIMIZERS = [
    (tf.train.AdamOptimizer, (), {"learning_rate": 0.001, "beta_1": 0.9, "epsilon": 1e-8}),
    (tf.train.AdamOptimizer, (0.01, 0.8), {"learning_rate": 0.01, "beta_1": 0.8}),
    (tf.train.GradientDescentOptimizer, (0.5,), {"learning_rate": 0.5}),
    (tf.train.MomentumOptimizer, (0.5, 0.9), {"momentum": 0.9}),
    (tf.train.RMSPropOptimizer, (0.1,), {"rho": 0.9, "epsilon": 1e-10}),
    (tf.train.AdagradOptimizer, (0.1,), {"initial_accumulator_value": 0.1}),
    (tf.train.AdadeltaOptimizer, (), {"rho": 0.95}),
    (tf.train.FtrlOptimizer, (0.1,), {"learning_rate_power": -0.5}),
]


@pytest.mark.parametrize(("make", "args", "expected"), OPTIMIZERS)
def test_optimizers_of_tensorflow_1(make: Any, args: Any, expected: dict[str, float]) -> None:
    config = make(*args, name="x", use_locking=True).get_config()
    for name, value in expected.items():
        assert config[name] == pytest.approx(value)


def test_mixed_precision_is_asked_of_keras() -> None:
    optimizer = keras.optimizers.SGD()
    with pytest.warns(UserWarning, match="set_global_policy") as caught:
        assert tf.train.experimental.enable_mixed_precision_graph_rewrite(optimizer) is optimizer
    assert caught[0].filename == __file__


def test_an_early_script_compiles_with_one() -> None:
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer=tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), loss="mse")
    losses = model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0] and model.optimizer.nesterov
