"""What `TensorBoard` writes, read back with tensorboard's own readers."""

import json
import pathlib
import sys

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.graph import keras_util
from tensorboard.plugins.projector import ProjectorConfig
from tensorboard.util.tensor_util import make_ndarray

import torchkeras
from torchkeras import _ranks, callbacks, layers
from torchkeras.callbacks._tensorboard_weights import as_image

X = np.random.default_rng(0).integers(0, 10, (40, 3))
Y = np.ones((40, 1), "float32")
VALIDATION = {"validation_data": (X[:8], Y[:8])}


def model():
    made = torchkeras.Sequential(
        [
            torchkeras.Input((3,), dtype="int32"),
            layers.Embedding(10, 4, name="words"),
            layers.Conv1D(3, 2),
            layers.Flatten(),
            layers.Dense(1),
        ],
        name="small",
    )
    made.compile("sgd", "mse", metrics=["mae"])
    return made


def fit(callback, epochs=2, **arguments):
    return model().fit(X, Y, batch_size=8, epochs=epochs, verbose=0, callbacks=[callback], **arguments)


def read(folder, run="train"):
    reader = EventAccumulator(str(folder / run), size_guidance={"histograms": 0, "images": 0})
    reader.Reload()
    return reader


def scalars(folder, run):
    """``{tag: [(step, value), ...]}``."""
    reader = read(folder, run)
    return {tag: [(event.step, event.value) for event in reader.Scalars(tag)] for tag in reader.Tags()["scalars"]}


def test_an_epoch_gives_keras_tags(tmp_path):
    history = fit(callbacks.TensorBoard(tmp_path), **VALIDATION).history
    train, validation = scalars(tmp_path, "train"), scalars(tmp_path, "validation")
    assert set(train) == {"epoch_loss", "epoch_mae", "epoch_learning_rate"}
    assert set(validation) == {
        "epoch_loss", "epoch_mae", "evaluation_loss_vs_iterations", "evaluation_mae_vs_iterations"
    }  # fmt: skip
    assert train["epoch_loss"] == [(epoch, pytest.approx(loss)) for epoch, loss in enumerate(history["loss"])]
    losses = history["val_loss"]
    assert validation["epoch_loss"] == [(epoch, pytest.approx(loss)) for epoch, loss in enumerate(losses)]
    steps = [5, 10]
    assert validation["evaluation_loss_vs_iterations"] == [(s, pytest.approx(v)) for s, v in zip(steps, losses)]
    assert train["epoch_learning_rate"] == [(0, pytest.approx(0.01)), (1, pytest.approx(0.01))]


@pytest.mark.parametrize(
    ("frequency", "steps"), [("batch", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), (2, [1, 3, 5, 6, 8, 10]), (100, [1, 6])]
)
def test_batches_are_written_at_their_frequency(tmp_path, frequency, steps):
    fit(callbacks.TensorBoard(tmp_path, update_freq=frequency, write_steps_per_second=True))
    train = scalars(tmp_path, "train")
    for tag in ("batch_loss", "batch_mae", "batch_steps_per_second"):
        assert [step for step, _ in train[tag]] == steps
    assert all(rate > 0 for tag in ("batch_steps_per_second", "epoch_steps_per_second") for _, rate in train[tag])


def test_a_second_fit_goes_on_with_the_steps(tmp_path):
    made, callback = model(), callbacks.TensorBoard(tmp_path, update_freq=5)
    for _ in range(2):
        made.fit(X, Y, batch_size=8, verbose=0, callbacks=[callback])
    assert [step for step, _ in scalars(tmp_path, "train")["batch_loss"]] == [1, 6]


def test_an_evaluation_alone_is_written(tmp_path):
    made = model()
    result = made.evaluate(X, Y, verbose=0, callbacks=[callbacks.TensorBoard(tmp_path)])
    found = scalars(tmp_path, "validation")
    assert found["evaluation_loss_vs_iterations"] == [(0, pytest.approx(result[0]))]


def test_weights_as_histograms_and_images(tmp_path):
    made = model()
    made.fit(X, Y, epochs=3, verbose=0, callbacks=callbacks.TensorBoard(tmp_path, histogram_freq=2, write_images=True))
    reader = read(tmp_path)
    paths = [weight.path for weight in made.weights]
    assert paths
    assert sorted(reader.Tags()["histograms"]) == sorted(f"{path}/histogram" for path in paths)
    assert sorted(reader.Tags()["images"]) == sorted(f"{path}/image" for path in paths)
    kernel = reader.Histograms("small/words/embeddings/histogram")
    assert [event.step for event in kernel] == [0, 2]
    assert kernel[0].histogram_value.num == 40
    picture = reader.Images("small/words/embeddings/image")[0]
    assert (picture.width, picture.height) == (10, 4)


@pytest.mark.parametrize(
    ("shape", "size"), [((5,), (1, 5)), ((), (1, 1)), ((3, 7), (3, 7)), ((7, 3), (3, 7)), ((3, 2, 4, 5), (10, 12)),
                        ((2, 4, 5), (5, 8)), ((2, 2, 2, 4, 5), (8, 20)), ((9000, 2), (2, 4096))]
)  # fmt: skip
def test_images_are_landscapes_of_grey(shape, size):
    image = as_image(torch.arange(float(np.prod(shape)), dtype=torch.bfloat16).reshape(shape))
    assert tuple(image.shape) == size
    assert image.min() == 0
    assert image.max() == (0 if image.numel() == 1 else 1)


def test_a_tile_is_a_filter():
    kernel = torch.rand(3, 3, 2, 4)  # (k, l, in, out)
    image = as_image(kernel)  # (in * k, l * out): no taller than wide
    tile = image[3:6].reshape(3, 4, 3)[:, 1]
    expected = kernel[:, :, 1, 1]
    assert torch.allclose(tile, (expected - kernel.min()) / (kernel.max() - kernel.min()))


def test_weights_that_are_no_numbers_do_not_stop_training(tmp_path):
    made = model()
    made.layers[-1].bias.assign([np.nan])
    made.fit(X, Y, verbose=0, callbacks=[callbacks.TensorBoard(tmp_path, histogram_freq=1, write_images=True)])
    assert "small/dense/bias/image" in read(tmp_path).Tags()["images"]


def test_the_graph_is_one_that_tensorboard_draws(tmp_path):
    fit(callbacks.TensorBoard(tmp_path))
    reader = read(tmp_path)
    event = reader.Tensors("keras")[0]
    assert reader.SummaryMetadata("keras").plugin_data.plugin_name == "graph_keras_model"
    graph = keras_util.keras_model_to_graph_def(json.loads(make_ndarray(event.tensor_proto).item()))
    names = [node.name.split("/")[-1] for node in graph.node]
    assert names[1:] == ["words", "conv1d", "flatten", "dense"]
    assert [len(node.input) for node in graph.node] == [0, 1, 1, 1, 1]


def test_no_graph_where_none_is_wanted_or_the_model_has_no_config(tmp_path):
    fit(callbacks.TensorBoard(tmp_path / "off", write_graph=False))
    assert read(tmp_path / "off").Tags()["tensors"] == []

    class Own(layers.Layer):
        def __init__(self, function):
            super().__init__()
            self.function = function

        def call(self, x):
            return self.function(x)

    made = torchkeras.Sequential([torchkeras.Input((3,)), Own(torch.sin), layers.Dense(1)])
    made.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="the graph is left out, as the model has no config"):
        made.fit(X, Y, verbose=0, callbacks=[callbacks.TensorBoard(tmp_path / "own")])
    assert "epoch_loss" in scalars(tmp_path / "own", "train")


def test_embeddings_for_the_projector(tmp_path):
    labels = tmp_path / "labels.tsv"
    labels.write_text("\n".join("abcdefghij"))
    made = model()
    callback = callbacks.TensorBoard(tmp_path, embeddings_freq=2, embeddings_metadata={"words": str(labels)})
    made.fit(X, Y, epochs=3, verbose=0, callbacks=[callback])
    text = (tmp_path / "train" / "projector_config.pbtxt").read_text()
    from google.protobuf import text_format

    entry = text_format.Parse(text, ProjectorConfig()).embeddings[0]
    assert (entry.tensor_name, list(entry.tensor_shape), entry.metadata_path) == ("words", [10, 4], str(labels))
    rows = np.loadtxt(tmp_path / "train" / entry.tensor_path, delimiter="\t")
    assert np.allclose(rows, made.layers[0].embeddings.numpy(), atol=1e-5)
    assert len(list((tmp_path / "train" / "embeddings").iterdir())) == 2


def test_a_profile_of_the_batches_asked_for(tmp_path):
    fit(callbacks.TensorBoard(tmp_path, profile_batch=(2, 3)))
    trace = json.loads(next((tmp_path / "profile").glob("*.pt.trace.json")).read_text())
    names = [event.get("name") for event in trace["traceEvents"]]
    assert names.count("aten::embedding") == 2


def test_a_profile_that_never_ends_is_written_at_the_end(tmp_path):
    fit(callbacks.TensorBoard(tmp_path, profile_batch=(9, 99)))
    assert len(list((tmp_path / "profile").iterdir())) == 1


WRONG = {
    "update_freq": ("epochs", "`update_freq` must be 'epoch' or 'batch' or a positive integer.* Did you mean 'epoch'"),
    "update_freq ": (0, "`update_freq` must be"),
    "histogram_freq": (-1, "`histogram_freq` must be a non-negative integer, got -1"),
    "embeddings_freq": (True, "`embeddings_freq` must be a non-negative integer"),
    "profile_batch": ("a,b", "`profile_batch` must be a non-negative integer or a pair of them in order"),
    "profile_batch ": ((5, 2), "`profile_batch` must be"),
    "profile_batch  ": (-1, "`profile_batch` must be"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_are_refused(name):
    value, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        callbacks.TensorBoard(**{name.strip(): value})


def test_a_wrong_name_of_an_embedding_is_found_before_training(tmp_path):
    callback = callbacks.TensorBoard(tmp_path, embeddings_freq=1, embeddings_metadata={"wrods": "x"})
    with pytest.raises(ValueError, match=r"names 'wrods'; the embedding layers are .*Did you mean 'words'"):
        fit(callback)


def test_arguments_of_keras_2_are_taken_and_unknown_ones_refused():
    with pytest.warns(DeprecationWarning, match="`write_grads=` has no effect any more"):
        callbacks.TensorBoard(write_grads=True)
    with pytest.raises(TypeError, match=r"unexpected argument 'updat_freq'\. Did you mean 'update_freq'"):
        callbacks.TensorBoard(updat_freq=1)


def test_a_missing_package_is_named_before_training(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ImportError, match="pip install tensorboard"):
        fit(callbacks.TensorBoard(tmp_path))


def test_only_the_first_rank_writes(tmp_path, monkeypatch):
    monkeypatch.setattr(_ranks, "is_first", lambda: False)
    fit(callbacks.TensorBoard(tmp_path / "logs", update_freq=1, histogram_freq=1, profile_batch=1), **VALIDATION)
    assert not (tmp_path / "logs").exists()


def test_batches_are_heard_only_where_they_are_written(tmp_path):
    heard = [
        callbacks.CallbackList(callbacks.TensorBoard(tmp_path, **arguments)).overrides(
            "on_train_batch_begin", "on_train_batch_end"
        )
        for arguments in ({}, {"histogram_freq": 1}, {"update_freq": 10}, {"profile_batch": 3})
    ]
    assert heard == [False, False, True, True]


def test_a_path_object_is_a_directory(tmp_path):
    assert callbacks.TensorBoard(pathlib.Path(tmp_path)).log_dir == str(tmp_path)
