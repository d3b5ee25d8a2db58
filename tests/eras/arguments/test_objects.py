"""Old arguments of other objects and of functions; and the table as a whole."""

import numpy as np
import pytest

import torchkeras
from torchkeras import callbacks, constraints, initializers, layers, models, optimizers, regularizers, utils
from torchkeras._eras import _arguments

X, Y = np.ones((8, 3), "float32"), np.ones((8, 1), "float32")


def small_model():
    inputs = torchkeras.Input((3,))
    model = models.Model(inputs, layers.Dense(1, kernel_initializer="ones")(inputs))
    model.compile("sgd", "mse")
    return model


OBJECTS = [
    (lambda: regularizers.l2(l=0.5), lambda: regularizers.l2(0.5)),
    (lambda: regularizers.l1(l=0.5), lambda: regularizers.l1(0.5)),
    (lambda: constraints.MaxNorm(m=3), lambda: constraints.MaxNorm(3)),
    (lambda: initializers.RandomUniform(scale=0.5), lambda: initializers.RandomUniform(-0.5, 0.5)),
    (lambda: initializers.RandomNormal(scale=0.5), lambda: initializers.RandomNormal(stddev=0.5)),
    (lambda: initializers.Orthogonal(scale=1.1), lambda: initializers.Orthogonal(1.1)),
    (lambda: initializers.Identity(scale=2.0), lambda: initializers.Identity(2.0)),
    (lambda: initializers.VarianceScaling(distribution="normal"),
     lambda: initializers.VarianceScaling(distribution="truncated_normal")),
    (lambda: optimizers.SGD(0.1, 0.9, 0.0, True), lambda: optimizers.SGD(0.1, 0.9, True)),
    (lambda: optimizers.Adam(0.1, 0.8, 0.9, None, 0.0, True), lambda: optimizers.Adam(0.1, 0.8, 0.9, None, True)),
    (lambda: callbacks.ProgbarLogger("samples"), lambda: callbacks.ProgbarLogger()),
    (lambda: callbacks.ProgbarLogger(stateful_metrics=["acc"]), lambda: callbacks.ProgbarLogger()),
    (lambda: optimizers.Adam(lr=0.1), lambda: optimizers.Adam(0.1)),
]  # fmt: skip


@pytest.mark.parametrize(("old_call", "today"), OBJECTS)
def test_objects(old_call, today, told):
    made, texts = told(old_call)
    expected, silence = told(today)
    if hasattr(made, "get_config"):
        assert {**made.get_config(), "name": "", "seed": 0} == {**expected.get_config(), "name": "", "seed": 0}
    assert len(texts) == 1
    assert silence == []


def test_every_object_row_is_tested():
    tested = {type(today()).__name__ for _, today in OBJECTS}
    assert {path.rpartition(".")[2] for path in _arguments.object_tables()} <= tested


def test_functions(tmp_path, told):
    made, texts = told(lambda: utils.to_categorical(y=[0, 2], nb_classes=4, dtype="int32"))
    assert (made.dtype, made.tolist(), len(texts)) == ("int32", [[1, 0, 0, 0], [0, 0, 1, 0]], 3)
    made, texts = told(lambda: utils.to_categorical([0, 2], 4, "uint8"))
    assert (made.dtype, made.shape, len(texts)) == ("uint8", (2, 4), 1)
    path = str(tmp_path / "grey.png")
    utils.save_img(path, np.zeros((4, 6, 3)))
    for call in (
        lambda: utils.load_img(path, grayscale=True, target_size=(2, 3)),
        lambda: torchkeras.preprocessing.image.load_img(path, True, (2, 3)),
        lambda: utils.load_img(path, True, "rgb", (2, 3)),
    ):
        image, texts = told(call)
        assert (image.mode, image.size, len(texts)) == ("L", (3, 2), 1)
    image, texts = told(lambda: utils.load_img(path, False, (2, 3)))
    assert (image.mode, image.size) == ("RGB", (3, 2))


# The table as a whole.


def test_uninstalling_puts_everything_back():
    if len(_arguments._wrapped.before) == 0:
        pytest.skip("installed by another")
    owners = [(owner, name) for owner, name, _ in _arguments._wrapped.before]
    before = [vars(owner)[name] for owner, name in owners]
    _arguments.uninstall()
    try:
        assert layers.Convolution2D is layers.Conv2D
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'units'"):
            layers.Dense(output_dim=3)
        with pytest.raises(TypeError, match="nb_epoch"):
            small_model().fit(X, Y, nb_epoch=1)
    finally:
        _arguments.install()
    assert [vars(owner)[name] is not was for (owner, name), was in zip(owners, before)] == [True] * len(owners)
    assert [(owner, name) for owner, name, _ in _arguments._wrapped.before] == owners


def test_todays_calls_pass_through_unread(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the table was read")

    monkeypatch.setattr(_arguments._wrapping.Table, "translate", refuse)
    layers.Dense(3, activation="relu", kernel_initializer="he_normal", input_shape=(3,))
    layers.LSTM(3, return_sequences=True, dropout=0.1)
    small_model().fit(X, Y, epochs=1, batch_size=4, verbose=0)
    optimizers.Adam(1e-3, beta_1=0.8)
