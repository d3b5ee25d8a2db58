"""Every data set from small files in Keras' cache, against real Keras on the same files."""

import gzip
import importlib
import inspect
import io
import json
import pickle
import pkgutil
import tarfile

import keras
import numpy as np
import pytest

from torchkeras import _settings, datasets
from torchkeras.datasets import _decode
from torchkeras.datasets._fetch import Source

NAMES = [module.name for module in pkgutil.iter_modules(datasets.__path__) if not module.name.startswith("_")]


def _texts(count, seed):
    generator = np.random.RandomState(seed)
    out = np.empty(count, dtype=object)
    out[:] = [generator.randint(1, 30, generator.randint(2, 9)).tolist() for _ in range(count)]
    return out


def _npz(path, **arrays):
    np.savez(path, **arrays)


def _tar(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def _cifar(seed, count, **labels):
    images = np.random.RandomState(seed).randint(0, 256, (count, 3072)).astype("uint8")
    return pickle.dumps({b"data": images, **{name.encode(): list(range(count)) for name in labels}}, protocol=3)


def place_mnist(folder):
    images = np.arange(6 * 28 * 28).reshape(6, 28, 28).astype("uint8")
    _npz(folder / "mnist.npz", x_train=images[:4], y_train=np.arange(4), x_test=images[4:], y_test=np.arange(2))


def place_fashion_mnist(folder):
    (folder / "fashion-mnist").mkdir()
    for part, count in (("train", 3), ("t10k", 2)):
        labels = bytes(8) + bytes(range(count))
        images = bytes(16) + np.random.RandomState(count).bytes(count * 784)
        for name, content in ((f"{part}-labels-idx1-ubyte.gz", labels), (f"{part}-images-idx3-ubyte.gz", images)):
            (folder / "fashion-mnist" / name).write_bytes(gzip.compress(content))


def place_imdb(folder):
    data = {"x_train": _texts(9, 0), "y_train": np.arange(9) % 2, "x_test": _texts(7, 1), "y_test": np.arange(7) % 2}
    _npz(folder / "imdb.npz", **data)
    (folder / "imdb_word_index.json").write_text(json.dumps({"the": 1, "café": 2}))


def place_reuters(folder):
    _npz(folder / "reuters.npz", x=_texts(12, 2), y=np.arange(12))
    (folder / "reuters_word_index.json").write_text(json.dumps({"oil": 1}))


def place_boston_housing(folder):
    _npz(folder / "boston_housing.npz", x=np.random.RandomState(0).rand(20, 13), y=np.arange(20.0))


def place_california_housing(folder):
    _npz(folder / "california_housing.npz", x=np.random.RandomState(0).rand(700, 8), y=np.arange(700.0))


def place_cifar10(folder):
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    files = {f"cifar-10-batches-py/{name}": _cifar(seed, 2, labels=1) for seed, name in enumerate(names)}
    _tar(folder / "cifar-10-batches-py-target_archive", files)


def place_cifar100(folder):
    files = {f"cifar-100-python/{name}": _cifar(3, 4, fine_labels=1, coarse_labels=1) for name in ("train", "test")}
    _tar(folder / "cifar-100-python-target_archive", files)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache without a network; Keras takes its files from there unchecked."""
    folder = tmp_path / "home" / "datasets"
    folder.mkdir(parents=True)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))

    def offline(origin):
        raise OSError("no network in tests")

    monkeypatch.setattr("urllib.request.urlopen", offline)
    return folder


def theirs(name, cache, monkeypatch):
    """Real Keras' module, reading the files of `cache`."""
    module = importlib.import_module(f"keras.src.datasets.{name}")
    real = keras.utils.get_file

    def get_file(fname, origin, file_hash=None, **arguments):
        return real(fname, origin=origin, cache_dir=str(cache.parent), **arguments)

    monkeypatch.setattr(module, "get_file", get_file)
    return module


CALLS = {
    "imdb": [
        {},
        {"num_words": 12},
        {"skip_top": 5},
        {"maxlen": 6},
        {"seed": 7},
        {"start_char": None},
        {"oov_char": None, "num_words": 10},
        {"index_from": 0},
        {"start_char": 5, "oov_char": 6, "index_from": 10, "num_words": 25, "skip_top": 12, "maxlen": 7},
    ],
    "reuters": [{}, {"test_split": 0.5, "maxlen": 6, "num_words": 15}, {"seed": 3, "test_split": 0}],
    "boston_housing": [{}, {"test_split": 0.5, "seed": 1}, {"test_split": 0}],
    "california_housing": [{}, {"version": "small"}],
    "cifar100": [{}, {"label_mode": "coarse"}],
}


# Keras' cifar10 reads no other number of images than the real one, 60,000.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "cifar10"])
def test_same_data_as_keras(name, cache, monkeypatch):
    globals()[f"place_{name}"](cache)
    for arguments in CALLS.get(name, [{}]):
        ours = getattr(datasets, name).load_data(**arguments)
        expected = theirs(name, cache, monkeypatch).load_data(**arguments)
        for our_part, their_part in zip(ours, expected, strict=True):
            for our_array, their_array in zip(our_part, their_part, strict=True):
                assert our_array.dtype == their_array.dtype
                assert [np.asarray(row).tolist() for row in our_array] == [
                    np.asarray(row).tolist() for row in their_array
                ]


@pytest.mark.parametrize("name", NAMES)
def test_same_arguments_as_keras(name):
    module = importlib.import_module(f"keras.datasets.{name}")
    functions = [key for key in dir(module) if callable(getattr(module, key))]
    assert "load_data" in functions
    for function in functions:
        mine = inspect.signature(getattr(getattr(datasets, name), function)).parameters
        other = inspect.signature(getattr(module, function)).parameters
        assert [(p.name, p.default) for p in mine.values()] == [(p.name, p.default) for p in other.values()]


def test_cifar_follows_the_image_data_format(cache, monkeypatch):
    place_cifar10(cache)
    last = datasets.cifar10.load_data()[0][0]
    monkeypatch.setattr(_settings, "image_data_format", "channels_first")
    first = datasets.cifar10.load_data()[0][0]
    assert last.shape == (10, 32, 32, 3)
    assert [part.dtype for pair in datasets.cifar10.load_data() for part in pair] == ["uint8"] * 4
    assert (first == last.transpose(0, 3, 1, 2)).all()


def test_word_indices_and_label_names(cache):
    place_imdb(cache)
    place_reuters(cache)
    assert datasets.imdb.get_word_index() == {"the": 1, "café": 2}
    assert datasets.reuters.get_word_index() == {"oil": 1}
    assert datasets.reuters.get_label_names() == keras.datasets.reuters.get_label_names()


def test_the_path_of_an_existing_file_is_taken(cache, tmp_path):
    place_mnist(tmp_path)
    (x_train, _), _ = datasets.mnist.load_data(str(tmp_path / "mnist.npz"))
    assert x_train.shape == (4, 28, 28)


def test_another_name_in_the_cache(cache):
    place_mnist(cache)
    (cache / "mnist.npz").rename(cache / "mine.npz")
    assert datasets.mnist.load_data("mine.npz")[1][0].shape == (2, 28, 28)


def test_without_file_and_network_the_error_says_where_it_looked(cache):
    with pytest.raises(OSError, match=r"URL fetch failure on https://.*/mnist\.npz: no network"):
        datasets.mnist.load_data()


def test_an_unknown_file_is_used_only_where_the_real_one_cannot_be_had(cache, capsys):
    place_mnist(cache)
    datasets.mnist.load_data()
    out = capsys.readouterr().out
    assert "does not match the original value of 731c5ac6" in out
    assert "Using the local file as it is" in out


@pytest.mark.parametrize("split", [1.0, 1.5, -0.1])
@pytest.mark.parametrize("name", ["boston_housing", "california_housing", "reuters"])
def test_a_split_is_a_fraction(name, split):
    with pytest.raises(ValueError, match="Invalid `test_split` argument"):
        getattr(datasets, name).load_data(test_split=split)


def test_unknown_choices_are_refused(cache):
    with pytest.raises(ValueError, match="`label_mode` must be one of"):
        datasets.cifar100.load_data("course")
    with pytest.raises(ValueError, match="Did you mean 'small'"):
        datasets.california_housing.load_data(version="smal")
    with pytest.raises(TypeError, match="Did you mean 'num_words'"):
        datasets.imdb.load_data(num_word=3)


def test_nothing_shorter_than_maxlen(cache):
    place_imdb(cache)
    with pytest.raises(ValueError, match=r"no sequence was kept\. Increase maxlen"):
        datasets.imdb.load_data(maxlen=1)


def test_keras_1_name_of_num_words(cache):
    place_imdb(cache)
    with pytest.warns(DeprecationWarning, match="use `num_words`"):
        (texts, _), _ = datasets.imdb.load_data(nb_words=8)
    assert max(max(text) for text in texts) < 8


class Evil:
    def __reduce__(self):
        return (open, ("marker", "w"))


@pytest.mark.parametrize("protocol", range(5))
class TestPickles:
    @pytest.mark.parametrize(
        "array",
        [np.arange(6).reshape(2, 3), np.asfortranarray(np.ones((2, 3), "f4")), np.arange(4, dtype=">i2")],
    )
    def test_arrays_and_plain_data_come_back(self, array, protocol):
        value = {"a": array, "b": [1, 2.5, None, True, (3, "x")]}
        read = _decode.read_pickle(io.BytesIO(pickle.dumps(value, protocol=protocol)))
        assert read["b"] == value["b"]
        assert read["a"].dtype == array.dtype
        assert read["a"].tolist() == array.tolist()

    def test_nested_arrays(self, protocol):
        value = np.empty(2, dtype=object)
        value[:] = [np.arange(3), [1, 2]]
        read = _decode.read_pickle(io.BytesIO(pickle.dumps(value, protocol=protocol)))
        assert [list(item) for item in read] == [[0, 1, 2], [1, 2]]

    def test_nothing_is_called(self, protocol, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        evil = np.empty(1, dtype=object)
        evil[0] = Evil()
        np.savez(tmp_path / "evil.npz", x=evil)
        with pytest.raises(pickle.UnpicklingError, match="is no plain data"):
            _decode.read_npz(tmp_path / "evil.npz")
        with pytest.raises(pickle.UnpicklingError, match="is no plain data"):
            _decode.read_pickle(io.BytesIO(pickle.dumps([Evil()], protocol=protocol)))
        assert not (tmp_path / "marker").exists()


def test_an_archive_is_kept_where_keras_keeps_it(cache):
    place_cifar10(cache)
    source = Source("https://example.org/x.tar.gz", "cifar-10-batches-py-target", extract=True)
    assert source.fetch() == cache / "cifar-10-batches-py-target"
    assert (cache / "cifar-10-batches-py-target" / "cifar-10-batches-py" / "test_batch").is_file()
