"""Graphs as functions: K.function, K.gradients, the learning phase."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras._eras import backend as K

X = np.random.RandomState(0).uniform(-1, 1, (4, 3)).astype("float32")


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    found = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5, activation="tanh"), keras.layers.Dropout(0.5)])
    found.add(keras.layers.Dense(2))
    return found


@pytest.fixture
def no_phase():
    yield
    K._phase._chosen = None


def test_layers_outputs(model):
    first, last = K.function([model.input], [model.layers[0].output, model.output])([X])
    assert isinstance(first, np.ndarray)
    expected = np.tanh(X @ model.layers[0].get_weights()[0] + model.layers[0].get_weights()[1])
    np.testing.assert_allclose(first, expected, atol=1e-6)
    np.testing.assert_allclose(last, model.predict(X, verbose=0), atol=1e-6)


def test_structure_of_the_outputs(model):
    assert K.function([model.input], model.output)([X]).shape == (4, 2)
    assert isinstance(K.function([model.input], (model.output, model.output))([X]), list)
    assert K.function(model.input, model.output)(X).shape == (4, 2)


def test_from_the_middle(model):
    hidden = X[:, :1].repeat(5, 1)
    found = K.function([model.layers[0].output], [model.output])([hidden])[0]
    kernel, bias = model.layers[2].get_weights()
    np.testing.assert_allclose(found, hidden @ kernel + bias, atol=1e-6)


def test_nobody_trains_outside_of_calls(model):
    assert not K.learning_phase()
    assert int(K.learning_phase()) == 0
    assert K.learning_phase() is K.learning_phase()
    dropped = model(torch.ones(2, 3), training=K.learning_phase())
    np.testing.assert_allclose(dropped.detach(), model.predict(np.ones((2, 3)), verbose=0), atol=1e-6)


def test_learning_phase_as_an_input(model):
    run = K.function([model.layers[0].input, K.learning_phase()], [model.layers[1].output])
    still, dropped = run([X, 0])[0], run([X, 1])[0]
    assert (still != 0).all()
    assert (dropped == 0).any()
    np.testing.assert_allclose(dropped[dropped != 0], 2 * still[dropped != 0], rtol=1e-5)
    assert not any(module.training for module in model.modules())


def test_set_learning_phase(model, no_phase):
    assert not K.global_learning_phase_is_set()
    K.set_learning_phase(1)
    assert K.learning_phase() == 1
    assert K.global_learning_phase_is_set()
    assert (K.function([model.input], [model.layers[1].output])([X])[0] == 0).any()
    with K.learning_phase_scope(0):
        assert K.learning_phase() == 0
    assert K.learning_phase() == 1
    with pytest.raises(ValueError, match="must be 0 or 1"):
        K.set_learning_phase(2)


def test_phase_inside_of_layers():
    class Noisy(keras.layers.Layer):
        def call(self, x):
            return K.in_train_phase(lambda: x + 100.0, x)

    layer = Noisy()
    x = torch.zeros(2, 3)
    assert layer(x).sum() == 0
    assert layer(x, training=True).sum() == 600
    inputs = keras.Input((3,))
    outside = K.in_test_phase(inputs, inputs + 1.0)
    twice = keras.Model(inputs, [layer(inputs), outside])
    assert [float(t.sum()) for t in twice(x)] == [0, 0]
    assert [float(t.sum()) for t in twice(x, training=True)] == [600, 6]


def test_moving_averages_move_in_training_alone():
    class Moving(keras.layers.Layer):
        def build(self, input_shape):
            self.mean = self.add_weight(name="mean", shape=(3,), initializer="zeros", trainable=False)

        def call(self, x):
            K.moving_average_update(self.mean, K.mean(x, axis=0), 0.5)
            return x - self.mean

    layer = Moving()
    layer(torch.ones(2, 3))
    assert K.get_value(layer.mean).tolist() == [0, 0, 0]
    layer(torch.ones(2, 3), training=True)
    assert K.get_value(layer.mean).tolist() == [0.5, 0.5, 0.5]


def test_phase_in_a_loss():
    seen = []

    def loss(y_true, y_pred):
        seen.append(K.learning_phase())
        return K.mean(K.square(y_true - y_pred), axis=-1)

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", loss)
    y = np.zeros((4, 2), "float32")
    model.fit(X, y, verbose=0)
    model.evaluate(X, y, verbose=0)
    assert seen[0] == 1
    assert seen[-1] == 0


def test_variables_and_updates():
    x = K.placeholder(shape=(None, 2))
    total = K.variable(1.0)
    last = K.variable(np.zeros(2))
    run = K.function([x], [K.sum(x) + total], updates=[K.update_add(total, K.sum(x)), (last, K.max(x, axis=0))])
    assert run([[[1, 2], [3, 4]]]) == [11]
    assert K.get_value(total) == 11
    assert K.get_value(last).tolist() == [3, 4]
    assert run([[[0, 0]]]) == [11]


def test_gradients_of_tensors():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (first,) = K.gradients(K.sum(x**3), x)
    assert first.tolist() == [3, 12]
    assert K.gradients(first, [x])[0].tolist() == [6, 12]
    w = K.variable([[2.0]])
    assert K.gradients(K.square(w), [w])[0].tolist() == [[4]]
    assert K.gradients(K.square(w), [x]) == [None]
    with pytest.raises(ValueError, match="is constant"):
        K.gradients(K.sum(x), [torch.zeros(2)])


def test_grad_cam():
    keras.utils.set_random_seed(1)
    image = keras.Input((6, 6, 2))
    conv = keras.layers.Conv2D(3, 3, activation="relu", name="conv")
    flat = keras.layers.Flatten()(conv(image))
    model = keras.Model(image, keras.layers.Dense(4, activation="softmax")(flat))
    model.trainable = False  # gradients do not depend on what trains
    grads = K.gradients(model.output[:, 1], conv.output)[0]
    pooled = K.mean(grads, axis=(0, 1, 2))
    assert grads.shape == conv.output.shape
    run = K.function([model.input], [pooled, conv.output[0], grads])
    x = np.random.RandomState(0).rand(1, 6, 6, 2).astype("float32")
    weights, features, found = run([x])
    hidden = conv(torch.as_tensor(x)).detach().requires_grad_()
    output = model.layers[-1](hidden.reshape(1, -1))
    (expected,) = torch.autograd.grad(output[:, 1].sum(), hidden)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-7)
    np.testing.assert_allclose(weights, expected.mean((0, 1, 2)).numpy(), atol=1e-7)
    np.testing.assert_allclose(features, hidden[0].detach().numpy(), atol=1e-6)
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_gradient_of_the_input_and_of_weights(model):
    loss = K.sum(K.square(model.output))
    by_input, by_kernel = K.gradients(loss, [model.input, model.layers[2].kernel])
    found = K.function([model.input], [by_input, by_kernel])([X])
    x = torch.as_tensor(X).requires_grad_()
    value = (model(x) ** 2).sum()
    expected = torch.autograd.grad(value, [x, model.layers[2].kernel.tensor])
    np.testing.assert_allclose(found[0], expected[0].numpy(), atol=1e-5)
    np.testing.assert_allclose(found[1], expected[1].numpy().T, atol=1e-5)


def test_gradient_of_what_it_does_not_depend_on(model):
    other = keras.Input((3,))
    assert K.gradients(K.sum(model.output), [other]) == [None]


def test_deep_dream(model):
    """Gradient ascent as scripts write it, with an in-place division of the symbolic gradient."""
    loss = K.variable(0.0)
    loss = loss + K.mean(model.output[:, 0])
    grads = K.gradients(loss, model.input)[0]
    grads /= K.maximum(K.mean(K.abs(grads)), 1e-7)
    step = K.function([model.input], [loss, grads])
    x, before = X.copy(), None
    for _ in range(3):
        value, direction = step([x])
        assert before is None or value > before
        x, before = x + 0.1 * direction, value


def test_sessions_know_phases_and_gradients(model):
    session, outputs = K.get_session(), [model.layers[1].output, K.gradients(model.output, model.input)[0]]
    still, gradient = session.run(outputs, feed_dict={model.input: X, K.learning_phase(): 0})
    dropped, _ = session.run(outputs, {model.input: X, K.learning_phase(): 1})
    assert (still != 0).all() and (dropped == 0).any()
    assert gradient.shape == X.shape


def test_errors(model):
    with pytest.raises(ValueError, match="2 inputs, and was called with 1"):
        K.function([model.input, K.learning_phase()], [model.output])([X])
    with pytest.raises(ValueError, match="not connected"):
        K.function([keras.Input((3,))], [model.output])
    with pytest.raises(TypeError, match="takes symbolic tensors"):
        K.function([X], [model.output])
    with pytest.raises(ValueError, match="'options' went to TensorFlow's sessions"):
        K.function([model.input], [model.output], options=1)
