"""What image generators do beside giving numbers: feeding models, writing files, old names, clear refusals."""

import copy
import itertools
import pickle
import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras
from torchkeras._eras.preprocessing import image
from torchkeras._eras.preprocessing.image import ImageDataGenerator

ROWS = runpy.run_path(str(Path(__file__).with_name("rows.py")))
X = np.random.RandomState(0).uniform(0, 255, (10, 6, 6, 3)).astype("float32")
Y = np.eye(2)[np.arange(10) % 2]
ITERATORS = {
    "arrays": lambda folder, **flow: ImageDataGenerator().flow(X, Y, **flow),
    "folder": lambda folder, **flow: ImageDataGenerator().flow_from_directory(folder, target_size=(6, 6), **flow),
    "frame": lambda folder, **flow: ImageDataGenerator().flow_from_dataframe(
        ROWS["frame"](folder), folder, target_size=(6, 6), **flow
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    return ROWS["picture_folder"](tmp_path_factory.mktemp("pictures"))


def small_model(classes: int) -> Any:
    layers = torchkeras.layers
    model = torchkeras.Sequential([layers.Input((6, 6, 3)), layers.Flatten(), layers.Dense(classes)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


@pytest.mark.parametrize("kind", ITERATORS)
@pytest.mark.parametrize("loading", [{}, {"workers": 2}, {"workers": 2, "use_multiprocessing": True}])
def test_models_train_on_iterators(kind: str, loading: dict[str, Any], folder: Path) -> None:
    iterator = ITERATORS[kind](folder, batch_size=4, shuffle=False)
    plain = list(itertools.islice(iterator, len(iterator)))
    iterator.reset()
    for name, value in loading.items():
        setattr(iterator, name, value)
    model = small_model(plain[0][1].shape[1])
    history = model.fit(iterator, epochs=2, verbose=0, validation_data=iterator)
    assert sorted(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    expected = model.predict(np.concatenate([x for x, _ in plain]), verbose=0)
    np.testing.assert_allclose(model.predict(iterator, verbose=0), expected, rtol=1e-5)


def test_worker_processes_see_every_sample_once() -> None:
    iterator = ImageDataGenerator().flow(
        np.arange(12.0).reshape(12, 1, 1, 1), np.arange(12), batch_size=2, shuffle=True
    )
    iterator.workers, iterator.use_multiprocessing = 2, True
    seen: list[list[int]] = []
    for _ in range(2):
        source = torchkeras._data.make_source(iterator)
        seen.append([int(label) for _, y, _ in source for label in y])
        source.on_epoch_end()
    assert sorted(seen[0]) == sorted(seen[1]) == list(range(12))
    assert seen[0] != seen[1]


# real Keras 3 ends an epoch where the data ends: every other epoch of `steps_per_epoch=2` has one batch of these three
@pytest.mark.parametrize("loading", [{}, {"workers": 2}, {"workers": 2, "use_multiprocessing": True}])
@pytest.mark.parametrize(("steps", "expected"), [(None, 3), (2, 2), (7, 7)])
def test_epochs_of_another_length_go_round_the_data(steps: int | None, expected: int, loading: Any) -> None:
    counts: list[int] = []

    class Counts(torchkeras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            counts.append(0)

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            counts[-1] += 1

    data = ImageDataGenerator().flow(X, Y, batch_size=4)
    for name, value in loading.items():
        setattr(data, name, value)
    small_model(2).fit(data, epochs=4, steps_per_epoch=steps, verbose=0, callbacks=[Counts()])
    assert counts == [expected] * 4


class Ten(torchkeras.utils.PyDataset):
    """Batches `0` to `9`, which are noted when they are asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> Any:
        self.asked.append(index)
        return X[:1], Y[:1]


def test_fit_generator_goes_round_a_sequence_of_ones_own() -> None:
    data = Ten()
    data.workers, data.use_multiprocessing, data.max_queue_size = 1, False, 10
    with pytest.warns(DeprecationWarning, match="`fit_generator` is an old name"):
        small_model(2).fit_generator(data, steps_per_epoch=7, epochs=3, shuffle=False, verbose=0)
    assert data.asked[1:] == [*range(10), *range(10), 0]  # after the look at the first


def test_iterators_zip_without_end() -> None:
    images, masks = (ImageDataGenerator(horizontal_flip=True).flow(X[:3], batch_size=2, seed=1) for _ in range(2))
    pairs = list(itertools.islice(zip(images, masks), 7))
    assert [len(x) for x, _ in pairs] == [2, 1, 2, 1, 2, 1, 2]
    assert all(np.array_equal(x, y) for x, y in pairs)


def test_reset_begins_an_epoch() -> None:
    iterator = ImageDataGenerator().flow(X, batch_size=4, shuffle=False)
    next(iterator)
    iterator.reset()
    np.testing.assert_array_equal(next(iterator), X[:4])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda iterator: pickle.loads(pickle.dumps(iterator))])
def test_iterators_are_copied_where_they_stand(copied: Any) -> None:
    iterator = ImageDataGenerator(rotation_range=9).flow(X, Y, batch_size=4, seed=2)
    next(iterator)
    twin = copied(iterator)
    np.testing.assert_array_equal(next(twin)[0], next(iterator)[0])


def test_the_training_subset_keeps_its_own_weights() -> None:
    # Keras 3.15.1 and tf-keras give it those of the first samples, which are the validation subset's.
    generator = ImageDataGenerator(validation_split=0.4)
    for subset, expected in (("validation", [0, 1, 2, 3]), ("training", [4, 5, 6, 7, 8, 9])):
        x, _, weight = generator.flow(X, Y, sample_weight=np.arange(10), shuffle=False, subset=subset)[0]
        np.testing.assert_array_equal(weight, expected)
        np.testing.assert_array_equal(x, X[expected])


@pytest.mark.parametrize("kind", ITERATORS)
def test_changed_images_are_written(kind: str, folder: Path, tmp_path: Path) -> None:
    iterator = ITERATORS[kind](
        folder, batch_size=3, shuffle=False, save_to_dir=tmp_path, save_prefix="a", save_format="jpg"
    )
    next(iterator)
    written = sorted(path.name.split("_")[:2] for path in tmp_path.iterdir())
    assert written == [["a", "0"], ["a", "1"], ["a", "2"]]
    assert {path.suffix for path in tmp_path.iterdir()} == {".jpg"}


def test_a_generator_that_overrides_random_transform_is_asked() -> None:
    class Halving(ImageDataGenerator):
        def random_transform(self, x: np.ndarray, seed: int | None = None) -> np.ndarray:
            return x / 2

    np.testing.assert_array_equal(Halving().flow(X, shuffle=False)[0], X / 2)


def test_float_images_are_standardized_in_place() -> None:
    image_ = X[0].copy()
    ImageDataGenerator(rescale=0.5).standardize(image_)
    np.testing.assert_array_equal(image_, X[0] * 0.5)


OLD_NAMES = [("arrays", "N", 10), ("folder", "nb_sample", 10), ("folder", "nb_class", 3), ("folder", "num_class", 3)]


@pytest.mark.parametrize(("kind", "name", "expected"), OLD_NAMES)
def test_attributes_by_their_old_names(kind: str, name: str, expected: int, folder: Path) -> None:
    with pytest.warns(DeprecationWarning, match=f"{name}` is an old name; use `"):
        assert getattr(ITERATORS[kind](folder), name) == expected


def test_principal_components_is_an_old_name() -> None:
    generator = ImageDataGenerator(zca_whitening=True, featurewise_center=True)
    generator.fit(X)
    assert generator.principal_components is generator.zca_whitening_matrix


def test_data_frames_without_suffixes(folder: Path) -> None:
    frame = ROWS["frame"](folder)
    stems = frame.assign(filename=[name.rsplit(".", 1)[0] for name in frame["filename"]])
    with pytest.warns(DeprecationWarning, match="whole file names"):
        iterator = ImageDataGenerator().flow_from_dataframe(stems, folder, has_ext=False)
    assert iterator.filenames == list(frame["filename"])


OLD_ARGUMENTS = [
    ({"class_mode": "other", "y_col": "number"}, lambda iterator: iterator.class_mode, "raw"),
    ({"drop_duplicates": True}, lambda iterator: iterator.samples, 10),
    ({"sort": True}, lambda iterator: iterator.filenames == sorted(iterator.filenames), True),
]


@pytest.mark.parametrize(("args", "fact", "expected"), OLD_ARGUMENTS)
def test_arguments_of_keras_2_2(args: dict[str, Any], fact: Any, expected: Any, folder: Path) -> None:
    frame = ROWS["frame"](folder).iloc[::-1]
    frame = frame.iloc[[0, *range(len(frame))]] if "drop_duplicates" in args else frame
    with pytest.warns(DeprecationWarning, match="is an old"):
        assert fact(ImageDataGenerator().flow_from_dataframe(frame, folder, **args)) == expected


def test_numbers_are_classes_as_in_keras_2_2(folder: Path) -> None:
    iterator = ImageDataGenerator().flow_from_dataframe(
        ROWS["frame"](folder), folder, y_col="count", class_mode="sparse", shuffle=False
    )
    assert iterator.class_indices == {number: number for number in range(10)}
    np.testing.assert_array_equal(iterator[0][1], np.arange(10))


def test_pictures_that_are_not_there_are_left_out(folder: Path) -> None:
    frame = ROWS["frame"](folder)
    frame.loc[3, "filename"] = "nowhere.png"
    with pytest.warns(UserWarning, match=r'Found 1 invalid image filename\(s\) in x_col="filename"'):
        iterator = ImageDataGenerator().flow_from_dataframe(frame, folder)
    assert iterator.samples == 9


def test_links_are_followed_if_asked(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "linked").symlink_to(folder / "dog")
    count = [image.DirectoryIterator(tmp_path, None, follow_links=follow).samples for follow in (False, True)]
    assert count == [0, 5]


def test_list_pictures(folder: Path) -> None:
    assert len(image.list_pictures(folder)) == 10
    assert all(path.endswith(".png") for path in image.list_pictures(folder / "dog" / "sub", "png|bmp"))


def test_apply_transform_of_keras_1() -> None:
    matrix = image.transform_matrix_offset_center(np.diag([0.5, 0.5, 1.0]), 6, 6)
    expected = image.apply_affine_transform(X[0], zx=0.5, zy=0.5, row_axis=0, col_axis=1, channel_axis=2)
    np.testing.assert_allclose(image.apply_transform(X[0], matrix, channel_axis=2), expected)


REFUSALS: list[tuple[Any, type[Exception], str]] = [
    (lambda: ImageDataGenerator(zoom_range=(1, 2, 3)), ValueError, "`zoom_range` should be a float or"),
    (lambda: ImageDataGenerator(validation_split=1.5), ValueError, "strictly between 0 and 1. Received: 1.5"),
    (lambda: ImageDataGenerator(data_format="last"), ValueError, "expected 'channels_last' or 'channels_first'"),
    (lambda: ImageDataGenerator(brightness_range=3).flow(X)[0], ValueError, "tuple or list of two floats. Received: 3"),
    (lambda: ImageDataGenerator().flow(X[0]), ValueError, r"four axes, got an array of shape \(6, 6, 3\)"),
    (lambda: ImageDataGenerator().flow(X, Y[:3]), ValueError, "`x` and `y` should have the same length, got 10 and 3"),
    (lambda: ImageDataGenerator().flow(X, Y, sample_weight=[1]), ValueError, "`x` and `sample_weight` should have"),
    (lambda: ImageDataGenerator().flow(X, subset="test"), ValueError, "Invalid subset name: 'test'; expected"),
    (lambda: ImageDataGenerator().flow(X)[5], ValueError, "retrieve element 5, but the Sequence has length 1"),
    (lambda: ImageDataGenerator().fit(X[0]), ValueError, r"rank 4. Got array with shape: \(6, 6, 3\)"),
    (
        lambda: ImageDataGenerator(validation_split=0.5).flow(X, np.arange(10) // 5, subset="training"),
        ValueError,
        "do not hold the same classes",
    ),
    (lambda: image.random_zoom(X[0], 3), ValueError, "two floats. Received: 3"),
    (lambda: image.apply_affine_transform(X, theta=3), ValueError, "one image with three axes"),
    (lambda: image.Iterator(3, 1, False, None)[0], NotImplementedError, "needs a method `_get_batches"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSALS)
def test_refusals_say_what_is_wrong(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


FRAME_REFUSALS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"class_mode": "many"}, ValueError, "Invalid class_mode: 'many'; expected one of 'categorical'"),
    ({"color_mode": "bw"}, ValueError, "Invalid color mode: 'bw'"),
    ({"subset": "test"}, ValueError, "Invalid subset name: 'test'"),
    ({"class_mode": "binary"}, ValueError, "must be 2 classes. 3 classes were found"),
    ({"class_mode": "sparse", "y_col": "several"}, TypeError, "takes one class a row"),
    ({"y_col": ["class", "parity"]}, TypeError, "takes one column of classes"),
    ({"x_col": "count"}, TypeError, "x_col=count must be strings"),
    ({"weight_col": "class"}, TypeError, "weight_col=class must be numeric"),
    ({"shufle": True}, TypeError, "Did you mean 'shuffle'"),
]


@pytest.mark.parametrize(("args", "error", "message"), FRAME_REFUSALS)
def test_refusals_of_data_frames(args: dict[str, Any], error: type[Exception], message: str, folder: Path) -> None:
    with pytest.raises(error, match=message):
        ImageDataGenerator().flow_from_dataframe(ROWS["frame"](folder), folder, **args)


WARNINGS = [
    (
        lambda: ImageDataGenerator(zca_whitening=True),
        "`zca_whitening`, which overrides setting of `featurewise_center`",
    ),
    (lambda: ImageDataGenerator(samplewise_std_normalization=True), "overrides setting of `samplewise_center`"),
    (lambda: ImageDataGenerator(featurewise_center=True).standardize(X[0]), "hasn't been fit on any training data"),
    (lambda: ImageDataGenerator().flow(np.zeros((2, 4, 4, 5))), r"expected 1, 3 or 4 channels on axis 3"),
    (lambda: ImageDataGenerator().fit(np.zeros((2, 4, 4, 5))), r"\(5 channels\)"),
]


@pytest.mark.parametrize(("call", "message"), WARNINGS)
def test_warnings_point_at_the_call(call: Any, message: str) -> None:
    with pytest.warns(UserWarning, match=message) as told:
        call()
    assert told[0].filename == __file__


@pytest.mark.parametrize(
    ("package", "call", "message"),
    [
        (
            "scipy",
            lambda: ImageDataGenerator(rotation_range=9).random_transform(X[0]),
            "needs SciPy: `pip install scipy`",
        ),
        ("PIL", lambda: image.random_brightness(X[0], (0.5, 0.6)), "needs Pillow: `pip install pillow`"),
    ],
)
def test_what_is_not_installed_is_named(package: str, call: Any, message: str, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=message):
        call()


FIRST = X.transpose(0, 3, 1, 2)
KEYWORDS: list[tuple[Any, str, Any]] = [
    (lambda: ImageDataGenerator(dim_ordering="th").data_format, "data_format", "channels_first"),
    (lambda: ImageDataGenerator(dim_ordering="tf").data_format, "data_format", "channels_last"),
    (lambda: ImageDataGenerator().flow(X=X, y=Y).n, "x", 10),
    (lambda: ImageDataGenerator().fit(X=X), "x", None),
    (
        lambda: image.NumpyArrayIterator(FIRST, None, ImageDataGenerator(), dim_ordering="th").data_format,
        "data_format",
        "channels_first",
    ),
    (lambda: image.random_rotation(FIRST[0], 5, row_index=1).shape, "row_axis", (3, 6, 6)),
    (lambda: image.random_channel_shift(X[0], 5, channel_index=2).shape, "channel_axis", (6, 6, 3)),
]


@pytest.mark.parametrize(("call", "today", "expected"), KEYWORDS)
def test_keywords_of_keras_1(call: Any, today: str, expected: Any) -> None:
    with pytest.warns(DeprecationWarning, match=f"is now called `{today}=`") as told:
        assert call() == expected
    assert told[0].filename == __file__
