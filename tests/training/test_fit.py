"""`fit` and kin next to real Keras: histories, a second call, single batches, losses that layers add."""

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(20, 4)).astype("float32")
Y = X.sum(1, keepdims=True) + 1
QUIET = {"batch_size": 8, "shuffle": False, "verbose": 0}


def dense(module: Any, weighted: Any, optimizer: Any = None, **arguments: Any) -> Any:
    layers = module.layers
    made = module.Sequential([layers.Input((4,)), layers.Dense(6, "tanh"), layers.Dense(1)])
    made = weighted(made)
    made.compile(optimizer or module.optimizers.Adam(0.01), "mse", **arguments)
    return made


def test_history(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        history = dense(module, weighted, metrics=["mae", "mse"]).fit(X, Y, epochs=3, validation_split=0.2, **QUIET)
        return history.history, history.epoch, {key: history.params[key] for key in ("epochs", "steps")}

    both(run)


def test_logs_are_python_floats(weighted: Any) -> None:
    history = dense(torchkeras, weighted, metrics=["mae"]).fit(X, Y, **QUIET).history
    assert list(history) == ["loss", "mae"]
    assert all(type(value) is float for values in history.values() for value in values)


def test_a_second_fit_goes_on(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = dense(module, weighted)
        first = model.fit(X, Y, epochs=2, **QUIET).history
        second = model.fit(X, Y, epochs=2, **QUIET)
        return first, second.history, second.epoch, int(model.optimizer.iterations), model.get_weights()

    both(run)


def test_two_fits_are_one_of_twice_the_length(weighted: Any) -> None:
    once, twice = dense(torchkeras, weighted), dense(torchkeras, weighted)
    once.fit(X, Y, epochs=4, **QUIET)
    twice.fit(X, Y, epochs=2, **QUIET)
    twice.fit(X, Y, epochs=2, **QUIET)
    for one, other in zip(once.get_weights(), twice.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_initial_epoch(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        history = dense(module, weighted).fit(X, Y, epochs=5, initial_epoch=3, **QUIET)
        return history.epoch, history.history

    assert both(run)[0] == [3, 4]


def test_compile_again_starts_the_optimizer_anew(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = dense(module, weighted)
        model.fit(X, Y, **QUIET)
        model.compile(module.optimizers.SGD(0.1), "mae", metrics=["mse"])
        return model.fit(X, Y, **QUIET).history, model.evaluate(X, Y, verbose=0)

    both(run)


def test_learning_rate_assigned_between_fits(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = dense(module, weighted, module.optimizers.SGD(0.1))
        model.fit(X, Y, **QUIET)
        model.optimizer.learning_rate = 0.001
        return model.fit(X, Y, **QUIET).history, float(model.optimizer.learning_rate)

    both(run)


def test_batches_one_by_one(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = dense(module, weighted, metrics=["mae"])
        losses = [model.train_on_batch(X[:8], Y[:8]) for _ in range(3)]
        weights = np.linspace(0, 2, 8).astype("float32")
        losses += [model.train_on_batch(X[:8], Y[:8], sample_weight=weights, return_dict=True)]
        model.reset_metrics()
        losses += [model.test_on_batch(X[:8], Y[:8]), model.test_on_batch(X[8:], Y[8:], return_dict=True)]
        return losses, model.predict_on_batch(X[:3]), model.get_weights()

    both(run)


def test_class_weight_on_a_batch(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = weighted(module.Sequential([module.layers.Input((4,)), module.layers.Dense(2, "softmax")]))
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model.train_on_batch(X, (Y[:, 0] > 1).astype("int32"), class_weight={0: 3.0, 1: 0.5})

    both(run)


@pytest.mark.parametrize("loss", ["mae", "MeanSquaredError", "own", "object"])
def test_forms_of_the_loss(loss: str, both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        forms = {
            "own": lambda y_true, y_pred: module.ops.mean(module.ops.abs(y_true - y_pred) ** 3, axis=-1),
            "object": module.losses.Huber(delta=0.5, reduction="sum"),
        }
        model = dense(module, weighted)
        model.compile("sgd", forms.get(loss, loss), metrics=["mse"])
        return model.fit(X, Y, **QUIET).history

    both(run)


def test_losses_as_metrics(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        losses = [module.losses.MeanSquaredError(), module.losses.Huber(name="mine")]
        return dense(module, weighted, metrics=losses).fit(X, Y, **QUIET).history

    both(run)


def test_no_loss_is_told(weighted: Any) -> None:
    model = dense(torchkeras, weighted)
    model.compile("sgd", metrics=["mse"])
    with pytest.raises(ValueError, match="No loss to compute"):
        model.fit(X, Y, **QUIET)


def test_losses_and_metrics_of_torch(weighted: Any) -> None:
    model, expected = dense(torchkeras, weighted), dense(torchkeras, weighted)
    model.compile("sgd", torch.nn.MSELoss(), metrics=[torch.nn.L1Loss()])
    expected.compile("sgd", "mse", metrics=["mae"])
    even = {**QUIET, "batch_size": 10}  # torch's functions give a mean of a batch, which cannot be weighed by its rows
    got, wanted = model.fit(X, Y, **even).history, expected.fit(X, Y, **even).history
    assert got["loss"] == pytest.approx(wanted["loss"], rel=1e-6)
    assert got["L1Loss"] == pytest.approx(wanted["mae"], rel=1e-6)


@pytest.mark.parametrize("shape", ["binary", "categorical", "sparse"])
def test_accuracy_goes_by_the_shapes(shape: str, both: Any, weighted: Any) -> None:
    labels = (Y[:, 0] > 1).astype("int32")

    def run(module: Any) -> Any:
        units, activation = (1, "sigmoid") if shape == "binary" else (2, "softmax")
        model = weighted(module.Sequential([module.layers.Input((4,)), module.layers.Dense(units, activation)]))
        loss = {"binary": "binary", "categorical": "categorical", "sparse": "sparse_categorical"}[shape]
        model.compile("sgd", f"{loss}_crossentropy", metrics=["accuracy", "acc"])
        targets = np.eye(2, dtype="float32")[labels] if shape == "categorical" else labels
        return model.fit(X, targets, epochs=2, **QUIET).history

    both(run)


# What layers add.


def test_regularizers(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        layers, penalty = module.layers, module.regularizers.L2(0.1)
        stack = [layers.Input((4,)), layers.Dense(6, "relu", kernel_regularizer=penalty, activity_regularizer="l1")]
        model = weighted(module.Sequential([*stack, layers.Dense(1, bias_regularizer="l2")]))
        model.compile(module.optimizers.SGD(0.05), "mse", metrics=["mse"])
        return model.fit(X, Y, epochs=3, **QUIET).history, model.evaluate(X, Y, batch_size=8, verbose=0)

    both(run)


def adding(module: Any) -> Any:
    class Adding(module.layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(0.3 * module.ops.mean(module.ops.square(inputs)))
            return inputs

    return Adding()


def test_add_loss(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        layers = module.layers
        stack = [layers.Input((4,)), layers.Dense(6), adding(module), layers.Dense(1)]
        model = weighted(module.Sequential(stack))
        model.compile(module.optimizers.SGD(0.05), "mse", metrics=["mse"])
        history = model.fit(X, Y, epochs=3, **QUIET).history
        model(torch.from_numpy(X))
        return history, [float(loss.detach()) for loss in model.losses], model.evaluate(X, Y, verbose=0)

    both(run)


def test_add_loss_alone_is_enough(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        inputs = module.Input((4,))
        model = weighted(module.Model(inputs, adding(module)(module.layers.Dense(3)(inputs))))
        model.compile(module.optimizers.SGD(0.1))
        return model.fit(X, epochs=2, **QUIET).history

    both(run)


def test_constraints(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        layers = module.layers
        stack = [layers.Input((4,)), layers.Dense(6, kernel_constraint=module.constraints.MaxNorm(0.5))]
        model = weighted(module.Sequential([*stack, layers.Dense(1, kernel_constraint="non_neg")]))
        model.compile(module.optimizers.SGD(0.1), "mse")
        model.fit(X, Y, epochs=2, **QUIET)
        assert model.weights[2].numpy().min() >= 0
        return model.get_weights()

    both(run)


def test_batch_statistics_and_dropout_follow_the_mode(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        layers = module.layers
        stack = [layers.Input((4,)), layers.BatchNormalization(momentum=0.7), layers.Dropout(0.0), layers.Dense(1)]
        model = weighted(module.Sequential(stack))
        model.compile(module.optimizers.SGD(0.05), "mse")
        history = model.fit(X, Y, epochs=2, validation_data=(X, Y), **QUIET).history
        return history, model.predict(X, verbose=0), model.get_weights()

    both(run)


def test_mode_after_fit(weighted: Any) -> None:
    model = dense(torchkeras, weighted)
    assert not model.training
    model.fit(X, Y, **QUIET)
    assert not model.training


def test_masks_weigh_the_loss(both: Any, weighted: Any) -> None:
    words = np.array([[1, 2, 0, 0], [3, 1, 2, 0], [2, 0, 0, 0]])
    targets = np.arange(12, dtype="float32").reshape(3, 4, 1) / 10

    def run(module: Any) -> Any:
        layers = module.layers
        stack = [layers.Input((4,), dtype="int32"), layers.Embedding(5, 3, mask_zero=True), layers.Dense(1)]
        model = weighted(module.Sequential(stack))
        model.compile(module.optimizers.SGD(0.1), "mse", metrics=["mae"], weighted_metrics=["mse"])
        return model.fit(words, targets, epochs=2, **QUIET).history, model.evaluate(words, targets, verbose=0)

    both(run)
