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
