"""Steps and metrics of one's own that Keras' guides and users write, the same lines with both."""

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(16, 4)).astype("float32")
Y = X.sum(1, keepdims=True)
NOISE = torch.from_numpy(DRAW.normal(size=(16, 2)).astype("float32"))
QUIET = {"batch_size": 8, "shuffle": False, "verbose": 0}


def functional(module: Any, outputs: int = 1, **methods: Any) -> Any:
    inputs = module.Input((4,))
    hidden = module.layers.Dense(5, "tanh")(inputs)
    heads = [module.layers.Dense(1, name=f"head_{index}")(hidden) for index in range(outputs)]
    return type("Own", (module.Model,), methods)(inputs, heads[0] if outputs == 1 else heads)


# The functions that `fit`, `evaluate` and `predict` call.


def test_functions_of_ones_own(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        made: list[str] = []

        def make(name: str, result: Any) -> Any:
            def method(self: Any, force: bool = False) -> Any:
                made.append(name)

                def function(batches: Any) -> Any:
                    assert isinstance(batches, list)
                    return result(self, batches[0])

                setattr(self, name, function)
                return function

            return method

        methods = {
            "make_train_function": make("train_function", lambda self, data: {"rows": len(data[0])}),
            "make_test_function": make("test_function", lambda self, data: {"sum": data[1].sum()}),
            "make_predict_function": make(
                "predict_function", lambda self, data: self(data[0] if isinstance(data, tuple) else data) + 100
            ),
        }
        model = weighted(functional(module, **methods))
        model.compile("sgd", "mse")
        history = model.fit(X, Y, validation_data=(X, Y), **QUIET).history
        found = history, model.evaluate(X, Y, batch_size=8, verbose=0), model.predict(X, batch_size=16, verbose=0)
        assert set(made) == {"train_function", "test_function", "predict_function"}
        return found

    both(run)


def test_a_train_function_may_take_the_next_batch() -> None:
    """As on Keras' other backends, where it gets an iterator."""

    def make_train_function(self: Any, force: bool = False) -> Any:
        return lambda iterator: self.train_step(next(iterator))

    model = functional(torchkeras, make_train_function=make_train_function)
    model.compile("sgd", "mse")
    history = model.fit(X, Y, epochs=3, **QUIET).history
    assert history["loss"][-1] < history["loss"][0]


def test_the_functions_made_by_default(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = weighted(functional(module))
        model.compile(module.optimizers.SGD(0.1), "mse")
        x, y = torch.from_numpy(X), torch.from_numpy(Y)
        model.make_train_function()
        logs = [float(model.train_function([(x, y)])["loss"]) for _ in range(3)]
        model.make_test_function()
        model.make_predict_function(force=True)
        model.reset_metrics()
        loss = float(model.test_function([(x, y)])["loss"])
        with torch.no_grad():
            return logs, loss, model.predict_function([(x,)]).numpy()

    both(run)


# Metrics.


def test_metrics_made_inside_a_model(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        class Watching(module.layers.Layer):
            def __init__(self) -> None:
                super().__init__()
                self.largest = module.metrics.Mean(name="largest")

            def call(self, inputs: Any) -> Any:
                self.largest.update_state(module.ops.max(inputs))
                return inputs

        model = module.Sequential([Watching(), module.layers.Dense(3), Watching(), module.layers.Dense(1)])
        model(X)
        weighted(model)
        model.layers[0].largest.name = "first"
        model.compile(module.optimizers.SGD(0.1), "mse", metrics=["mae"])
        history = model.fit(X, Y, epochs=2, validation_data=(X, Y), **QUIET).history
        return history, model.evaluate(X, Y, verbose=0), [metric.name for metric in model.metrics]

    both(run)


def test_a_metric_that_a_layer_makes_stays_real_while_shapes_are_looked_for() -> None:
    class Watching(torchkeras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.seen = torchkeras.metrics.Mean(name="seen")

        def call(self, inputs: Any) -> Any:
            self.seen.update_state(inputs)
            return inputs

    watching = Watching()
    watching(torchkeras.Input((4,)))
    assert watching.seen.variables[0].tensor.device.type == "cpu"
    assert float(watching.seen.result()) == 0.0
    watching(torch.from_numpy(X))
    assert float(watching.seen.result()) == pytest.approx(float(X.mean()), rel=1e-4)


@pytest.mark.parametrize("outputs", [1, 2])
def test_all_metrics_as_one(outputs: int, both: Any, weighted: Any) -> None:
    """``for metric in self.metrics`` finds what `compile` got as one metric, also with several outputs."""

    def train_step(self: Any, data: Any) -> Any:
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        loss.backward()
        weights = list(self.trainable_weights)
        with torch.no_grad():
            self.optimizer.apply([weight.value.grad for weight in weights], weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss.detach())
            elif metric.name == "compile_metrics":
                metric.update_state(y, [part.detach() for part in y_pred] if isinstance(y_pred, list) else y_pred)
        return {metric.name: metric.result() for metric in self.metrics}

    def run(module: Any) -> Any:
        model = weighted(functional(module, outputs, train_step=train_step))
        losses = "mse" if outputs == 1 else ["mse", "mae"]
        metrics = ["mae", "mse"] if outputs == 1 else [["mae"], ["mse"]]
        model.compile(module.optimizers.SGD(0.1), losses, metrics=metrics)
        named = [metric.name for metric in model.metrics]
        y = Y if outputs == 1 else [Y, -Y]
        history = model.fit(X, y, epochs=2, **QUIET).history
        history = dict(sorted(history.items()))  # Keras sorts before it looks into the metrics
        return named, history, model.evaluate(X, y, verbose=0), [metric.name for metric in model.metrics]

    both(run)


def test_metrics_of_a_model_within_stay_its_own(both: Any) -> None:
    def run(module: Any) -> Any:
        class Inner(module.Model):
            def __init__(self) -> None:
                super().__init__()
                self.last, self.own = module.layers.Dense(1), module.metrics.Mean(name="own")

            def call(self, inputs: Any) -> Any:
                return self.last(inputs)

        inner = Inner()
        inner.compile("sgd", "mse", metrics=["mae"])
        outer = module.Sequential([inner])
        outer.compile("sgd", "mse")
        return [[metric.name for metric in model.metrics] for model in (inner, outer)]

    both(run)


def test_values_that_layers_track_as_in_keras_2() -> None:
    class Watching(torchkeras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_metric(inputs.abs(), name="size", aggregation="mean")
            return inputs

    model = torchkeras.Sequential([torchkeras.layers.Input((4,)), Watching(), torchkeras.layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(X, Y, epochs=2, **QUIET).history
    assert history["size"] == pytest.approx([float(np.abs(X).mean())] * 2, rel=1e-5)
    with pytest.raises(ValueError, match=r"add_metric needs a `name`"):
        model.layers[0].add_metric(1.0)


# Several optimizers, accumulated gradients, ends.


def test_a_gan_as_keras(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        layers = module.layers

        class GAN(module.Model):
            def __init__(self, discriminator: Any, generator: Any) -> None:
                super().__init__()
                self.discriminator, self.generator = discriminator, generator
                self.d_loss, self.g_loss = module.metrics.Mean(name="d_loss"), module.metrics.Mean(name="g_loss")
                self.built = True

            @property
            def metrics(self) -> Any:
                return [self.d_loss, self.g_loss]

            def compile(self, d_optimizer: Any, g_optimizer: Any, loss_fn: Any) -> None:
                super().compile()
                self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

            def step(self, part: Any, optimizer: Any, loss: Any) -> None:
                self.zero_grad()
                loss.backward()
                weights = list(part.trainable_weights)
                with torch.no_grad():
                    optimizer.apply([weight.value.grad for weight in weights], weights)

            def train_step(self, real: Any) -> Any:
                real = real[0] if isinstance(real, tuple) else real
                count = real.shape[0]
                faked = self.generator(NOISE[:count])
                labels = torch.cat([torch.ones(count, 1), torch.zeros(count, 1)])
                d_loss = self.loss_fn(labels, self.discriminator(torch.cat([faked.detach(), real])))
                self.step(self.discriminator, self.d_optimizer, d_loss)
                g_loss = self.loss_fn(torch.zeros(count, 1), self.discriminator(self.generator(NOISE[:count])))
                self.step(self.generator, self.g_optimizer, g_loss)
                self.d_loss.update_state(d_loss.detach())
                self.g_loss.update_state(g_loss.detach())
                return {"d_loss": self.d_loss.result(), "g_loss": self.g_loss.result()}

        discriminator = weighted(module.Sequential([layers.Input((4,)), layers.Dense(6, "tanh"), layers.Dense(1)]), 1)
        generator = weighted(module.Sequential([layers.Input((2,)), layers.Dense(6, "tanh"), layers.Dense(4)]), 2)
        gan = GAN(discriminator, generator)
        loss = module.losses.BinaryCrossentropy(from_logits=True)
        gan.compile(module.optimizers.Adam(0.02), module.optimizers.SGD(0.02), loss)
        history = gan.fit(X + 3, epochs=5, **QUIET).history
        return history, discriminator.get_weights(), generator.get_weights()

    both(run, tolerance=1e-4)


@pytest.mark.parametrize("steps", [2, 3])
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_accumulated_gradients(name: str, steps: int, both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = weighted(functional(module))
        optimizer = getattr(module.optimizers, name)(0.05, gradient_accumulation_steps=steps)
        model.compile(optimizer, "mse")
        history = model.fit(X, Y, batch_size=3, shuffle=False, epochs=3, verbose=0).history
        return history, model.get_weights(), int(optimizer.iterations.numpy())

    both(run)


def test_accumulated_gradients_are_a_larger_batch(weighted: Any) -> None:
    def weights(batch_size: int, steps: int | None) -> Any:
        model = weighted(functional(torchkeras))
        model.compile(torchkeras.optimizers.Adam(0.05, gradient_accumulation_steps=steps), "mse")
        model.fit(X, Y, batch_size=batch_size, epochs=3, shuffle=False, verbose=0)
        return model.get_weights()

    for one, other in zip(weights(4, 2), weights(8, None), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_run_eagerly(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = weighted(functional(module))
        model.compile(module.optimizers.SGD(0.1), "mse", metrics=["mae"], run_eagerly=True)
        assert model.run_eagerly is True
        return model.fit(X, Y, epochs=2, **QUIET).history

    both(run)


@pytest.mark.parametrize("where", ["step", "batch", "epoch"])
def test_stopping(where: str, both: Any) -> None:
    def run(module: Any) -> Any:
        steps = []

        def train_step(self: Any, data: Any) -> Any:
            steps.append(len(data[0]))
            if where == "step" and len(steps) == 3:
                self.stop_training = True
            return {"steps": float(len(steps))}

        class Stop(module.callbacks.Callback):
            def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
                if where == "batch" and len(steps) == 3:
                    self.model.stop_training = True

            def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
                if where == "epoch" and epoch == 1:
                    self.model.stop_training = True

        model = functional(module, train_step=train_step)
        model.compile("sgd", "mse")
        history = model.fit(X, Y, epochs=5, callbacks=[Stop()], **QUIET)
        return steps, history.history, history.epoch

    both(run)
