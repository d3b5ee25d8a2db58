"""Every row of the table of old arguments: the old call does what today's does, with one warning that names today's."""

import inspect
import warnings

import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import callbacks, constraints, initializers, layers, models, optimizers, regularizers, utils
from torchkeras._eras import _arguments
from torchkeras._eras import layers as old
from torchkeras._eras._arguments import _layer_rows, _model_rows


@pytest.fixture(scope="module", autouse=True)
def installed():
    mine = not _arguments._wrapped.before
    _arguments.install()
    yield
    if mine:
        _arguments.uninstall()


def told(call):
    """What the call gives, and the texts of its DeprecationWarnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = call()
    assert [w.filename for w in caught] == [__file__] * len(caught)
    return result, [str(w.message) for w in caught if w.category is DeprecationWarning]


def config(layer):
    return {**layer.get_config(), "name": "", "seed": None, "input": layer._input_shape_argument}


# Layers, row by row.

NEEDED = {
    "units": 3, "filters": 4, "kernel_size": 3, "rate": 0.5, "stddev": 0.5, "input_dim": 5, "output_dim": 4,
    "target_shape": (2, 6), "n": 2, "dims": (2, 1), "axes": 1, "pool_size": 2, "height": 2, "width": 2, "factor": 1,
    "num_tokens": 4, "scale": 1.0, "bin_boundaries": [0.0], "num_bins": 4, "num_heads": 2, "key_dim": 2,
    "output_size": 2, "function": abs, "activation": "relu", "height_factor": 0.1, "width_factor": 0.1,
}  # fmt: skip
SAMPLES = {
    "negative_slope": 0.2,
    "size": 2, "padding": "same", "strides": 2, "data_format": "channels_last", "dilation_rate": 2, "use_bias": False,
    "dropout": 0.25, "recurrent_dropout": 0.25, "recurrent_activation": "relu", "axis": 1, **NEEDED,
}  # fmt: skip
# rows of more than a word: the old keywords and today's
SPECIAL = {
    "forget_bias_init": ({"forget_bias_init": "zero"}, {"unit_forget_bias": False}),
    "consume_less": ({"consume_less": "gpu"}, {}),
    "implementation": ({"implementation": 1}, {}),
    "unroll": ({"unroll": True}, {}),
    "time_major": ({"time_major": False}, {}),
    "mode": ({"mode": 0}, {}),
    "fused": ({"fused": True}, {}),
    "virtual_batch_size": ({"virtual_batch_size": None}, {}),
    "causal": ({"causal": False}, {}),
    "adjustment": ({"adjustment": None}, {}),
    "output_shape": ({"output_shape": (None, 8, 8, 4)}, {}),
    "dropout": ({"dropout": 0.0}, {}),
    "trainable": ({"trainable": False}, {}),
    "dynamic": ({"dynamic": True}, {}),
    "weights": ({"weights": None}, {}),
    "padding": ({"padding": (1, 2, 3, 4)}, {"padding": ((1, 2), (3, 4))}),
    "output_mode": ({"output_mode": "binary"}, {"output_mode": "multi_hot"}),
    "data_format": ({"data_format": "th"}, {"data_format": "channels_first"}),
    "input_dim": ({"input_dim": 6, "input_length": 7}, {"input_shape": (7, 6)}),
    "nb_row": ({"nb_row": 2, "nb_col": 3}, {"kernel_size": (2, 3)}),
    "kernel_dim1": ({"kernel_dim1": 1, "kernel_dim2": 2, "kernel_dim3": 3}, {"kernel_size": (1, 2, 3)}),
    "dim_ordering": ({"dim_ordering": "th"}, {"data_format": "channels_first"}),
}
# three sizes are no kernel of a 2-D convolution, and so on; abstract bases cannot be made
KERNELS = {"nb_row": "2D", "kernel_dim1": "3D"}
ABSTRACT = {"Layer", "Wrapper", "TorchLayer", "TorchModuleWrapper", "Bidirectional", "TimeDistributed", "RNN"}
ABSTRACT |= {
    "StackedRNNCells",
    "SpectralNormalization",
    "Pipeline",
    "InputLayer",
    "EinsumDense",
    "RandomElasticTransform",
}


def required(cls):
    parameters = inspect.signature(cls.__init__).parameters.values()
    return [p.name for p in parameters if (p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD)][1:]


ROWS = [
    (name, row)
    for name, cls in _arguments.layer_classes().items()
    if name not in ABSTRACT and {*required(cls)} <= NEEDED.keys()
    if "preprocessing" not in cls.__module__ or cls is layers.CategoryEncoding  # they have old words: below
    for row in _layer_rows.layer_rows(cls)
    if row.old[0] != "input_shape"  # of spatial dropout: below
    if KERNELS.get(row.old[0], "2D" if "1D" not in name else "") in name or row.old[0] not in KERNELS
]


def test_no_layer_of_keras_1_is_left_out():
    found = {name: cls for name, cls in _arguments.layer_classes().items() if "preprocessing" not in cls.__module__}
    for name in found.keys() - {name for name, _ in ROWS} - ABSTRACT:
        assert _layer_rows.layer_rows(found[name]) == _layer_rows.ON_ANY_LAYER, name


@pytest.mark.parametrize("name", ["TextVectorization", "StringLookup", "IntegerLookup"])
def test_output_modes_of_lookups(name):
    cls = getattr(layers, name, None)
    if cls is None:
        pytest.skip("not there yet")
    layer, texts = told(lambda: cls(output_mode="binary", **({} if name == "TextVectorization" else {"max_tokens": 5})))
    assert layer.get_config()["output_mode"] == "multi_hot"
    assert len(texts) == 1


def arguments(row):
    word = row.old[0]
    if word in SPECIAL and not (word == "dropout" and row.new):
        return SPECIAL[word]
    if row.new.endswith("_initializer"):
        value = "he_normal"
    elif row.new.endswith("_regularizer"):
        value = regularizers.L2(0.5)
    elif row.new.endswith("_constraint"):
        value = constraints.MaxNorm(3)
    else:
        value = SAMPLES[row.new]
    return {word: value}, {row.new: value}


def needed(cls, given):
    names = [*required(cls), *(["num_tokens"] if cls is layers.CategoryEncoding else [])]
    return {name: NEEDED[name] for name in names if name not in given}


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{name}-{row.old[0]}" for name, row in ROWS])
def test_layer_rows(name, row):
    cls = getattr(layers, name)
    before, new = arguments(row)
    given = needed(cls, new)
    layer, texts = told(lambda: cls(**given, **before))
    assert config(layer) == config(cls(**given, **new))
    assert texts == [f"{name}: {row.said_of(before)}."]
    if row.new:
        assert row.new in texts[0]


# Layers, what is more than a keyword.

KERAS_1 = [
    (lambda: layers.Convolution2D(32, 3, 5), lambda: layers.Conv2D(32, (3, 5)), 1),
    (lambda: layers.Convolution2D(32, 3, 3, border_mode="same"), lambda: layers.Conv2D(32, 3, padding="same"), 2),
    (lambda: layers.Convolution2D(32, 3, 3, "he_normal", "relu"),
     lambda: layers.Conv2D(32, 3, kernel_initializer="he_normal", activation="relu"), 1),
    (lambda: layers.Convolution2D(8, 3, nb_col=5), lambda: layers.Conv2D(8, (3, 5)), 1),
    (lambda: layers.Convolution2D(8, (3, 5)), lambda: layers.Conv2D(8, (3, 5)), 0),
    (lambda: layers.Conv2D(8, 3, 3, subsample=(2, 2)), lambda: layers.Conv2D(8, 3, strides=2), 2),
    (lambda: layers.Conv2D(8, 3, 3), lambda: layers.Conv2D(8, 3, strides=3), 0),
    (lambda: layers.Conv2D(8, 3, 1, "same"), lambda: layers.Conv2D(8, 3, padding="same"), 0),
    (lambda: layers.Convolution3D(8, 1, 2, 3), lambda: layers.Conv3D(8, (1, 2, 3)), 1),
    (lambda: layers.Conv1D(8, 3, "uniform", "relu"),
     lambda: layers.Conv1D(8, 3, kernel_initializer="uniform", activation="relu"), 1),
    (lambda: layers.Dense(4, "uniform", "relu"),
     lambda: layers.Dense(4, kernel_initializer="uniform", activation="relu"), 1),
    (lambda: layers.Dense(6, 4), lambda: layers.Dense(4, input_dim=6), 1),
    (lambda: layers.LSTM(6, 4, "one"), lambda: layers.LSTM(4, kernel_initializer="one", input_shape=(None, 6)), 1),
    (lambda: layers.MaxPooling2D(poolsize=(2, 2)), lambda: layers.MaxPooling2D(2), 1),
    (lambda: layers.Dense(4, "relu"), lambda: layers.Dense(4, activation="relu"), 0),
    (lambda: layers.LSTM(4, "glorot_normal"), lambda: layers.LSTM(4, kernel_initializer="glorot_normal"), 1),
    (lambda: layers.LSTM(4, "relu"), lambda: layers.LSTM(4, activation="relu"), 0),
    (lambda: layers.BatchNormalization(1e-5, 0, 1), lambda: layers.BatchNormalization(1, epsilon=1e-5), 1),
    (lambda: layers.BatchNormalization(1), lambda: layers.BatchNormalization(axis=1), 0),
    (lambda: layers.ZeroPadding2D((1, 2, 3, 4)), lambda: layers.ZeroPadding2D(((1, 2), (3, 4))), 1),
    (lambda: layers.ZeroPadding2D({"top_pad": 1}), lambda: layers.ZeroPadding2D(((1, 0), (0, 0))), 1),
    (lambda: layers.LSTM(4, input_dim=3), lambda: layers.LSTM(4, input_shape=(None, 3)), 1),
    (lambda: layers.LSTM(4, batch_input_shape=(2, 7, 3), input_length=7),
     lambda: layers.LSTM(4, batch_input_shape=(2, 7, 3)), 1),
    (lambda: layers.SpatialDropout1D(0.2, input_shape=(7, 3)), lambda: bare_with_shape((None, 7, 3)), 1),
    (lambda: old.AtrousConvolution2D(4, 3, 2, "one", atrous_rate=(2, 1), border_mode="same"),
     lambda: layers.Conv2D(4, (3, 2), kernel_initializer="ones", dilation_rate=(2, 1), padding="same"), 1),
    (lambda: old.Deconvolution2D(4, 3, 2, (None, 4, 4, 4), subsample=(2, 2)),
     lambda: layers.Conv2DTranspose(4, (3, 2), strides=2), 1),
    (lambda: old.LocallyConnected2D(4, 3, 2, border_mode="valid"), lambda: old.LocallyConnected2D(4, (3, 2)), 2),
    (lambda: layers.MaxPooling2D((2, 2), (1, 1), "same", "th"),
     lambda: layers.MaxPooling2D((2, 2), 1, "same", "channels_first"), 1),
    (lambda: layers.SeparableConvolution2D(4, 3, 2), lambda: layers.SeparableConv2D(4, (3, 2)), 1),
    (lambda: layers.Convolution2DTranspose(4, 3, 2), lambda: layers.Conv2DTranspose(4, 3, strides=2), 0),
    (lambda: layers.Conv2D(8, 3, padding="Same"), lambda: layers.Conv2D(8, 3, padding="same"), 0),
]  # fmt: skip


def bare_with_shape(shape):
    layer = layers.SpatialDropout1D(0.2)
    layer._input_shape_argument = shape
    return layer


@pytest.mark.parametrize(("old_call", "today", "count"), KERAS_1)
def test_positional_arguments(old_call, today, count):
    layer, texts = told(old_call)
    assert config(layer) == config(today())
    assert type(layer) is type(today())
    assert len(texts) == count, texts


def test_the_names_of_keras_1_are_those_classes():
    layer = layers.Convolution2D(4, (3, 3))
    assert isinstance(layer, layers.Convolution2D)
    assert type(layer).__name__ == "Conv2D"
    assert issubclass(layers.Conv2D, layers.Convolution2D)

    class Mine(layers.Convolution2D):
        pass

    assert isinstance(Mine(4, 3), Mine)
    assert not isinstance(layer, Mine)


def test_warnings_say_what_to_write():
    _, texts = told(lambda: layers.Convolution2D(32, 3, 3))
    assert texts == [
        "Convolution2D: an old order of positional arguments; today write `filters=32, kernel_size=(3, 3)`."
    ]


@pytest.mark.parametrize("late", [False, True])
def test_weights(late):
    values = [np.arange(6, dtype="float32").reshape(3, 2), np.ones(2, "float32")]
    shape = {} if late else {"input_dim": 3}
    layer, texts = told(lambda: layers.Dense(2, weights=values, **shape))
    torchkeras.Sequential([layer])(np.zeros((1, 3), "float32"))
    assert all(np.array_equal(a, b) for a, b in zip(layer.get_weights(), values, strict=True))
    assert texts == ["Dense: `weights=` is now `layer.set_weights(...)`, once the layer is built."]
    with pytest.raises(TypeError, match="Dense: expected `weights` to be a list of arrays, got ndarray of shape"):
        layers.Dense(2, weights=np.zeros(3))  # no word of it being deprecated: it never worked
    wrong, _ = told(lambda: layers.Dense(2, weights=values[:1]))
    with pytest.raises(ValueError, match="weight list of length 1, but the layer was expecting 2"):
        wrong(np.zeros((1, 3), "float32"))


def test_weights_of_wrapped_layers_and_own_layers():
    class Mine(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)

        def build(self, input_shape):
            self.w = self.add_weight(shape=(input_shape[-1],), initializer="zeros")

        def call(self, x):
            return x * self.w

    mine, texts = told(lambda: Mine(weights=[[2.0, 3.0]]))
    assert np.array_equal(mine(np.ones((1, 2), "float32")).numpy(force=True), [[2, 3]])
    assert len(texts) == 1
    inner, _ = told(lambda: layers.Dense(1, weights=[np.full((2, 1), 2.0), np.zeros(1)]))
    stack = layers.TimeDistributed(inner)
    assert float(stack(np.ones((1, 3, 2), "float32"))[0, 2, 0].detach()) == 4


def test_embedding_drops_words():
    layer, texts = told(lambda: layers.Embedding(6, 3, weights=[np.ones((6, 3))], dropout=0.5))
    words = np.array([[0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]])
    torchkeras.utils.set_random_seed(1)
    dropped = layer(words, training=True)[0].detach()
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(dropped[:6], dropped[6:])
    assert torch.equal(layer(words)[0].detach(), torch.ones(12, 3))
    assert len(texts) == 1
    with pytest.raises(ValueError, match=r"Embedding: expected a `dropout` from 0 to below 1, got 1\.5"):
        layers.Embedding(6, 3, dropout=1.5)


@pytest.mark.parametrize(
    "init", [lambda shape, name=None: torch.full(shape, 3.0), lambda shape, name: torch.full(shape, 3.0)]
)
def test_initializers_of_keras_1(init):
    layer, _ = told(lambda: layers.Dense(2, init=init, input_dim=2))
    torchkeras.Sequential([layer])
    assert layer.get_weights()[0].tolist() == [[3, 3], [3, 3]]


def test_subclasses_hand_on_old_words():
    class Mine(layers.Dense):
        def __init__(self, n, **kwargs):
            super().__init__(output_dim=n, init="zero", **kwargs)

    mine, texts = told(lambda: Mine(3, activation="relu"))
    assert (mine.units, len(texts)) == (3, 2)
    assert list(inspect.signature(layers.Dense).parameters)[:2] == ["units", "activation"]


def test_arguments_of_classes_with_written_constructors_reach_the_config():
    layer, _ = told(lambda: layers.SpatialDropout1D(p=0.25))
    assert layers.SpatialDropout1D.from_config(layer.get_config()).rate == 0.25


REFUSED = [
    (lambda: layers.BatchNormalization(mode=2), "`mode=2` of Keras 1 is gone; write layers.BatchNormalization"),
    (lambda: layers.BatchNormalization(mode=1), "`mode=1` of Keras 1 is gone; write layers.LayerNormalization"),
    (lambda: layers.LSTM(2, time_major=True), r"`time_major=True` is not supported: sequences are \(batch, time"),
    (lambda: layers.BatchNormalization(virtual_batch_size=2), "LSTM|BatchNormalization: `virtual_batch_size=2` is not"),
    (lambda: layers.Attention(causal=True), r"`causal=True` is not supported: it is said in the call"),
    (lambda: layers.LSTM(2, forget_bias_init="normal"), "expected 'one' or 'zero', got 'normal'"),
    (lambda: layers.Dense(units=2, output_dim=3), "Dense: got both `units` and `output_dim`, its old name"),
]


@pytest.mark.parametrize(("call", "text"), REFUSED)
def test_what_cannot_be_had_says_so(call, text):
    with pytest.raises(ValueError, match=text):
        call()


def test_half_a_kernel():
    with pytest.raises(TypeError, match="Conv2D: `nb_row=` without `nb_col=`; today write `kernel_size=`"):
        layers.Conv2D(3, nb_row=2)


def test_unknown_words_meet_todays_error():
    with pytest.raises(TypeError, match="Dense: unexpected argument 'outputdim'=3"):
        layers.Dense(3, outputdim=3)
    with pytest.raises(TypeError, match="unexpected keyword argument 'nbepoch'"):
        small_model().fit(X, Y, nbepoch=1)


# Models.

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


def trained(**arguments):
    history, texts = told(lambda: small_model().fit(X, Y, verbose=0, **arguments))
    return history.history["loss"], texts


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
def test_fit(given, new):
    losses, texts = trained(**given)
    assert losses == pytest.approx(trained(**new)[0])
    rows = {word: row for row in _model_rows.METHODS["fit"].rows for word in row.old}
    assert texts == [f"Model.fit: {rows[next(iter(given))].said_of(given)}."]


def test_accuracy_is_shown_where_it_is_asked_for():
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


def test_loading_is_said_to_the_data():
    class Data(utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return X[:4], Y[:4]

    data = Data()
    told(lambda: small_model().fit(data, verbose=0, nb_worker=2))
    assert (data.workers, data.max_queue_size) == (2, 10)


def test_samples_are_counted_as_in_keras_1():
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
def test_compile(given, error):
    model = small_model()
    if error is not None:
        with pytest.raises(ValueError, match=error):
            model.compile("sgd", "mse", **given)
        return
    _, texts = told(lambda: model.compile("sgd", "mse", **given))
    assert len(texts) == 1
    assert model.steps_per_execution == given.get("experimental_steps_per_execution", 1)


def test_metrics_in_third_place():
    model = small_model()
    _, texts = told(lambda: model.compile("sgd", "mse", ["mae"]))
    assert set(model.evaluate(X, Y, verbose=0, return_dict=True)) == {"loss", "mae"}
    today = "optimizer='sgd', loss='mse', metrics=['mae']"
    assert texts == [f"Model.compile: an old order of positional arguments; today write `{today}`."]
    assert told(lambda: model.compile("sgd", "mse", [2.0]))[1] == []  # today's order


def test_saving(tmp_path):
    path = str(tmp_path / "w.weights.h5")
    _, texts = told(lambda: small_model().save_weights(path, save_format="h5"))
    assert texts == ["Model.save_weights: `save_format=` has no effect: the path's ending says it."]
    told(lambda: small_model().save(str(tmp_path / "m.keras"), options=None, signatures=None))


def test_models():
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


# Other objects and functions.

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
def test_objects(old_call, today):
    made, texts = told(old_call)
    expected, silence = told(today)
    if hasattr(made, "get_config"):
        assert {**made.get_config(), "name": "", "seed": 0} == {**expected.get_config(), "name": "", "seed": 0}
    assert len(texts) == 1
    assert silence == []


def test_every_object_row_is_tested():
    tested = {type(today()).__name__ for _, today in OBJECTS}
    assert {path.rpartition(".")[2] for path in _arguments.object_tables()} <= tested


def test_functions(tmp_path):
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
