"""Old arguments of models: how they are made, compiled, trained, asked and saved."""

import numpy as np
import pytest

import torchkeras
from torchkeras import layers, models, utils
from torchkeras._eras._arguments import _model_rows

X, Y = np.ones((8, 3), "float32"), np.ones((8, 1), "float32")


def small_model():
    inputs = torchkeras.Input((3,))
    model = models.Model(inputs, layers.Dense(1, kernel_initializer="ones")(inputs))
    model.compile("sgd", "mse")
    return model


def batches(counted):
    while True:
        counted.append(1)
        yield X[:4], Y[:4]


@pytest.mark.parametrize(
    ("given", "new"),
    [
        ({"nb_epoch": 2}, {"epochs": 2}),
        ({"show_accuracy": True}, {}),
        ({"show_accuracy": False}, {}),
        ({"class_weight": "auto"}, {}),
        ({"class_weight": [1.0, 2.0]}, {}),
        ({"class_weight": np.ones(2)}, {}),
        ({"workers": 4, "use_multiprocessing": True, "max_queue_size": 5}, {}),
    ],
)
def test_fit(given, new, told):
    history, texts = told(lambda: small_model().fit(X, Y, verbose=0, **given))
    expected = small_model().fit(X, Y, verbose=0, **new)
    assert history.history["loss"] == pytest.approx(expected.history["loss"])
    rows = {word: row for row in _model_rows.METHODS["fit"].rows for word in row.old}
    assert texts == [f"Model.fit: {rows[next(iter(given))].said_of(given)}."]


def test_accuracy_is_shown_where_it_is_asked_for(told):
    model = small_model()
    optimizer = model.optimizer
    history, _ = told(lambda: model.fit(X, Y, show_accuracy=True, verbose=0))
    assert set(history.history) == {"loss", "accuracy"}
    (loss, accuracy), texts = told(lambda: model.evaluate(X, Y, show_accuracy=True, verbose=0))
    assert (loss, 0 <= accuracy <= 1) == (model.evaluate(X, Y, verbose=0), True)
    assert texts == ['Model.evaluate: `show_accuracy=` is now `compile(..., metrics=["accuracy"])`.']
    assert (model.optimizer is optimizer, int(optimizer.iterations)) == (True, 1)
    model.compile("sgd", "mse", metrics=["mae"])
    assert len(told(lambda: model.evaluate(X, Y, show_accuracy=True, verbose=0))[0]) == 2


def test_loading_is_said_to_the_data(told):
    class Data(utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return X[:4], Y[:4]

    data = Data()
    told(lambda: small_model().fit(data, verbose=0, nb_worker=2))
    assert (data.workers, data.max_queue_size) == (2, 10)


def test_samples_are_counted_as_in_keras_1(told):
    taken, looked = [], []
    model = small_model()
    history, texts = told(
        lambda: model.fit_generator(
            batches(taken),
            samples_per_epoch=10,
            nb_epoch=2,
            validation_data=batches(looked),
            nb_val_samples=4,
            verbose=0,
        )
    )
    assert len(history.history["val_loss"]) == 2
    assert len(taken) == 6  # 10 samples are 3 batches of 4
    assert len(looked) == 2
    assert len(texts) == 4  # three words, and `fit_generator` itself
    taken.clear()
    told(lambda: model.fit_generator(batches(taken), 10, nb_epoch=2, verbose=0))
    assert len(taken) == 6
    taken.clear()
    told(lambda: model.fit_generator(batches(taken), 10, 1, verbose=0))
    assert len(taken) == 10  # without a word of Keras 1, steps
    taken.clear()
    told(lambda: model.evaluate_generator(batches(taken), val_samples=8))
    assert len(taken) == 2
    predicted, _ = told(lambda: model.predict_generator(batches([]), val_samples=8))
    assert predicted.shape == (8, 1)


def test_how_many_batches_hold_the_samples():
    class Sized:
        batch_size = 32

    data = Sized()
    assert _model_rows.batches_of(data, 100) == (data, 4)
    with pytest.raises(ValueError, match=r"100 samples are asked of .*, but its batch size is unknown: give steps"):
        _model_rows.batches_of(object(), 100)


COMPILED = [
    ({"class_mode": "categorical"}, None),
    ({"sample_weight_mode": "temporal"}, None),
    ({"target_tensors": None}, None),
    ({"options": None}, None),
    ({"metrics": "mae"}, None),
    ({"experimental_steps_per_execution": 2}, None),
    ({"target_tensors": [1]}, "Model.compile: `target_tensors=.*` is not supported: targets come with"),
    ({"distribute": "mirrored"}, "`distribute='mirrored'` is not supported: start the script with `torchrun`"),
]


@pytest.mark.parametrize(("given", "error"), COMPILED)
def test_compile(given, error, told):
    model = small_model()
    if error is not None:
        with pytest.raises(ValueError, match=error):
            model.compile("sgd", "mse", **given)
        return
    _, texts = told(lambda: model.compile("sgd", "mse", **given))
    assert len(texts) == 1
    assert model.steps_per_execution == given.get("experimental_steps_per_execution", 1)


def test_metrics_in_third_place(told):
    model = small_model()
    _, texts = told(lambda: model.compile("sgd", "mse", ["mae"]))
    assert set(model.evaluate(X, Y, verbose=0, return_dict=True)) == {"loss", "mae"}
    today = "optimizer='sgd', loss='mse', metrics=['mae']"
    assert texts == [f"Model.compile: an old order of positional arguments; today write `{today}`."]
    assert told(lambda: model.compile("sgd", "mse", [2.0]))[1] == []  # today's order


def test_saving(tmp_path, told):
    path = str(tmp_path / "w.weights.h5")
    _, texts = told(lambda: small_model().save_weights(path, save_format="h5"))
    assert texts == ["Model.save_weights: `save_format=` has no effect: the path's ending says it."]
    told(lambda: small_model().save(str(tmp_path / "m.keras"), options=None, signatures=None))


def test_models(told):
    inputs = torchkeras.Input((3,))
    outputs = layers.Dense(1)(inputs)
    model, texts = told(lambda: models.Model(input=inputs, output=outputs, name="old"))
    assert (model.output_shape, model.name) == ((None, 1), "old")
    assert texts == ["Model: `input=` is now called `inputs=`.", "Model: `output=` is now called `outputs=`."]

    class Mine(models.Model):
        def __init__(self):
            super().__init__(input=inputs, output=outputs)

    assert told(Mine)[0].predict(X, verbose=0).shape == (8, 1)
    named, texts = told(lambda: models.Sequential([layers.Dense(1)], "mine"))
    assert (named.name, len(texts)) == ("mine", 1)
