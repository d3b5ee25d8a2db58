"""`SwapEMAWeights` shows the averaged weights where real Keras does, and gives the averages at the end."""

import keras
import numpy as np
import pytest

import torchkeras
from torchkeras import callbacks

X = np.random.default_rng(0).random((40, 3)).astype("float32")
Y = X.sum(1, keepdims=True)
HOOKS = ("train_begin", "epoch_begin", "test_begin", "test_end", "epoch_end", "train_end", "predict_begin")


def model(module, **arguments):
    made = module.Sequential([module.Input((3,)), module.layers.Dense(1)])
    made.set_weights([np.linspace(-1, 1, 3, dtype="float32")[:, None], np.zeros(1, "float32")])
    made.compile(module.optimizers.SGD(0.05, **{"use_ema": True, "ema_momentum": 0.5, **arguments}), "mse")
    return made


def spy(module):
    """A callback that notes the first weights at every hook."""

    class Spy(module.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

    for hook in HOOKS:

        def note(self, *arguments, _hook=hook, **keywords):
            self.seen.append((_hook, np.asarray(self.model.get_weights()[0]).ravel().tolist()))

        setattr(Spy, f"on_{hook}", note)
    return Spy()


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # inside of Keras
@pytest.mark.parametrize("on_epoch", [False, True])
@pytest.mark.parametrize("validation", [False, True])
def test_the_weights_are_keras_at_every_hook(on_epoch, validation):
    seen = []
    for module in (keras, torchkeras):
        made, notes = model(module), spy(module)
        fit = {"validation_data": (X[:4], Y[:4])} if validation else {}
        swap = module.callbacks.SwapEMAWeights(on_epoch)
        made.fit(X, Y, batch_size=20, epochs=3, verbose=0, shuffle=False, callbacks=[swap, notes], **fit)
        made.fit(X, Y, batch_size=20, epochs=1, verbose=0, shuffle=False, callbacks=[swap, notes], **fit)
        made.evaluate(X, Y, verbose=0, callbacks=[swap, notes])
        made.predict(X, verbose=0, callbacks=[swap, notes])
        seen.append(notes.seen)
    assert [hook for hook, _ in seen[1]] == [hook for hook, _ in seen[0]]
    for (hook, ours), (_, theirs) in zip(seen[1], seen[0], strict=True):
        assert ours == pytest.approx(theirs, rel=1e-5), hook


class Stop(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = True


def test_a_training_that_stops_early_ends_with_the_averages():
    plain, swapped = model(torchkeras), model(torchkeras)
    plain.fit(X, Y, batch_size=20, epochs=1, verbose=0, shuffle=False)
    swap = callbacks.SwapEMAWeights(swap_on_epoch=True)
    swapped.fit(X, Y, batch_size=20, epochs=5, verbose=0, shuffle=False, callbacks=[swap, Stop()])
    assert swapped.get_weights()[0].tolist() == plain.get_weights()[0].tolist()
    assert not swap._ema_weights_in_model


def test_swapping_changes_neither_training_nor_the_slots():
    plain, swapped = model(torchkeras, momentum=0.9), model(torchkeras, momentum=0.9)
    histories = []
    for made, listed in ((plain, []), (swapped, [callbacks.SwapEMAWeights(swap_on_epoch=True)])):
        history = made.fit(X, Y, epochs=4, verbose=0, shuffle=False, validation_split=0.2, callbacks=listed)
        histories.append(history.history["loss"])
    assert histories[0] == histories[1]
    for ours, theirs in zip(swapped.optimizer.get_weights(), plain.optimizer.get_weights(), strict=True):
        assert (ours == theirs).all()


def test_an_optimizer_without_averages_is_refused_before_training():
    made = model(torchkeras, use_ema=False)
    before = made.get_weights()
    message = "SwapEMAWeights must be used when `use_ema=True` is set on the optimizer. Received: use_ema=False"
    for arguments in ({"validation_split": 0.2, "callbacks": callbacks.SwapEMAWeights()},
                      {"callbacks": callbacks.SwapEMAWeights(swap_on_epoch=True)}):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            made.fit(X, Y, verbose=0, **arguments)
    assert (made.get_weights()[0] == before[0]).all()
    made.fit(X, Y, verbose=0, callbacks=callbacks.SwapEMAWeights())  # it has nothing to do here, as in Keras
    with pytest.raises(ValueError, match="Received: use_ema=False"):
        made.evaluate(X, Y, verbose=0, callbacks=callbacks.SwapEMAWeights())
