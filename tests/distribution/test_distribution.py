"""``keras.distribution``: meshes, layouts and maps as in Keras, and weights that are split over ranks."""

import functools
import re
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import _ranks

EIGHT = [f"cpu:{index}" for index in range(8)]


@pytest.fixture(params=[keras, torchkeras], ids=["keras", "torchkeras"])
def api(request: pytest.FixtureRequest) -> Any:
    """``keras.distribution`` of either; what is asserted holds for both."""
    return request.param.distribution


@pytest.fixture
def mesh(api: Any) -> Any:
    return api.DeviceMesh((4, 2), ["batch", "model"], EIGHT)


@pytest.fixture(autouse=True)
def no_distribution() -> Any:
    yield
    torchkeras.distribution.set_distribution(None)
    keras.distribution.set_distribution(None)


def test_a_mesh(mesh: Any) -> None:
    assert mesh.shape == (4, 2) and mesh.axis_names == ["batch", "model"]
    assert mesh.devices.tolist() == np.reshape(EIGHT, (4, 2)).tolist()
    assert repr(mesh) == "<DeviceMesh shape=(4, 2), axis_names=['batch', 'model']>"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((4, 2), ["batch"], EIGHT), "Shape and axis_names should have same size. Received: shape=(4, 2)"),
        (((4, 2), ["a", "b"], EIGHT[:7]), "Shape does not match the number of devices. Received: shape=(4, 2)"),
        ((None, None), "Shape and axis_names cannot be empty. Received: shape=None, axis_names=None"),
    ],
)
def test_wrong_meshes(api: Any, arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        api.DeviceMesh(*arguments)


def test_a_layout(api: Any, mesh: Any) -> None:
    layout = api.TensorLayout(["batch", None])
    assert layout.axes == ("batch", None) and layout.device_mesh is None
    layout.device_mesh = mesh
    assert layout.device_mesh is mesh
    with pytest.raises(ValueError, match="Cannot override device mesh value"):
        layout.device_mesh = mesh
    with pytest.raises(ValueError, match="Invalid axis names for Layout"):
        api.TensorLayout(["other"], mesh)


def test_a_map(api: Any, mesh: Any) -> None:
    layouts = api.LayoutMap(mesh)
    layouts["dense.*kernel"] = ("model", None)
    layouts["x"] = api.TensorLayout([None, "model"])
    layouts["dense_1/kernel"] = (None, "model")
    assert list(layouts) == ["dense.*kernel", "x", "dense_1/kernel"] and len(layouts) == 3
    assert layouts["dense/kernel"].axes == ("model", None) and layouts["x"].device_mesh is mesh
    assert layouts["dense_1/kernel"].axes == (None, "model") and layouts["other"] is None
    assert layouts.device_mesh is mesh
    layouts["dense_2.*"] = (None, "model")
    with pytest.raises(ValueError, match="'dense_2/kernel' matches multiple layout specification keys"):
        layouts["dense_2/kernel"]
    with pytest.raises(ValueError, match="x already exist in the LayoutMap"):
        layouts["x"] = (None, "model")
    with pytest.raises(ValueError, match="3 should be a TensorLayout type"):
        layouts["y"] = 3
    del layouts["x"]
    assert "dense_2.*" in layouts and list(layouts) == ["dense.*kernel", "dense_1/kernel", "dense_2.*"]


class Weight:
    shape = (3, 4)
    path = "dense_1/kernel"
    _layout = None


def test_data_parallel(api: Any, mesh: Any) -> None:
    parallel = api.DataParallel(devices=EIGHT)
    assert repr(parallel) == "<DataParallel device_mesh=<DeviceMesh shape=(8,), axis_names=['batch']>>"
    assert parallel.batch_dim_name == "batch" and parallel.get_data_layout((2, 3)).axes == ("batch", None)
    assert parallel.get_variable_layout(Weight()).axes == (None, None) and parallel.get_tensor_layout("x") is None
    assert parallel.num_model_replicas == 8
    named = api.DataParallel(api.DeviceMesh((8,), ["data"], EIGHT))
    assert named.batch_dim_name == "data"
    with pytest.raises(ValueError, match="Expect `mesh` to be an instance of `DeviceMesh`"):
        api.DataParallel(device_mesh=3)
    if api is torchkeras.distribution:  # Keras writes to its log
        with pytest.warns(UserWarning, match="Expect the input mesh to be 1D"):
            api.DataParallel(mesh)


def test_model_parallel(api: Any, mesh: Any) -> None:
    layouts = api.LayoutMap(mesh)
    layouts[".*kernel"] = (None, "model")
    parallel = api.ModelParallel(layout_map=layouts, batch_dim_name="batch")
    assert parallel.get_data_layout((2, 3)).axes == ("batch", None) and parallel.num_model_replicas == 4
    assert parallel.get_variable_layout(Weight()).axes == (None, "model") and parallel.get_tensor_layout("x") is None
    assert api.ModelParallel(layout_map=layouts).batch_dim_name == "batch"
    with pytest.raises(ValueError, match="You must specify a layout_map argument"):
        api.ModelParallel()
    with pytest.raises(ValueError, match="Argument `layout_map` must be a `LayoutMap` instance"):
        api.ModelParallel(layout_map=3)


@pytest.mark.filterwarnings("ignore:.*this is a single process")
def test_the_distribution_in_force(api: Any) -> None:
    parallel = api.DataParallel(devices=EIGHT)
    assert api.distribution() is None
    with parallel.scope():
        assert api.distribution() is parallel
    assert api.distribution() is None
    api.set_distribution(parallel)
    assert api.distribution() is parallel


def test_more_devices_than_processes() -> None:
    api = torchkeras.distribution
    parallel = api.DataParallel(devices=["cpu:0", "cpu:1"])
    with pytest.warns(UserWarning, match="torchrun --nproc-per-node 2"):
        api.set_distribution(parallel)
    with pytest.raises(ValueError, match=r"has 2 device\(s\), but this job has 1 rank\(s\)"):
        _ = parallel.device_mesh.backend_mesh
    with pytest.raises(ValueError, match="expected a DataParallel, a ModelParallel or None, got 3"):
        api.set_distribution(3)


def test_devices(on_ranks: Any) -> None:
    api = torchkeras.distribution
    assert api.list_devices("cpu") == ["cpu:0"] and api.get_device_count("cpu") == 1
    assert api.get_device_count() == len(api.list_devices()) == max(1, torch.cuda.device_count())
    assert on_ranks(2, lambda: api.list_devices("cpu")) == [["cpu:0", "cpu:1"]] * 2
    with pytest.raises(ValueError, match="`device_type`: expected one of"):
        api.list_devices("abacus")


def test_initialize(on_ranks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    torchkeras.distribution.initialize()
    assert not torch.distributed.is_initialized()
    with pytest.raises(ValueError, match="`process_id`: expected the number of this process"):
        torchkeras.distribution.initialize("localhost:1")
    seen: dict[str, Any] = {}
    monkeypatch.setattr(_ranks, "start", lambda **arguments: seen.update(arguments))
    monkeypatch.setenv("KERAS_DISTRIBUTION_PROCESS_ID", "1")
    torchkeras.distribution.initialize("10.0.0.1:1234,10.0.0.2:2345")
    assert seen == {"init_method": "tcp://10.0.0.1:1234", "rank": 1, "world_size": 2}


def test_a_distributed_tensor(on_ranks: Any) -> None:
    whole = np.arange(12.0).reshape(3, 4)

    def split() -> Any:
        api = torchkeras.distribution
        mesh = api.DeviceMesh((2,), ["model"], api.list_devices("cpu"))
        found = api.distribute_tensor(whole, api.TensorLayout([None, "model"], mesh))
        return found.to_local().numpy(), found.full_tensor().numpy()

    for rank, (part, joined) in enumerate(on_ranks(2, split)):
        np.testing.assert_array_equal(part, whole[:, rank * 2 : rank * 2 + 2])
        np.testing.assert_array_equal(joined, whole)
    one = torchkeras.distribution.DeviceMesh((1,), ["model"], ["cpu:0"])
    layout = torchkeras.distribution.TensorLayout([None, "model"], one)
    np.testing.assert_array_equal(torchkeras.distribution.distribute_tensor(whole, layout), whole)


# Training.

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(67, 6, 6, 3)).astype("float32"), RNG.integers(0, 3, 67)


def train(shape: Any, names: Any, optimizer: Any = None) -> Any:
    torchkeras.utils.set_random_seed(3)
    if _ranks.world_size() > 1:
        api = torchkeras.distribution
        layouts = api.LayoutMap(api.DeviceMesh(shape, names, api.list_devices("cpu")))
        layouts["conv.*kernel"] = (None, None, None, names[-1])  # five filters: the parts are uneven
        layouts["dense.*kernel"] = (None, names[-1])
        layouts["dense.*bias"] = (names[-1],)
        api.set_distribution(api.ModelParallel(layout_map=layouts, batch_dim_name=names[0]))
    layers = torchkeras.layers
    model = torchkeras.Sequential([torchkeras.Input((6, 6, 3)), layers.Conv2D(5, 3, activation="relu")])
    model.add(layers.Flatten())
    model.add(layers.Dense(4, kernel_regularizer="l2"))
    model.add(layers.Dense(3, "softmax"))
    model.compile(optimizer or torchkeras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", metrics=["acc"])
    history = model.fit(X, Y, batch_size=33, epochs=17, verbose=0, class_weight={0: 1.0, 1: 2.0, 2: 0.5})
    sizes = sum(parameter.numel() for parameter in model.parameters())
    results = model.evaluate(X, Y, verbose=0, batch_size=17), model.predict(X, verbose=0)
    weights = model.get_weights()
    if _ranks.world_size() > 1:
        with pytest.raises(ValueError, match="is split by ModelParallel"):
            model.save_weights("never.weights.h5")
        model.set_weights([weight + 1 for weight in weights])
        assert all(np.array_equal(new, old + 1) for new, old in zip(model.get_weights(), weights))
    return weights, history.history, results, sizes


MESHES = {"rows and weights": ((1, 2), ("batch", "model")), "one axis for both": ((2,), ("all",))}
MESHES["a grid"] = ((2, 2), ("batch", "model"))
CASES = [name if name != "a grid" else pytest.param(name, marks=pytest.mark.long) for name in MESHES]


@pytest.mark.parametrize("name", CASES)
def test_split_weights_train_as_whole_ones(on_ranks: Any, name: str) -> None:
    shape, names = MESHES[name]
    weights, history, (values, outputs), size = train(shape, names)
    ranks = on_ranks(int(np.prod(shape)), functools.partial(train, shape, names))
    for theirs, logs, (same, found), part in ranks:
        assert max(np.abs(a - b).max() for a, b in zip(weights, theirs)) < 1e-5
        assert max(np.abs(np.subtract(history[key], logs[key])).max() for key in history) < 1e-5
        np.testing.assert_allclose(values, same, atol=1e-5)
        np.testing.assert_allclose(outputs, found, atol=1e-5)
        assert part < 0.7 * size


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("SGD", {"global_clipnorm": 1.0}, "`clipnorm` and `global_clipnorm` need whole gradients"),
        ("Lamb", {}, "Lamb looks at whole gradients"),
    ],
)
def test_what_needs_whole_gradients_is_refused(on_ranks: Any, name: str, options: Any, message: str) -> None:
    optimizer = getattr(torchkeras.optimizers, name)(**options)
    with pytest.raises(AssertionError, match=message):
        on_ranks(2, functools.partial(train, (1, 2), ("batch", "model"), optimizer))
