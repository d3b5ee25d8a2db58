"""Several outputs: losses, weights and metrics in lists and dicts, by position and by name, as real Keras logs them."""

from typing import Any

import numpy as np
import pytest

import torchkeras

DRAW = np.random.default_rng(0)
A, B = DRAW.normal(size=(20, 4)).astype("float32"), DRAW.normal(size=(20, 3)).astype("float32")
NUMBER = A[:, :1] - 0.5
LABEL = (B[:, 0] > 0).astype("int32")
WEIGHTS = np.linspace(0.1, 2, 20).astype("float32")
QUIET = {"batch_size": 8, "shuffle": False, "verbose": 0}


def model(module: Any, weighted: Any, kind: str) -> Any:
    """Two inputs, two outputs: a number and a class, in lists, dicts, or both in one list."""
    a, b = module.Input((4,), name="a"), module.Input((3,), name="b")
    x = module.layers.Dense(5, "tanh")(module.layers.concatenate([a, b]))
    number, label = module.layers.Dense(1, name="number")(x), module.layers.Dense(2, "softmax", name="label")(x)
    if kind == "dict":
        return weighted(module.Model({"a": a, "b": b}, {"number": number, "label": label}))
    if kind == "nested":
        return weighted(module.Model([a, b], [number, {"label": label}]))
    return weighted(module.Model([a, b], [number, label]))


def data(kind: str) -> tuple[Any, Any]:
    if kind == "dict":
        return {"a": A, "b": B}, {"number": NUMBER, "label": LABEL}
    return [A, B], [NUMBER, {"label": LABEL}] if kind == "nested" else [NUMBER, LABEL]


LIST = ["mse", "sparse_categorical_crossentropy"]
DICT = {"number": "mse", "label": "sparse_categorical_crossentropy"}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "list": ("list", {"loss": LIST}),
    "list by name": ("list", {"loss": DICT}),
    "dict": ("dict", {"loss": DICT}),
    "nested": ("nested", {"loss": ["mse", {"label": "sparse_categorical_crossentropy"}]}),
    "weights in a list": ("list", {"loss": LIST, "loss_weights": [0.3, 2.0]}),
    "weights by name": ("dict", {"loss": DICT, "loss_weights": {"number": 0.3, "label": 2}}),
    "one without a loss": ("list", {"loss": ["mse", None]}),
    "metrics by name": ("list", {"loss": LIST, "metrics": {"label": ["accuracy"], "number": ["mae", "mse"]}}),
    "metrics of one": ("list", {"loss": LIST, "metrics": {"label": "accuracy"}}),
    "metrics in lists": ("list", {"loss": LIST, "metrics": [["mae"], ["accuracy"]]}),
    "metrics flat": ("list", {"loss": LIST, "metrics": ["mae", "accuracy"]}),
    "metrics of a dict": ("dict", {"loss": DICT, "metrics": {"number": ["mae"], "label": ["accuracy"]}}),
    "weighted metrics": (
        "list",
        {
            "loss": LIST,
            "metrics": [["mae"], ["accuracy"]],
            "weighted_metrics": [["mse"], ["sparse_categorical_crossentropy"]],
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore:Gradients do not exist for variables .'label/kernel'")
def test_as_keras(case: str, both: Any, weighted: Any) -> None:
    kind, arguments = CASES[case]

    def run(module: Any) -> Any:
        made = model(module, weighted, kind)
        made.compile(module.optimizers.SGD(0.1), **arguments)
        x, y = data(kind)
        history = made.fit(x, y, epochs=2, validation_data=(x, y), **QUIET).history
        return history, made.evaluate(x, y, batch_size=8, verbose=0, return_dict=True), made.get_weights()

    both(run)


@pytest.mark.parametrize("kind", ["list", "dict"])
def test_targets_by_name(kind: str, both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        made = model(module, weighted, kind)
        made.compile("sgd", DICT)
        return made.fit(*data("dict"), **QUIET).history

    both(run)


@pytest.mark.parametrize("kind", ["list", "dict", "nested"])
def test_predict_keeps_the_structure(kind: str, both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        made = model(module, weighted, kind)
        x, _ = data(kind)
        found = made.predict(x, batch_size=7, verbose=0), made.predict_on_batch(x)
        # Keras sorts the keys
        return [dict(sorted(outputs.items())) if kind == "dict" else outputs for outputs in found]

    both(run)


def test_sample_weights_for_each_output(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        made = model(module, weighted, "list")
        made.compile(module.optimizers.SGD(0.1), LIST, weighted_metrics=[["mae"], ["accuracy"]])
        x, y = data("list")
        return made.fit(x, y, sample_weight=[WEIGHTS, WEIGHTS[::-1].copy()], epochs=2, **QUIET).history

    both(run)


def test_one_sample_weight_for_all_outputs(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        made = model(module, weighted, "list")
        made.compile(module.optimizers.SGD(0.1), LIST)
        x, y = data("list")
        return made.fit(x, y, sample_weight=WEIGHTS, **QUIET).history

    both(run)


def test_evaluate_gives_a_list_in_keras_order(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        made = model(module, weighted, "list")
        made.compile("sgd", LIST, metrics=[["mae"], ["accuracy"]])
        x, y = data("list")
        return made.evaluate(x, y, verbose=0), made.train_on_batch(x, y), made.test_on_batch(x, y)

    both(run)


def test_a_subclassed_model_with_a_dict(both: Any, weighted: Any) -> None:
    def run(module: Any) -> Any:
        class Two(module.Model):
            def __init__(self) -> None:
                super().__init__()
                self.number, self.label = module.layers.Dense(1), module.layers.Dense(2, "softmax")

            def call(self, inputs: Any) -> Any:
                return {"number": self.number(inputs["a"]), "label": self.label(inputs["b"])}

        made = Two()
        made({"a": A, "b": B})
        weighted(made)
        made.compile(module.optimizers.SGD(0.1), DICT, metrics={"label": ["accuracy"]})
        x, y = data("dict")
        return made.fit(x, y, epochs=2, **QUIET).history, made.predict(x, verbose=0)

    both(run)


def lone(module: Any, weighted: Any, wrap: Any) -> Any:
    inputs = module.Input((4,))
    made = weighted(module.Model(inputs, module.layers.Dense(1, name="number")(inputs)))
    made.compile(module.optimizers.SGD(0.1), "mse", metrics=["mae"])
    history = made.fit([A], wrap(NUMBER), validation_data=(A, wrap(NUMBER)), **QUIET).history
    return history, made.evaluate(A, wrap(NUMBER), verbose=0)


@pytest.mark.parametrize("wrap", [lambda y: [y], lambda y: (y,)], ids=["list", "tuple"])
def test_the_only_output_takes_its_target_in_a_list(wrap: Any, both: Any, weighted: Any) -> None:
    both(lambda module: lone(module, weighted, wrap))


def test_the_only_output_takes_its_target_by_name(weighted: Any) -> None:
    # Keras' own `evaluate` fails on the names of such a dict
    assert lone(torchkeras, weighted, lambda y: {"number": y}) == lone(torchkeras, weighted, lambda y: y)
