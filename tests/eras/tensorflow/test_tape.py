"""GradientTape beside torch's own autograd: what it watches, cuts off, keeps and lets go. Numbers: ``cases.py``."""

import gc
import weakref

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import _tensorflow as tf


def _network() -> keras.Model:
    layers = [keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(2)]
    return keras.Sequential([keras.layers.Input((6, 6, 1)), *layers])


def test_gradients_are_those_of_autograd_in_keras_layout() -> None:
    model, x = _network(), np.random.RandomState(0).rand(3, 6, 6, 1).astype("float32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x) ** 2)
    found = tape.gradient(loss, model.trainable_variables)
    expected = torch.autograd.grad((model(x) ** 2).mean(), list(model.parameters()))
    for gradient, variable, other in zip(found, model.trainable_variables, expected, strict=True):
        assert gradient.shape == variable.shape
        torch.testing.assert_close(gradient, variable._layout.to_keras(other))


def test_a_tape_gives_one_set_of_gradients_unless_it_is_persistent() -> None:
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match=r"persistent=True"):
        tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="inside of the `with` block"):
        tf.GradientTape().gradient(y, x)


def test_losses_let_go_of_the_graph() -> None:
    model, x, kept = _network(), tf.ones((1, 6, 6, 1)), []
    for persistent in (False, True):
        with tf.GradientTape(persistent=persistent) as tape:
            inner = tf.nn.sigmoid(model(x))
            loss = tf.reduce_sum(inner)
        alive = weakref.ref(inner)
        tape.gradient(loss, model.trainable_variables)
        kept.append(loss)
        gc.disable()
        try:
            del inner, tape
            assert alive() is None, "the tensors of the step are still there"
        finally:
            gc.enable()
    assert not any(loss.requires_grad for loss in kept)


def test_watched_tensors_are_constants_again_after_the_tape() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, x) == 4.0
    assert not x.requires_grad and not (x * x).requires_grad


def test_gradients_of_weights_stay_apart_from_the_steps_of_fit() -> None:
    model, x = _network(), np.ones((4, 6, 6, 1), "float32")
    model.compile("sgd", "mse")
    model.fit(x, np.zeros((4, 2), "float32"), verbose=0)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(x))
    tape.gradient(loss, model.trainable_variables)
    before = model.get_weights()
    assert model.fit(x, np.zeros((4, 2), "float32"), verbose=0).history["loss"][0] > 0
    assert any((a != b).any() for a, b in zip(before, model.get_weights()))


def test_a_tape_within_fit() -> None:
    class Own(keras.Model):
        def train_step(self, data: object) -> dict[str, object]:
            x, y = data  # type: ignore[misc]
            with tf.GradientTape() as tape:
                prediction = self(x, training=True)
                loss = self.compute_loss(y=y, y_pred=prediction)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            return {"loss": loss}

    inputs = keras.Input((3,))
    model = Own(inputs, keras.layers.Dense(1)(inputs))
    model.compile("adam", "mse")
    losses = model.fit(np.ones((8, 3)), np.ones((8, 1)), epochs=30, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_what_is_watched_must_be_a_floating_tensor() -> None:
    with tf.GradientTape() as tape:
        with pytest.raises(ValueError, match="not a tensor or a variable"):
            tape.watch(3.0)
        with pytest.warns(UserWarning, match="must be floating"):
            tape.watch(tf.constant(3))
    with pytest.raises(ValueError, match="`with` block"):
        tf.GradientTape().watch(tf.constant(1.0))
    with pytest.raises(NotImplementedError, match=r"model\.trainable_variables"):
        tape.watched_variables()


def test_a_tape_that_is_reset_forgets() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
        tape.reset()
        z = x * 5
    assert tape.gradient(z, x) == 5.0
    assert y == 9.0


def test_batches_of_a_jacobian_must_agree() -> None:
    with tf.GradientTape() as tape, pytest.raises(ValueError, match="one batch size"):
        tape.batch_jacobian(tf.ones((2, 3)), tf.ones((4, 3)))


def test_a_jacobian_falls_back_where_torch_has_no_rule_for_batches() -> None:
    @tf.custom_gradient
    def double(x: torch.Tensor) -> object:
        return 2 * x, lambda upstream: upstream * 2

    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = double(x) ** 2
    np.testing.assert_allclose(tape.jacobian(y, x), [[8.0, 0.0], [0.0, 16.0]])


def test_tf_gradients_of_what_is_recorded() -> None:
    x = tf.Variable([1.0, 2.0])
    assert tf.gradients(tf.reduce_sum(x * x), [x])[0].tolist() == [2.0, 4.0]
    symbol = keras.Input((2,))
    with pytest.raises(NotImplementedError, match="GradientTape"):
        tf.gradients(symbol * 2, symbol)


def test_a_custom_gradient_in_a_functional_model() -> None:
    @tf.custom_gradient
    def reverse(x: torch.Tensor) -> object:
        return tf.identity(x), lambda upstream: -upstream

    inputs = keras.Input((2,))
    model = keras.Model(inputs, reverse(keras.layers.Dense(1, use_bias=False)(inputs)))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(tf.ones((1, 2))))
    assert tape.gradient(loss, model.trainable_variables)[0].reshape(-1).tolist() == [-1.0, -1.0]
