"""What a model may override: steps, the loss, the metrics; custom loops that people write for Keras on torch."""

from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(16, 4)).astype("float32")
Y = X.sum(1, keepdims=True)
W = np.linspace(0, 2, 16).astype("float32")
QUIET = {"batch_size": 8, "shuffle": False, "verbose": 0}


def subclass(module: Any, base: str = "Functional", **methods: Any) -> Any:
    """A functional model of a class with these methods of its own."""
    inputs = module.Input((4,))
    outputs = module.layers.Dense(1)(module.layers.Dense(5, "tanh")(inputs))
    return type("Own", (module.Model,), methods)(inputs, outputs)


def train_step(self: Any, data: Any) -> Any:
    """As the guide "Customizing fit() with PyTorch" has it, but for the data of all three shapes."""
    x, y, sample_weight = data if len(data) == 3 else (*data, None)
    self.zero_grad()
    y_pred = self(x, training=True)
    loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
    loss.backward()
    trainable_weights = list(self.trainable_weights)
    gradients = [v.value.grad for v in trainable_weights]
    with torch.no_grad():
        self.optimizer.apply(gradients, trainable_weights)
    for metric in self.metrics:
        if metric.name == "loss":
            metric.update_state(loss.detach())
        else:
            metric.update_state(y, y_pred.detach())
    return {m.name: m.result() for m in self.metrics}


def test_train_step_of_the_guide(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = weighted(subclass(module, train_step=train_step))
        model.compile(module.optimizers.Adam(0.01), "mse")
        return model.fit(X, Y, epochs=3, **QUIET).history, model.get_weights()

    got = both(run)
    plain = weighted(subclass(torchkeras))
    plain.compile(torchkeras.optimizers.Adam(0.01), "mse")
    assert got[0]["loss"] == pytest.approx(plain.fit(X, Y, epochs=3, **QUIET).history["loss"], rel=1e-5)


@pytest.mark.parametrize("weight", [None, W], ids=["pair", "triple"])
def test_a_step_gets_what_keras_gives_it(weight: Any) -> None:
    seen: dict[str, list[Any]] = {"train": [], "test": [], "predict": []}

    def step(name: str, result: Any) -> Any:
        def run(self: Any, data: Any) -> Any:
            seen[name].append(data)
            return result(data)

        return run

    steps = {
        "train_step": step("train", lambda _: {"loss": 1.0}),
        "test_step": step("test", lambda _: {"loss": torch.tensor(2.0)}),
        "predict_step": step("predict", lambda data: data[0] if isinstance(data, tuple) else data),
    }
    model = subclass(torchkeras, **steps)
    model.compile("sgd", "mse")
    assert model.fit(X, Y, sample_weight=weight, **QUIET).history == {"loss": [1.0]}
    assert model.evaluate(X, Y, sample_weight=weight, verbose=0) == 2.0
    np.testing.assert_array_equal(model.predict(X, verbose=0), X)
    assert [len(data) for data in seen["train"]] == [3 if weight is not None else 2] * 2
    assert [len(data) for data in seen["test"]] == [3 if weight is not None else 2]


def test_test_step_and_predict_step(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        def test_step(self: Any, data: Any) -> Any:
            x, y = data
            return {"largest": (y - self(x, training=False)).abs().max()}

        def predict_step(self: Any, data: Any) -> Any:
            return self(data[0] if isinstance(data, (list, tuple)) else data, training=False) + 100

        model = weighted(subclass(module, test_step=test_step, predict_step=predict_step))
        model.compile("sgd", "mse")
        scores = model.evaluate(X, Y, batch_size=16, verbose=0, return_dict=True)
        return {key: float(value) for key, value in scores.items()}, model.predict(X, verbose=0)

    both(run)


def test_compute_loss(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        def compute_loss(
            self: Any,
            x: Any = None,
            y: Any = None,
            y_pred: Any = None,
            sample_weight: Any = None,
            training: bool = True,
        ) -> Any:
            return module.ops.mean(module.ops.abs(y - y_pred)) + 0.1 * module.ops.mean(x * x)

        model = weighted(subclass(module, compute_loss=compute_loss))
        model.compile(module.optimizers.SGD(0.1), metrics=["mae"])
        return model.fit(X, Y, epochs=2, **QUIET).history, model.evaluate(X, Y, verbose=0)

    both(run)


def test_compute_loss_on_top_of_the_compiled_one(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        base = module.Model

        def compute_loss(
            self: Any,
            x: Any = None,
            y: Any = None,
            y_pred: Any = None,
            sample_weight: Any = None,
            training: bool = True,
        ) -> Any:
            return 2 * base.compute_loss(self, x, y, y_pred, sample_weight, training)

        model = weighted(subclass(module, compute_loss=compute_loss))
        model.compile(module.optimizers.SGD(0.1), "mse")
        return model.fit(X, Y, epochs=2, sample_weight=W, **QUIET).history

    both(run)


def test_compute_metrics(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        base = module.Model

        def compute_metrics(self: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            results = base.compute_metrics(self, x, y, y_pred, sample_weight)
            self.own.update_state(x)
            return {**results, "own": self.own.result()}

        model = subclass(module, compute_metrics=compute_metrics)
        model.own = module.metrics.Mean(name="own")
        weighted(model)
        model.compile(module.optimizers.SGD(0.1), "mse", metrics=["mae"])
        return model.fit(X, Y, epochs=2, **QUIET).history

    both(run)


def test_metrics_property(both: Any, weighted: Any) -> None:
    """Trackers of a custom step, listed in ``metrics``, start anew each epoch."""

    def run(module: Any) -> Any:
        tracker = module.metrics.Mean(name="tracked")

        def step(self: Any, data: Any) -> Any:
            tracker.update_state(data[1])
            return {"tracked": tracker.result()}

        model = weighted(subclass(module, train_step=step, metrics=property(lambda self: [tracker])))
        model.compile("sgd", "mse")
        return model.fit(X, Y, epochs=2, **QUIET).history

    history = both(run)
    assert history["tracked"][0] == pytest.approx(history["tracked"][1])


def test_two_optimizers_in_a_gan() -> None:
    """The GAN of Keras' guides: its own compile, optimizers and train_step."""
    keras_ = torchkeras

    class GAN(keras_.Model):
        def __init__(self, discriminator: Any, generator: Any) -> None:
            super().__init__()
            self.discriminator, self.generator = discriminator, generator
            self.d_loss, self.g_loss = keras_.metrics.Mean(name="d_loss"), keras_.metrics.Mean(name="g_loss")
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
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in part.trainable_weights], part.trainable_weights)

        def train_step(self, real: Any) -> Any:
            real = real[0] if isinstance(real, tuple) else real
            fake = self.generator(torch.randn(len(real), 2))
            both = torch.cat([fake.detach(), real])
            labels = torch.cat([torch.ones(len(real), 1), torch.zeros(len(real), 1)])
            d_loss = self.loss_fn(labels, self.discriminator(both))
            self.step(self.discriminator, self.d_optimizer, d_loss)
            fake = self.discriminator(self.generator(torch.randn(len(real), 2)))
            g_loss = self.loss_fn(torch.zeros(len(real), 1), fake)
            self.step(self.generator, self.g_optimizer, g_loss)
            self.d_loss.update_state(d_loss.detach())
            self.g_loss.update_state(g_loss.detach())
            return {"d_loss": self.d_loss.result(), "g_loss": self.g_loss.result()}

    layers = keras_.layers
    discriminator = keras_.Sequential([layers.Input((4,)), layers.Dense(6, "relu"), layers.Dense(1)])
    generator = keras_.Sequential([layers.Input((2,)), layers.Dense(6, "relu"), layers.Dense(4)])
    gan = GAN(discriminator, generator)
    loss = keras_.losses.BinaryCrossentropy(from_logits=True)
    gan.compile(keras_.optimizers.Adam(0.02), keras_.optimizers.Adam(0.02), loss)
    before = gan.get_weights()
    history = gan.fit(X + 3, epochs=20, **QUIET).history
    assert list(history) == ["d_loss", "g_loss"]
    assert np.isfinite(history["d_loss"]).all()
    assert all(not np.array_equal(one, other) for one, other in zip(before, gan.get_weights(), strict=True))


# Loops without `fit`.


def image_model(module: Any) -> Any:
    layers = module.layers
    stack = [layers.Input((6, 6, 2)), layers.Conv2D(3, 3, activation="tanh"), layers.SeparableConv2D(4, 2)]
    return module.Sequential([*stack, layers.Flatten(), layers.Dense(2)])


def test_gradients_have_keras_layout(weighted: Any) -> None:
    images = DRAW.normal(size=(3, 6, 6, 2)).astype("float32")
    found = []
    for module in (keras, torchkeras):
        model = weighted(image_model(module))
        model(torch.from_numpy(images)).square().sum().backward()
        found.append([v.value.grad for v in model.trainable_weights])
        assert all(v.value.grad.shape == v.value.shape for v in model.trainable_weights)
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-4, atol=1e-4)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_loop_with_keras_idiom(both: Any, weighted: Any) -> None:
    images = DRAW.normal(size=(3, 6, 6, 2)).astype("float32")

    def run(module: Any) -> Any:
        model, optimizer = weighted(image_model(module)), module.optimizers.Adam(0.01)
        losses = []
        for _ in range(4):
            model.zero_grad()
            loss = module.ops.mean(module.ops.square(model(torch.from_numpy(images), training=True) - 1))
            loss.backward()
            variables = list(model.trainable_weights)
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            losses.append(float(loss.detach()))
        return losses, model.get_weights()

    both(run)


def test_a_loop_with_an_optimizer_of_torch(weighted: Any) -> None:
    model = weighted(image_model(torchkeras))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    images, losses = torch.randn(8, 6, 6, 2, generator=torch.Generator().manual_seed(0)), []
    for _ in range(20):
        optimizer.zero_grad()
        loss = (model(images) - 1).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
