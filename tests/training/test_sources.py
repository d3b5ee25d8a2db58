"""Every kind of data that `fit`, `evaluate` and `predict` take gives what plain arrays give, and what Keras gives."""

from typing import Any

import numpy as np
import pandas
import pytest
import torch

import torchkeras

ROWS, BATCH = 20, 8
DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(ROWS, 4)).astype("float32")
LABELS = DRAW.integers(0, 3, (ROWS, 1))
WEIGHTS = DRAW.uniform(0.5, 2, ROWS).astype("float32")
LOSS = "sparse_categorical_crossentropy"
CLASS_WEIGHT = {0: 1.0, 1: 3.0, 2: 0.2}


def batches() -> Any:
    for start in range(0, ROWS, BATCH):
        rows = slice(start, start + BATCH)
        yield X[rows], LABELS[rows]


def endless() -> Any:
    while True:
        yield from batches()


class Rows(torch.utils.data.Dataset):
    def __len__(self) -> int:
        return ROWS

    def __getitem__(self, index: int) -> Any:
        return X[index], LABELS[index]


class Stream(torch.utils.data.IterableDataset):
    def __iter__(self) -> Any:
        return zip(X, LABELS, strict=True)


def pydataset(module: Any) -> Any:
    class Batches(module.utils.PyDataset):
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> Any:
            return list(batches())[index]

    return Batches()


def loader(dataset: Any) -> Any:
    return torch.utils.data.DataLoader(dataset, batch_size=BATCH)


# name -> the arguments of `fit` for real Keras' module or ours
ARRAYS = {
    "numpy": lambda k: {"x": X, "y": LABELS},
    "torch": lambda k: {"x": torch.from_numpy(X), "y": torch.from_numpy(LABELS)},
    "pandas": lambda k: {"x": pandas.DataFrame(X), "y": pandas.DataFrame(LABELS)},
    "series": lambda k: {"x": pandas.DataFrame(X), "y": pandas.Series(LABELS[:, 0])},
    "float64": lambda k: {"x": X.astype("float64"), "y": LABELS.astype("int32")},
    "one-dimensional labels": lambda k: {"x": X, "y": LABELS[:, 0]},
}
BATCHES = {
    "generator": lambda k: {"x": endless(), "steps_per_epoch": 3},
    "DataLoader": lambda k: {"x": loader(torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(LABELS)))},
    "DataLoader of rows": lambda k: {"x": loader(Rows())},
    "DataLoader of a stream": lambda k: {"x": loader(Stream())},
    "PyDataset": lambda k: {"x": pydataset(k)},
}
OURS = {  # which real Keras does not take
    "Dataset": lambda k: {"x": Rows(), "batch_size": BATCH},
    "IterableDataset": lambda k: {"x": Stream(), "batch_size": BATCH},
    "TensorDataset": lambda k: {
        "x": torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(LABELS)),
        "batch_size": BATCH,
    },
}


def model(module: Any) -> Any:
    made = module.Sequential(
        [module.layers.Input((4,)), module.layers.Dense(5, "tanh"), module.layers.Dense(3, "softmax")]
    )
    draw = np.random.default_rng(1)
    made.set_weights([draw.uniform(-0.5, 0.5, tuple(w.shape)) for w in made.weights])
    made.compile(
        module.optimizers.SGD(0.1), LOSS, metrics=["accuracy"], weighted_metrics=["sparse_categorical_crossentropy"]
    )
    return made


def fit(module: Any, arguments: Any, **more: Any) -> Any:
    arguments = {**arguments(module), **more}
    if "y" in arguments:
        arguments["batch_size"] = BATCH
    arguments["shuffle"] = False
    made = model(module)
    history = made.fit(epochs=2, verbose=0, **arguments)
    return history.history, made.get_weights()


@pytest.mark.parametrize("name", [*ARRAYS, *BATCHES])
def test_as_keras(name: str, both: Any) -> None:
    both(lambda module: fit(module, {**ARRAYS, **BATCHES}[name]))


@pytest.mark.parametrize("name", [*ARRAYS, *BATCHES, *OURS])
@pytest.mark.parametrize("more", [{}, {"class_weight": CLASS_WEIGHT}], ids=["plain", "class_weight"])
def test_as_arrays(name: str, more: Any) -> None:
    expected_history, expected_weights = fit(torchkeras, ARRAYS["numpy"], **more)
    history, weights = fit(torchkeras, {**ARRAYS, **BATCHES, **OURS}[name], **more)
    assert history.keys() == expected_history.keys()
    for key, values in expected_history.items():
        np.testing.assert_allclose(history[key], values, rtol=1e-5)
    for one, other in zip(weights, expected_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_class_weight_as_keras(both: Any) -> None:
    # real Keras refuses them for loaders and generators
    both(lambda module: fit(module, ARRAYS["numpy"], class_weight=CLASS_WEIGHT))


def test_class_weight_with_one_hot_targets(both: Any) -> None:
    def run(module: Any) -> Any:
        made = model(module)
        made.compile(module.optimizers.SGD(0.1), "categorical_crossentropy", weighted_metrics=["accuracy"])
        targets = np.eye(3, dtype="float32")[LABELS[:, 0]]
        return made.fit(X, targets, batch_size=BATCH, shuffle=False, verbose=0, class_weight=CLASS_WEIGHT).history

    both(run)


def test_sample_weight(both: Any) -> None:
    both(lambda module: fit(module, ARRAYS["numpy"], sample_weight=WEIGHTS))


def test_sample_weight_in_the_batches(both: Any) -> None:
    def triples(k: Any) -> Any:
        size = [torch.from_numpy(part) for part in (X, LABELS, WEIGHTS)]
        return {"x": loader(torch.utils.data.TensorDataset(*size))}

    got = both(lambda module: fit(module, triples))
    assert got[0]["loss"] == pytest.approx(fit(torchkeras, ARRAYS["numpy"], sample_weight=WEIGHTS)[0]["loss"])


def test_sample_weight_and_class_weight_multiply() -> None:
    history, _ = fit(torchkeras, ARRAYS["numpy"], sample_weight=WEIGHTS, class_weight=CLASS_WEIGHT)
    product = WEIGHTS * np.array([CLASS_WEIGHT[label] for label in LABELS[:, 0]], "float32")
    expected, _ = fit(torchkeras, ARRAYS["numpy"], sample_weight=product)
    assert history["loss"] == pytest.approx(expected["loss"])


# Validation.


@pytest.mark.parametrize(
    "validation",
    [
        lambda k: {"validation_split": 0.3},
        lambda k: {"validation_data": (X[:7], LABELS[:7])},
        lambda k: {"validation_data": (X[:7], LABELS[:7], WEIGHTS[:7])},
        lambda k: {"validation_data": pydataset(k)},
        lambda k: {"validation_data": loader(Rows())},
        lambda k: {"validation_data": (X, LABELS), "validation_batch_size": 5, "validation_steps": 2},
        lambda k: {"validation_split": 0.25, "validation_freq": 2},
        lambda k: {"validation_split": 0.25, "validation_freq": [1]},
        lambda k: {"validation_split": 0.25, "sample_weight": WEIGHTS},
    ],
)
def test_validation(validation: Any, both: Any) -> None:
    both(lambda module: fit(module, ARRAYS["numpy"], **validation(module)))


def test_a_validation_generator_goes_on() -> None:
    taken = []

    def counted() -> Any:
        for index, batch in enumerate(endless()):
            taken.append(index)
            yield batch

    history, _ = fit(torchkeras, ARRAYS["numpy"], validation_data=counted(), validation_steps=2)
    assert len(history["val_loss"]) == 2
    assert taken[:4] == [0, 1, 2, 3]


# Evaluate and predict.


@pytest.mark.parametrize("name", [*ARRAYS, *BATCHES])
def test_evaluate_and_predict(name: str, both: Any) -> None:
    def run(module: Any) -> Any:
        arguments = {**ARRAYS, **BATCHES}[name](module)
        steps = arguments.pop("steps_per_epoch", None)
        more = {"steps": steps} if steps else {}
        if "y" in arguments:
            more["batch_size"] = BATCH
        made = model(module)
        scores = made.evaluate(**arguments, **more, verbose=0)
        again = {**ARRAYS, **BATCHES}[name](module)["x"]
        return scores, made.predict(again, **more, verbose=0)

    both(run)


def test_evaluate_forms(both: Any) -> None:
    def run(module: Any) -> Any:
        made = model(module)
        weighted = made.evaluate(X, LABELS, sample_weight=WEIGHTS, batch_size=7, verbose=0)
        return weighted, made.evaluate(X, LABELS, return_dict=True, verbose=0), made.metrics_names[0]

    both(run)


def test_predict_gives_arrays_on_the_host() -> None:
    outputs = model(torchkeras).predict(torch.from_numpy(X), verbose=0)
    assert isinstance(outputs, np.ndarray)
    assert outputs.shape == (ROWS, 3)
    assert outputs.dtype == np.float32


# Several inputs.


def two_inputs(module: Any) -> Any:
    a, b = module.Input((4,), name="a"), module.Input((1,), name="b")
    outputs = module.layers.Dense(1)(module.layers.concatenate([a, b]))
    made = module.Model([a, b], outputs)
    made.set_weights([np.full((5, 1), 0.2), np.zeros(1)])
    made.compile("sgd", "mse")
    return made


@pytest.mark.parametrize(
    "x",
    [
        [X, LABELS.astype("float32")],
        {"a": X, "b": LABELS.astype("float32")},
        [torch.tensor(X), torch.tensor(LABELS)],
        [pandas.DataFrame(X), pandas.DataFrame(LABELS)],
    ],
    ids=["list", "dict", "tensors", "frames"],
)
def test_several_inputs(x: Any, both: Any) -> None:
    def run(module: Any) -> Any:
        made = two_inputs(module)
        history = made.fit(x, WEIGHTS, batch_size=BATCH, shuffle=False, verbose=0, epochs=2, validation_split=0.2)
        return history.history, made.predict(x, verbose=0), made.evaluate(x, WEIGHTS, verbose=0)

    both(run)


def test_shuffling_goes_through_all_rows() -> None:
    seen = []

    class Watching(torchkeras.Model):
        def train_step(self, data: Any) -> Any:
            seen.append(data[0][:, 0])
            return {"loss": 0.0}

    watching = Watching()
    watching.compile()
    rows = np.arange(50, dtype="float32")[:, None]
    watching.fit(rows, rows, batch_size=8, epochs=2, verbose=0)
    first, second = torch.cat(seen[:7]), torch.cat(seen[7:])
    assert not torch.equal(first, second)
    assert not torch.equal(first, torch.arange(50.0))
    assert torch.equal(first.sort().values, torch.arange(50.0))
    assert torch.equal(second.sort().values, torch.arange(50.0))


def test_a_generator_goes_on_in_the_next_fit() -> None:
    def batches() -> Any:
        while True:
            yield np.ones((4, 2), "float32"), np.ones((4, 1), "float32")

    model = torchkeras.Sequential([torchkeras.Input((2,)), torchkeras.layers.Dense(1)])
    model.compile("sgd", "mse")
    endless = batches()
    for _ in range(3):
        assert len(model.fit(endless, steps_per_epoch=3, verbose=0).history["loss"]) == 1


# Old names.


@pytest.mark.parametrize("make", [endless, lambda: pydataset(torchkeras)], ids=["generator", "Sequence"])
def test_the_names_of_keras_2(make: Any) -> None:
    made, today = model(torchkeras), model(torchkeras)
    steps, more = 3, {"validation_data": (X, LABELS), "class_weight": CLASS_WEIGHT, "epochs": 2, "verbose": 0}
    with pytest.warns(DeprecationWarning, match="`fit_generator` is an old name; use `fit`"):
        history = made.fit_generator(make(), steps, workers=2, shuffle=False, **more).history
    assert history == today.fit(make(), steps_per_epoch=steps, shuffle=False, **more).history
    with pytest.warns(DeprecationWarning, match="use `evaluate`"):
        assert made.evaluate_generator(make(), steps) == today.evaluate(make(), steps=steps, verbose=0)
    with pytest.warns(DeprecationWarning, match="use `predict`"):
        predicted = made.predict_generator(make(), steps, max_queue_size=3)
    np.testing.assert_array_equal(predicted, today.predict(make(), steps=steps, verbose=0))


def test_a_sequence_is_loaded_as_the_old_call_says() -> None:
    data = pydataset(torchkeras)
    with pytest.warns(DeprecationWarning, match="fit_generator"):
        model(torchkeras).fit_generator(data, verbose=0, workers=3, max_queue_size=4)
    assert (data.workers, data.max_queue_size, data.use_multiprocessing) == (3, 4, False)
