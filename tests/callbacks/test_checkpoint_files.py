"""The files of `ModelCheckpoint`, read back by torchkeras and by real Keras."""

import re

import keras
import numpy as np
import pytest

import torchkeras
from torchkeras import callbacks

X = np.random.default_rng(0).random((24, 3), dtype="float32")
Y = X.sum(1, keepdims=True)
# inside of Keras
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def model(module=torchkeras, rate=0.05):
    module.backend.clear_session()  # safetensors goes by names
    made = module.Sequential([module.Input((3,)), module.layers.Dense(4, activation="tanh"), module.layers.Dense(1)])
    shapes = [(3, 4), (4,), (4, 1), (1,)]
    made.set_weights([np.linspace(-1, 1, np.prod(shape), dtype="float32").reshape(shape) for shape in shapes])
    made.compile(module.optimizers.SGD(rate, momentum=0.9), "mse", metrics=["mae"])
    return made


class Weights(callbacks.Callback):
    """The weights at the end of each epoch."""

    def on_train_begin(self, logs=None):
        self.epochs = []

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(self.model.get_weights())


Weights.on_epoch_end.__module__ = "torchkeras"  # it adds nothing to the logs


def trained(path, **arguments):
    """The weights of each of three epochs."""
    weights = Weights()
    checkpoint = callbacks.ModelCheckpoint(path, **arguments)
    model().fit(X, Y, batch_size=8, epochs=3, verbose=0, shuffle=False, callbacks=[checkpoint, weights])
    return weights.epochs


def same(ours, theirs):
    return all(np.array_equal(mine, np.asarray(other)) for mine, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("reader", [torchkeras, keras])
@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_models(tmp_path, reader, ending):
    epochs = trained(tmp_path / f"{{epoch:02d}}-{{loss:.3f}}.{ending}")
    files = sorted(tmp_path.iterdir())
    assert [re.fullmatch(rf"(\d\d)-\d\.\d{{3}}\.{ending}", file.name).group(1) for file in files] == ["01", "02", "03"]
    for file, weights in zip(files, epochs, strict=True):
        # Keras can't read the losses of its own `.h5` files
        assert same(weights, reader.models.load_model(file, compile=ending == "keras").get_weights())


@pytest.mark.parametrize("reader", [torchkeras, keras])
def test_weights(tmp_path, reader):
    epochs = trained(tmp_path / "{epoch}.weights.h5", save_weights_only=True)
    for epoch, weights in enumerate(epochs, 1):
        made = model(reader)
        made.optimizer.build(made.trainable_variables)
        made.load_weights(tmp_path / f"{epoch}.weights.h5")
        assert same(weights, made.get_weights())
        assert int(made.optimizer.iterations) == 3 * epoch


PATHS = [("a.hdf5", False), ("{epoch:02d}.hdf5", False), ("a.safetensors", True), ("a.h5", True)]
PATHS += [("weights.{epoch:02d}.hdf5", True)]


@pytest.mark.filterwarnings("ignore:Weights in a file named as Keras 2 does:DeprecationWarning")
@pytest.mark.parametrize(("path", "weights_only"), PATHS)
def test_paths_of_old_scripts_and_others(tmp_path, path, weights_only):
    epochs = trained(tmp_path / path, save_weights_only=weights_only)
    file, made = tmp_path / path.format(epoch=3), model()
    if weights_only:
        made.load_weights(file)
    else:
        made = torchkeras.models.load_model(file, compile=False)
    assert same(epochs[-1], made.get_weights())


def test_weights_under_an_old_name_are_those_of_keras_2(tmp_path):
    with pytest.warns(
        DeprecationWarning, match=r"are written in its format: .*a\.h5\. Today's name ends in `\.weights\.h5`"
    ):
        epochs = trained(tmp_path / "a.h5", save_weights_only=True)
    made = model(keras)
    made.load_weights(tmp_path / "a.h5")
    assert same(epochs[-1], made.get_weights())


def test_only_the_best_is_kept(tmp_path):
    weights = Weights()
    checkpoint = callbacks.ModelCheckpoint(tmp_path / "best.keras", "loss", save_best_only=True)
    made = model(rate=0.9)  # too much: it gets worse
    history = made.fit(X, Y, batch_size=8, epochs=6, verbose=0, shuffle=False, callbacks=[checkpoint, weights]).history
    best = int(np.argmin(history["loss"]))
    assert best < 5
    assert same(weights.epochs[best], torchkeras.models.load_model(tmp_path / "best.keras").get_weights())
    assert [path.name for path in tmp_path.iterdir()] == ["best.keras"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"save_best_only": True},
        {"save_best_only": True, "monitor": "val_mae"},
        {"save_weights_only": True},
        {"save_freq": 4},
        {"save_freq": 2, "save_best_only": True, "monitor": "loss"},
    ],
)
def test_a_training_prints_and_saves_what_keras_does(tmp_path, arguments, capsys):
    texts, files = [], []
    ending = "weights.h5" if "save_weights_only" in arguments else "keras"
    for module in (keras, torchkeras):
        folder = tmp_path / module.__name__
        folder.mkdir()
        batch = "-{batch}" if "save_freq" in arguments else ""
        checkpoint = module.callbacks.ModelCheckpoint(folder / f"{{epoch}}{batch}.{ending}", verbose=1, **arguments)
        made = model(module)
        made.fit(X, Y, batch_size=8, epochs=3, verbose=2, shuffle=False, validation_split=0.3, callbacks=[checkpoint])
        text = capsys.readouterr().out.replace(str(folder), "")
        texts.append(re.sub(r"\d+(s|ms|us)", "T", text))
        files.append(sorted(path.name for path in folder.iterdir()))
    assert texts[1] == texts[0]
    assert files[1] == files[0] != []


def test_averaged_weights_are_saved_with_swap_ema_weights(tmp_path):
    made = model()
    made.compile(torchkeras.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.5), "mse")
    swap, checkpoint = callbacks.SwapEMAWeights(swap_on_epoch=True), callbacks.ModelCheckpoint(tmp_path / "a.keras")
    averages = []
    before = callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: averages.append(
            [average.numpy() for average in made.optimizer._model_variables_moving_average]
        )
    )
    made.fit(X, Y, epochs=1, verbose=0, callbacks=[before, swap, checkpoint])
    assert same(averages[0], torchkeras.models.load_model(tmp_path / "a.keras").get_weights())
