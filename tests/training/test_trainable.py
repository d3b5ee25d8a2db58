"""`compile` fixes which weights train: a flag that is changed later counts from the next `compile` on."""

from typing import Any

import numpy as np
import pytest

import torchkeras

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
Y = X[:, :1]
QUIET = {"verbose": 0, "shuffle": False, "batch_size": 8}


def stack(module: Any, weighted: Any) -> Any:
    layers = module.layers
    first = [layers.Dense(5, "tanh", name="first"), layers.BatchNormalization(name="norm")]
    return weighted(module.Sequential([layers.Input((4,)), *first, layers.Dense(1, name="last")]))


def changed(model: Any, before: list[np.ndarray]) -> list[str]:
    pairs = zip(model.weights, before, model.get_weights(), strict=True)
    return ["/".join(w.path.split("/")[-2:]) for w, one, other in pairs if not np.array_equal(one, other)]


def train(model: Any) -> list[str]:
    before = model.get_weights()
    model.fit(X, Y, **QUIET)
    return changed(model, before)


def test_frozen_before_compile(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = stack(module, weighted)
        model.get_layer("first").trainable = False
        model.compile("sgd", "mse")
        return train(model)

    assert "first/kernel" not in both(run)


def test_a_frozen_batch_normalization_stays_in_inference_mode(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = stack(module, weighted)
        model.get_layer("norm").trainable = False
        model.compile(module.optimizers.SGD(0.1), "mse")
        return train(model), model.get_weights(), model.predict(X, verbose=0)

    assert both(run)[0] == ["first/kernel", "first/bias", "last/kernel", "last/bias"]


def test_frozen_and_thawed(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = stack(module, weighted)
        model.trainable = False
        model.trainable = True
        model.get_layer("last").trainable = False
        model.compile("sgd", "mse")
        first = train(model)
        model.get_layer("last").trainable = True
        model.compile("sgd", "mse")
        return first, train(model), [w.trainable for w in model.weights]

    both(run)


@pytest.mark.parametrize("fitted", [False, True], ids=["before the first fit", "between two"])
def test_a_flag_changed_after_compile_waits(fitted: bool, weighted: Any) -> None:
    model = stack(torchkeras, weighted)
    model.compile("sgd", "mse")
    if fitted:
        model.fit(X, Y, **QUIET)
    model.get_layer("first").trainable = False
    assert "first/kernel" in train(model)
    model.compile("sgd", "mse")
    assert "first/kernel" not in train(model)


def test_thawed_after_compile_waits(weighted: Any) -> None:
    model = stack(torchkeras, weighted)
    model.get_layer("first").trainable = False
    model.compile("sgd", "mse")
    model.get_layer("first").trainable = True
    assert "first/kernel" not in train(model)


def test_single_weights(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = stack(module, weighted)
        model.get_layer("last").kernel.trainable = False
        model.compile("sgd", "mse")
        return train(model)

    assert "last/kernel" not in both(run)


def test_the_gan_idiom(weighted: Any) -> None:
    """A discriminator is compiled, then frozen in a model that is compiled afterwards: each trains its own part."""
    layers = torchkeras.layers
    discriminator = torchkeras.Sequential([layers.Input((4,)), layers.Dense(1, "sigmoid", name="judge")], name="d")
    discriminator.compile("sgd", "binary_crossentropy")
    generator = torchkeras.Sequential([layers.Input((2,)), layers.Dense(4, name="maker")], name="g")
    discriminator.trainable = False
    noise = torchkeras.Input((2,))
    gan = torchkeras.Model(noise, discriminator(generator(noise)))
    gan.compile("sgd", "binary_crossentropy")
    labels = np.ones((16, 1), "float32")
    for _ in range(2):
        before, judge = generator.get_weights(), discriminator.get_weights()
        discriminator.train_on_batch(X, labels)
        assert changed(discriminator, judge) == ["judge/kernel", "judge/bias"]
        assert changed(generator, before) == []
        before, judge = generator.get_weights(), discriminator.get_weights()
        gan.train_on_batch(X[:, :2], labels)
        assert changed(generator, before) == ["maker/kernel", "maker/bias"]
        assert changed(discriminator, judge) == []


def test_nothing_to_train_is_told() -> None:
    model = torchkeras.Sequential([torchkeras.layers.Input((4,)), torchkeras.layers.Dense(1)])
    model.trainable = False
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="does not have any trainable weights"):
        model.fit(X, Y, **QUIET)
