"""Losses that layers, models and steps of one's own add, the same lines with both."""

from typing import Any

import numpy as np
import pytest
import torch

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(16, 4)).astype("float32")
Y = X.sum(1, keepdims=True)
NOISE = torch.from_numpy(DRAW.normal(size=(16, 2)).astype("float32"))
QUIET = {"batch_size": 8, "shuffle": False, "verbose": 0}


def functional(module: Any, **methods: Any) -> Any:
    inputs = module.Input((4,))
    outputs = module.layers.Dense(1)(module.layers.Dense(5, "tanh")(inputs))
    return type("Own", (module.Model,), methods)(inputs, outputs)


def test_losses_that_layers_and_models_add(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        class Sparse(module.layers.Layer):
            def call(self, inputs: Any) -> Any:
                self.add_loss(0.1 * module.ops.mean(module.ops.abs(inputs)))
                return inputs

        class Own(module.Model):
            def __init__(self) -> None:
                super().__init__()
                self.hidden = module.layers.Dense(3, kernel_regularizer="l2", activity_regularizer="l1")
                self.sparse, self.last = Sparse(), module.layers.Dense(1, bias_regularizer="l1")

            def call(self, inputs: Any) -> Any:
                hidden = self.sparse(self.hidden(inputs))
                self.add_loss(module.ops.mean(module.ops.square(hidden)))
                return self.last(hidden)

        model = Own()
        model(X)
        weighted(model)
        model.compile(module.optimizers.SGD(0.05), "mse", metrics=["mae"])
        history = model.fit(X, Y, epochs=3, validation_data=(X, Y), **QUIET).history
        model(X[:4])
        return history, [float(loss.detach()) for loss in model.losses], model.get_weights()

    both(run)


@pytest.mark.parametrize("default_steps", [True, False])
@pytest.mark.parametrize("kind", ["no flag", "flag", "other names", "more"])
def test_every_signature_of_compute_loss(kind: str, default_steps: bool, both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        seen = []

        def without(self: Any, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None) -> Any:
            return module.ops.mean(module.ops.abs(y - y_pred))

        def flag(self: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any = None, training: Any = None) -> Any:
            seen.append(training)
            return without(self, x, y, y_pred)

        def names(self: Any, inputs: Any, targets: Any, outputs: Any, weights: Any) -> Any:
            return without(self, inputs, targets, outputs)

        def more(self: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any, allow_empty: bool = False) -> Any:
            seen.append(allow_empty)
            return without(self, x, y, y_pred)

        steps = {
            "train_step": lambda self, data: module.Model.train_step(self, data),
            "test_step": lambda self, data: module.Model.test_step(self, data),
        }
        own = {"no flag": without, "flag": flag, "other names": names, "more": more}[kind]
        model = weighted(functional(module, compute_loss=own, **({} if default_steps else steps)))
        model.compile(module.optimizers.SGD(0.1), metrics=["mse"])
        history = model.fit(X, Y, epochs=2, validation_data=(X, Y), **QUIET).history
        return history, [str(flag) for flag in seen]

    both(run)


def test_added_losses_alone_train(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        class Own(module.Model):
            def __init__(self) -> None:
                super().__init__()
                self.last = module.layers.Dense(1)

            def call(self, inputs: Any) -> Any:
                outputs = self.last(inputs)
                self.add_loss(module.ops.mean(module.ops.square(outputs - 1)))
                return outputs

        model = Own()
        model(X)
        weighted(model)
        model.compile(module.optimizers.Adam(0.1))
        return model.fit(X, epochs=4, **QUIET).history, model.evaluate(X, verbose=0)

    both(run)


def test_added_losses_in_a_step_of_ones_own(both: Any, weighted: Any) -> None:
    """The VAE of Keras' guides, with noise that is the same for both."""

    def run(module: Any) -> Any:
        layers, ops = module.layers, module.ops

        class VAE(module.Model):
            def __init__(self) -> None:
                super().__init__()
                self.mean, self.spread = layers.Dense(2), layers.Dense(2)
                self.decoder = layers.Dense(4)
                self.total, self.kl = module.metrics.Mean(name="total"), module.metrics.Mean(name="kl")

            @property
            def metrics(self) -> Any:
                return [self.total, self.kl]

            def call(self, inputs: Any) -> Any:
                mean, spread = self.mean(inputs), self.spread(inputs)
                kl = -0.5 * ops.mean(1 + spread - ops.square(mean) - ops.exp(spread))
                self.add_loss(kl)
                self.kl.update_state(kl.detach())
                return self.decoder(mean + ops.exp(0.5 * spread) * NOISE[: inputs.shape[0]])

            def train_step(self, data: Any) -> Any:
                data = data[0] if isinstance(data, tuple) else data
                self.zero_grad()
                loss = ops.mean(ops.square(data - self(data, training=True))) + sum(self.losses)
                loss.backward()
                weights = list(self.trainable_weights)
                with torch.no_grad():
                    self.optimizer.apply([weight.value.grad for weight in weights], weights)
                self.total.update_state(loss.detach())
                return {metric.name: metric.result() for metric in self.metrics}

        model = VAE()
        model(torch.from_numpy(X))
        weighted(model)
        model.compile(module.optimizers.Adam(0.01))
        return model.fit(X, epochs=3, **QUIET).history, model.get_weights()

    both(run)
