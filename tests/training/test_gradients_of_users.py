"""A `train_step` written as Keras' guide for torch writes it: `weight.value.grad` and `optimizer.apply`."""

from typing import Any

import numpy as np
import torch

import torchkeras
from torchkeras import layers


class Written(torchkeras.Model):
    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        self.zero_grad()
        loss.backward()
        weights = list(self.trainable_weights)
        gradients = [weight.value.grad for weight in weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, weights)
        return {"loss": loss}


def built(model_class: type, seed: int = 3) -> Any:
    torchkeras.utils.set_random_seed(seed)
    inputs = torchkeras.Input((8, 8, 3))
    hidden = layers.Flatten()(layers.Conv2D(4, 3, activation="relu")(inputs))
    hidden = layers.Dense(5)(layers.Dense(5, activation="tanh")(hidden))  # a square kernel: both layouts have its shape
    hidden = layers.GRU(3)(layers.Reshape((5, 1))(hidden))
    model = model_class(inputs, layers.Dense(1)(hidden))
    model.compile(optimizer=torchkeras.optimizers.Adam(0.01), loss="mse")
    return model


def test_it_trains_as_the_built_in_step() -> None:
    x, y = np.random.default_rng(0).normal(size=(32, 8, 8, 3)), np.random.default_rng(1).normal(size=(32, 1))
    theirs, ours = built(Written), built(torchkeras.Model)
    for model in (theirs, ours):
        model.fit(x, y, epochs=3, batch_size=16, shuffle=False, verbose=0)
    for one, other in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_gradient_has_the_values_layout() -> None:
    layer = layers.Conv2D(4, 3)
    out = layer(torch.rand(2, 8, 8, 3))
    out.sum().backward()
    grad = layer.kernel.value.grad
    assert grad.shape == layer.kernel.value.shape == (3, 3, 3, 4)
    torch.testing.assert_close(grad, layer.kernel.tensor.grad.permute(2, 3, 1, 0))
