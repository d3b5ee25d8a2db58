"""`LearningRateFinder` finds a rate and leaves no trace."""

import copy
import math
import random

import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import layers
from torchkeras.extras import LearningRateFinder

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(96, 4)).astype("float32")
Y = (X @ GENERATOR.normal(size=(4, 1))).astype("float32")


def model(optimizer="adam", **arguments):
    torchkeras.utils.set_random_seed(3)
    made = torchkeras.Sequential(
        [
            torchkeras.Input((4,)),
            layers.Dense(8, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.3, seed=5),
            layers.Dense(1),
        ]
    )
    made.compile(optimizer, "mse", metrics=["mae"], **arguments)
    return made


def state(made):
    """All that training changes."""
    return {
        "weights": {name: value.clone() for name, value in made.state_dict().items()},
        "optimizer": [np.array(value) for value in made.optimizer.get_weights()],
        "rate": float(made.optimizer.learning_rate),
        "seeds": [variable.numpy() for variable in made.variables if "seed" in variable.path],
        "random": (torch.get_rng_state(), random.getstate(), np.random.get_state()[1]),
        "history": made.history,
    }


def flat(value):
    if isinstance(value, dict):
        return [item for name in value for item in (name, *flat(value[name]))]
    if isinstance(value, (list, tuple)):
        return [item for each in value for item in flat(each)]
    return [value.tolist() if hasattr(value, "tolist") else value]


@pytest.mark.parametrize("optimizer", ["sgd", "adam", torchkeras.optimizers.Nadam(0.01, use_ema=True)])
@pytest.mark.parametrize("trained", [False, True])
def test_everything_is_put_back(optimizer, trained):
    made = model(copy.deepcopy(optimizer))
    if trained:
        made.fit(X, Y, epochs=2, verbose=0)
    else:
        made.optimizer.build(made.trainable_variables)
    before = state(made)
    finder = LearningRateFinder(1e-4, 10, steps=12).run(made, X, Y, batch_size=32)
    assert len(finder.rates) > 3
    assert flat(state(made)) == flat(before)


def test_training_afterwards_is_as_without_it():
    histories = []
    for find in (False, True):
        made = model()
        if find:
            LearningRateFinder(1e-4, 1, steps=10).run(made, X, Y, validation_split=0.25)
        histories.append(made.fit(X, Y, epochs=3, verbose=0).history)
    assert histories[0] == histories[1]


def test_rates_rise_by_one_factor_and_losses_are_those_of_single_batches():
    made, seen = model("sgd"), []
    finder = LearningRateFinder(1e-3, 1e-1, steps=5)

    class Note(torchkeras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(float(self.model.optimizer.learning_rate))

    finder.run(made, X, Y, callbacks=[Note()], shuffle=False)
    assert finder.rates == pytest.approx([1e-3, 10**-2.5, 1e-2, 10**-1.5, 1e-1])
    assert seen == pytest.approx(finder.rates)
    # with no step yet the first loss is that of the untouched model in training mode
    made.train()
    expected = torch.nn.functional.mse_loss(made(torch.from_numpy(X[:32])), torch.from_numpy(Y[:32]))
    assert finder.losses[0] == pytest.approx(float(expected.detach()), rel=1e-5)


def test_a_loss_that_blows_up_ends_the_test():
    finder = LearningRateFinder(1e-3, 1e6, steps=60).run(model("sgd"), X, Y)
    assert len(finder.rates) == len(finder.losses) < 60
    assert all(map(math.isfinite, finder.losses))
    assert 1e-3 <= finder.suggestion < 1


def test_the_suggestion_is_a_tenth_of_the_best_rate_and_trains_well():
    made = model()
    finder = LearningRateFinder(1e-6, 10, steps=80).run(made, X, Y)
    best = finder.rates[int(np.argmin(finder.smoothed))]
    assert finder.suggestion == pytest.approx(best / 10)
    losses = {}
    for rate in (1e-6, finder.suggestion):
        made = model(torchkeras.optimizers.Adam(rate))
        losses[rate] = made.fit(X, Y, epochs=8, verbose=0).history["loss"][-1]
    assert losses[finder.suggestion] < losses[1e-6] / 2


def test_it_is_also_a_callback_of_fit():
    made, finder = model(), LearningRateFinder(1e-4, 1e-1, steps=7)
    weights = made.get_weights()
    made.fit(X, Y, batch_size=16, epochs=50, verbose=0, callbacks=[finder])
    assert len(finder.losses) == 7
    assert all((a == b).all() for a, b in zip(weights, made.get_weights(), strict=True))


def test_it_puts_back_what_an_error_left(tmp_path):
    class Breaks(torchkeras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                raise RuntimeError("broken")

    made = model()
    before = made.get_weights()
    with pytest.raises(RuntimeError, match="broken"):
        LearningRateFinder().run(made, X, Y, callbacks=[Breaks()])
    assert all((a == b).all() for a, b in zip(before, made.get_weights(), strict=True))


def test_a_schedule_is_refused():
    schedule = torchkeras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    with pytest.raises(ValueError, match="follows a schedule; compile the model with a number"):
        LearningRateFinder().run(model(torchkeras.optimizers.SGD(schedule)), X, Y)


@pytest.mark.parametrize(
    "wrong", [{"lowest": 0}, {"lowest": 1, "highest": 0.1}, {"steps": 1}, {"divergence": 1}]
)  # fmt: skip
def test_a_range_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="expected 0 < lowest < highest"):
        LearningRateFinder(**wrong)


def test_the_plot(tmp_path):
    finder = LearningRateFinder(1e-4, 10, steps=15)
    assert finder.suggestion is None
    finder.run(model(), X, Y)
    figure = finder.plot(tmp_path / "rates.png")
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    curves = {line.get_label().split()[0]: line for line in axes.lines}
    assert curves["loss"].get_ydata().tolist() == finder.losses
    assert curves["smoothed"].get_ydata().tolist() == finder.smoothed
    assert curves["suggestion"].get_xdata()[0] == finder.suggestion
    assert (tmp_path / "rates.png").stat().st_size > 5000
