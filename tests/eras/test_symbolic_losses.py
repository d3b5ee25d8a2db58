"""Losses and metrics that find tensors of the model's graph by name get the values of the very run."""

from pathlib import Path
from typing import Any

SCRIPT = """
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input, Lambda
from keras.models import Model

x = Input(shape=(4,))
z_mean = Dense(2, kernel_initializer="ones", name="mean")(x)
z = Lambda(lambda m: m + K.random_normal(K.shape(m)), name="z")(z_mean)
y = Dense(4, name="out")(z)
model = Model(x, y)

def kl():
    return 0.5 * K.sum(K.square(z_mean), axis=-1)

def vae_loss(y_true, y_pred):
    return K.mean(K.square(y_true - y_pred), axis=-1) + kl()

def sampled(y_true, y_pred):
    return K.mean(K.abs(K.dot(z, out_kernel) - y_pred))  # nothing, if `z` is the sample of this run

out_kernel = K.variable(model.get_layer("out").get_weights()[0])
model.compile(optimizer="rmsprop", loss=vae_loss, metrics=[sampled])
X = np.linspace(-1, 1, 32).reshape(8, 4).astype("float32")
loss, noise = model.evaluate(X, np.zeros((8, 4)), batch_size=8, verbose=0)
mean = X.sum(axis=1, keepdims=True).repeat(2, axis=1)
kl_value = (0.5 * (mean ** 2).sum(axis=-1)).mean()
print(loss > kl_value, noise < 1e-5)
model.layers[-1].set_weights([np.zeros((2, 4)), np.zeros(4)])
loss, _ = model.evaluate(X, np.zeros((8, 4)), batch_size=8, verbose=0)
print(abs(loss - kl_value) < 1e-5)
history = model.fit(X, X, batch_size=4, epochs=2, verbose=0)
print(sorted(history.history), not np.allclose(model.get_layer("mean").get_weights()[0], 1))
"""


def test_a_loss_that_looks_at_the_graph(runner: Any, tmp_path: Path) -> None:
    assert runner.run(SCRIPT, cwd=tmp_path).check().stdout.splitlines() == [
        "True True",
        "True",
        "['loss', 'sampled'] True",
    ]


PENALTY = """
from functools import partial
import numpy as np
import torch
from keras import backend as K
from keras.layers import Dense, Input, Layer
from keras.models import Model, Sequential

class Average(Layer):
    def call(self, inputs):
        return 0.25 * inputs[0] + 0.75 * inputs[1]

critic = Sequential([Dense(8, activation="tanh", input_shape=(6,)), Dense(1)])
generator = Sequential([Dense(6, input_shape=(2,))])
generator.trainable = False

class Penalty:
    def loss(self, y_true, y_pred, averaged_samples):
        gradients = K.gradients(y_pred, averaged_samples)[0]
        norm = K.sqrt(K.sum(K.square(gradients), axis=np.arange(1, len(gradients.shape))))
        return K.mean(K.square(1 - norm))

real, noise = Input((6,)), Input((2,))
fake = generator(noise)
between = Average()([real, fake])
penalty = partial(Penalty().loss, averaged_samples=between)
penalty.__name__ = "penalty"

def wasserstein(y_true, y_pred):
    return K.mean(y_true * y_pred)

model = Model([real, noise], [critic(real), critic(fake), between, critic(between)])
model.compile("sgd", loss=[wasserstein, wasserstein, None, penalty], loss_weights=[1, 1, 0, 10])
rng = np.random.RandomState(0)
x, z, one = rng.rand(5, 6).astype("float32"), rng.rand(5, 2).astype("float32"), np.ones((5, 1), "float32")

middle = torch.as_tensor(0.25 * x + 0.75 * generator.predict(z)).requires_grad_()
(gradient,) = torch.autograd.grad(critic(middle).sum(), middle)
expected = float(((1 - gradient.norm(dim=1)) ** 2).mean())
before = critic.get_weights()[0], generator.get_weights()[0]
losses = model.train_on_batch([x, z], [-one, one, np.zeros((5, 6)), one])
print(abs(losses[-1] - expected) < 1e-5)
print(np.allclose(before[0], critic.get_weights()[0]), np.allclose(before[1], generator.get_weights()[0]))

def stranger(y_true, y_pred):
    return K.mean(y_pred) + K.mean(other)

other = Input((3,))
simple = Model(real, critic(real))
simple.compile("sgd", stranger)
try:
    simple.train_on_batch(x, one)
except Exception as error:
    print(type(error).__name__)
"""


def test_a_gradient_penalty(runner: Any, tmp_path: Path) -> None:
    assert runner.run(PENALTY, cwd=tmp_path).check().stdout.splitlines()[-3:] == ["True", "False True", "ValueError"]
