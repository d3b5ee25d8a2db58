"""Loops without ``fit``: layers, losses, optimizers and metrics used one by one, the same lines with both."""

from typing import Any

import numpy as np
import pytest
import torch

DRAW = np.random.default_rng(0)
X = torch.from_numpy(DRAW.normal(size=(16, 4)).astype("float32"))
LABELS = torch.from_numpy(DRAW.integers(0, 3, 16))
WEIGHTS = torch.linspace(0.5, 2, 16)


def classifier(module: Any, weighted: Any) -> Any:
    layers = module.layers
    stack = [layers.Input((4,)), layers.Dense(5, "tanh", kernel_regularizer="l2"), layers.Dense(3)]
    return weighted(module.Sequential(stack))


def batches() -> Any:
    for start in range(0, 16, 5):
        rows = slice(start, start + 5)
        yield X[rows], LABELS[rows], WEIGHTS[rows]


def crossentropy(module: Any) -> Any:
    return module.losses.SparseCategoricalCrossentropy(from_logits=True)


def numbers(values: Any) -> list[Any]:
    return [value.detach().numpy() if isinstance(value, torch.Tensor) else value for value in values]


@pytest.mark.parametrize("way", ["apply", "apply_gradients"])
def test_the_guide_writing_a_loop_from_scratch(way: str, both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model, loss_fn = classifier(module, weighted), crossentropy(module)
        optimizer = module.optimizers.Adam(learning_rate=module.optimizers.schedules.ExponentialDecay(0.05, 3, 0.5))
        metric, found = module.metrics.SparseCategoricalAccuracy(), []
        for _ in range(3):
            for x, y, weight in batches():
                model.zero_grad()
                loss = loss_fn(y, model(x, training=True), sample_weight=weight) + sum(model.losses)
                loss.backward()
                weights = list(model.trainable_weights)
                gradients = [w.value.grad for w in weights]
                with torch.no_grad():
                    if way == "apply":
                        optimizer.apply(gradients, weights)
                    else:
                        optimizer.apply_gradients(zip(gradients, weights, strict=True))
                metric.update_state(y, model(x, training=False).detach(), sample_weight=weight)
            found.append((float(loss.detach()), float(metric.result()), float(optimizer.learning_rate.numpy())))
            metric.reset_state()
        return found, model.get_weights(), int(optimizer.iterations.numpy())

    both(run)


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Adagrad", "Lion", "Ftrl"])
def test_without_state(name: str, both: Any, weighted: Any) -> None:
    """``stateless_call``, ``stateless_apply`` and ``stateless_update_state``, as in loops written for JAX."""

    def run(module: Any) -> Any:
        model, loss_fn = classifier(module, weighted), crossentropy(module)
        optimizer, metric = getattr(module.optimizers, name)(0.05), module.metrics.SparseCategoricalAccuracy()
        optimizer.build(model.trainable_variables)
        before = model.get_weights()
        weights = [v.value.detach().clone() for v in model.trainable_variables]
        others = [v.value for v in model.non_trainable_variables]
        slots, states, losses = [v.value for v in optimizer.variables], [v.value for v in metric.variables], []
        for _ in range(2):
            for x, y, _ in batches():
                weights = [w.detach().requires_grad_() for w in weights]
                y_pred, others, added = model.stateless_call(weights, others, x, training=True, return_losses=True)
                loss = loss_fn(y, y_pred) + sum(added)
                loss.backward()
                with torch.no_grad():
                    gradients = [w.grad for w in weights]
                    weights, slots = optimizer.stateless_apply(slots, gradients, [w.detach() for w in weights])
                    states = metric.stateless_update_state(states, y, y_pred.detach())
                losses.append(float(loss.detach()))
        for one, other in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
        assert int(optimizer.iterations.numpy()) == 0
        return losses, numbers(weights), float(metric.stateless_result(states)), float(metric.result())

    both(run)


def test_the_compiled_loss_without_state(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        inputs = module.Input((4,))
        heads = [module.layers.Dense(1, kernel_regularizer="l1", name=name)(inputs) for name in "ab"]
        model = weighted(module.Model(inputs, heads))
        model.compile("sgd", ["mse", "mae"], metrics=[["mae"], []])
        y = [X[:, :1], X[:, 1:2]]
        model.evaluate(X, y, verbose=0)
        states = [torch.zeros(()) for _ in model.metrics_variables]
        before = [float(v.numpy()) for v in model.metrics_variables]
        lists = [v.value * 2 for v in model.trainable_variables], [], states
        loss, (weights, others, after) = model.stateless_compute_loss(*lists, x=X, y=y, y_pred=model(X))
        assert before == [float(v.numpy()) for v in model.metrics_variables]
        assert weights is lists[0] and others == []
        names = ["/".join(v.path.split("/")[-2:]) for v in model.metrics_variables]
        trackers = {name: float(v) for name, v in zip(names, after, strict=True) if "_loss" in name}
        return float(loss.detach()), trackers

    both(run)


def test_batches_by_hand(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        model = classifier(module, weighted)
        model.compile(module.optimizers.Adam(0.05), crossentropy(module), metrics=["accuracy"])
        found: list[Any] = []
        for _ in range(2):
            for x, y, weight in batches():
                found.append(model.train_on_batch(x, y, sample_weight=weight))
        found.append(model.train_on_batch(X, LABELS, class_weight={0: 1.0, 1: 2.0, 2: 0.5}))
        tested = model.test_on_batch(X, LABELS, return_dict=True)
        return found, dict(sorted(tested.items())), model.predict_on_batch(X), model.get_weights()

    both(run)


def test_a_step_on_top_of_the_default_one(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        calls = []

        class Own(module.Sequential):
            def train_step(self, data: Any) -> Any:
                calls.append("train")
                return {**super().train_step(data), "half": 0.5}

            def test_step(self, data: Any) -> Any:
                calls.append("test")
                return super().test_step(data)

        layers = module.layers
        model = weighted(Own([layers.Input((4,)), layers.Dense(3)]))
        model.compile(module.optimizers.SGD(0.1), crossentropy(module), metrics=["accuracy"])
        quiet = {"batch_size": 8, "shuffle": False, "verbose": 0}
        history = model.fit(X, LABELS, epochs=2, validation_data=(X, LABELS), **quiet).history
        return calls, history, model.get_weights()

    both(run)


def test_layers_of_ones_own_in_a_torch_loop(both: Any) -> None:
    """A layer with its own weights, trained with torch's own optimizer and loss."""

    def run(module: Any) -> Any:
        class Linear(module.layers.Layer):
            def build(self, shape: Any) -> None:
                self.kernel = self.add_weight(shape=(shape[-1], 3), initializer="ones", name="kernel")
                self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False, name="calls")

            def call(self, inputs: Any) -> Any:
                self.calls.assign_add(1.0)
                return module.ops.matmul(inputs, self.kernel)

        layer, losses = Linear(), []
        layer(X)
        optimizer = torch.optim.SGD([v.value for v in layer.trainable_variables], lr=0.5)
        for _ in range(4):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(layer(X), LABELS)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses, layer.get_weights()

    both(run)
