"""The loops themselves: steps seen as one, limits from the environment, where epochs begin."""

import warnings
from typing import Any

import keras
import numpy as np
import pytest

import torchkeras
from torchkeras import _settings

X = np.arange(20.0, dtype="float32")[:, None]


class Hears(torchkeras.callbacks.Callback):
    """Lists the batch hooks."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.heard.append(("begin", batch))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.heard.append(("end", batch, sorted(logs)))

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.heard.append(("test begin", batch))

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self.heard.append(("test end", batch, sorted(logs)))

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.heard.append(("predict begin", batch))

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        self.heard.append(("predict end", batch, tuple(logs["outputs"].shape)))


def model_with(steps: Any) -> Any:
    model = torchkeras.Sequential([torchkeras.Input((1,)), torchkeras.layers.Dense(1)])
    model.compile(torchkeras.optimizers.SGD(1e-4), "mse", steps_per_execution=steps)
    return model


def groups(begin: str, end: str, *more: Any) -> list[Any]:
    """What callbacks hear of seven batches of three rows, the last one of two, in groups of three."""
    firsts, lasts = (0, 3, 6), (2, 5, 6)
    rest = more or (["loss"],) * 3
    return [hook for a, b, c in zip(firsts, lasts, rest) for hook in ((begin, a), (end, b, c))]


def test_callbacks_hear_of_groups_of_steps() -> None:
    model, told = model_with(3), Hears()
    model.fit(X, X, batch_size=3, validation_data=(X, X), verbose=0, callbacks=[told])
    assert told.heard == groups("begin", "end") + groups("test begin", "test end")
    told = Hears()
    model.evaluate(X, X, batch_size=3, verbose=0, callbacks=[told])
    assert told.heard == groups("test begin", "test end")
    told = Hears()
    outputs = model.predict(X, batch_size=3, verbose=0, callbacks=[told])
    assert told.heard == groups("predict begin", "predict end", (9, 1), (9, 1), (2, 1))
    np.testing.assert_allclose(outputs, model_like(model).predict(X, verbose=0), rtol=1e-6)


def model_like(model: Any) -> Any:
    other = model_with(1)
    other.set_weights(model.get_weights())
    return other


def test_groups_train_alike() -> None:
    one, three = model_with(1), model_with(3)
    three.set_weights(one.get_weights())
    histories = [model.fit(X, X, batch_size=3, shuffle=False, verbose=0).history for model in (one, three)]
    assert histories[0] == histories[1]
    np.testing.assert_array_equal(one.get_weights()[0], three.get_weights()[0])


class Seen(torchkeras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.seen.append((epoch, self.params["steps"]))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.seen.append(batch)


@pytest.mark.parametrize(("most", "batches"), [(2, 2), (7, 5)])
def test_limits_from_the_environment(most: int, batches: int) -> None:
    found, said = [], []
    for module in (torchkeras, keras):
        told = type("Told", (module.callbacks.Callback,), {**vars(Seen), "__init__": lambda self: None})()
        told.seen = []
        model = module.Sequential([module.layers.Input((1,)), module.layers.Dense(1)])
        model.compile("sgd", "mse")
        module.config.set_max_steps_per_epoch(most)
        module.config.set_max_epochs(2)
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                history = model.fit(X, X, batch_size=4, epochs=3, verbose=0, callbacks=[told])
        finally:
            module.config.set_max_steps_per_epoch(None)
            module.config.set_max_epochs(None)
        assert [each for each in told.seen if isinstance(each, int)] == [*range(batches)] * 2
        found.append(history.epoch)
        said.append([str(each.message) for each in caught])
    assert found == [[0, 1], [0, 1]]
    assert all(any("Limiting epochs to 2" in text for text in texts) for texts in said)
    # Keras warns of a limit above the number of batches as well, and that the data ends before it
    assert any("Limiting steps_per_epoch to" in text for text in said[0]) is (most < 5)


def test_a_limit_holds_for_every_loop() -> None:
    _settings.max_steps_per_epoch = 2
    model, told = model_with(1), Hears()
    limiting = r"Limiting steps_per_epoch to 2, as KERAS_MAX_STEPS_PER_EPOCH says"
    with pytest.warns(UserWarning, match=limiting):
        model.evaluate(X, X, batch_size=4, verbose=0, callbacks=[told])
    with pytest.warns(UserWarning, match=limiting):
        assert len(model.predict(X, batch_size=4, verbose=0)) == 8
    assert [hook[1] for hook in told.heard] == [0, 0, 1, 1]


def test_epochs_go_on_in_the_data_where_steps_are_limited() -> None:
    """Two steps an epoch out of five batches: as in Keras, the next epoch takes the third and the fourth."""
    batches: list[float] = []

    class Notes(torchkeras.Sequential):
        def train_step(self, data: Any) -> Any:
            batches.append(float(data[0][0]))
            return super().train_step(data)

    model = Notes([torchkeras.Input((1,)), torchkeras.layers.Dense(1)])
    model.compile(torchkeras.optimizers.SGD(1e-4), "mse")
    with pytest.warns(UserWarning, match=r"fit: the data ended after 1 of 2 steps"):
        model.fit(X, X, batch_size=4, epochs=3, steps_per_epoch=2, shuffle=False, verbose=0)
    assert batches == [0.0, 4.0, 8.0, 12.0, 16.0]
