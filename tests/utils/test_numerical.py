"""One-hot labels, unit vectors, padded sequences, batches and configs, row by row against real Keras."""

import inspect
import random
import warnings

import keras
import numpy as np
import pytest
import torch

from torchkeras import utils

NAMES = ["to_categorical", "normalize", "pad_sequences", "pack_x_y_sample_weight", "unpack_x_y_sample_weight"]
NAMES += ["set_random_seed", "array_to_img", "img_to_array", "load_img", "save_img", "Progbar", "PyDataset", "Config"]


@pytest.mark.parametrize("name", NAMES)
def test_same_arguments_as_keras(name):
    ours, theirs = (inspect.signature(getattr(module, name)).parameters for module in (utils, keras.utils))
    assert [(p.name, p.default, p.kind) for p in ours.values()] == [
        (p.name, p.default, p.kind) for p in theirs.values()
    ]


def ramp(*shape, dtype="float64"):
    return np.arange(1, 1 + np.prod(shape), dtype=dtype).reshape(shape)


ROWS = [
    ("to_categorical", [[0, 1, 2]], {}),
    ("to_categorical", [[0, 1, 2], 4], {}),
    ("to_categorical", [[0.0, 1.7]], {}),
    ("to_categorical", [1, 3], {}),
    ("to_categorical", [np.array([[0], [2]])], {}),
    ("to_categorical", [np.array([[0, 1], [2, 1]])], {}),
    ("to_categorical", [np.zeros((2, 3, 1), int)], {}),
    ("to_categorical", [np.array([0, 1], dtype="uint8")], {"num_classes": 3}),
    ("to_categorical", [[-1, 1], 3], {}),
    ("to_categorical", [torch.tensor([0, 1]), 3], {}),
    ("to_categorical", [torch.tensor([[0], [1]]), 2], {}),
    ("normalize", [[[3, 4], [0, 0]]], {}),
    ("normalize", [ramp(2, 3)], {}),
    ("normalize", [ramp(4)], {}),
    ("normalize", [np.zeros((2, 2))], {}),
    ("normalize", [ramp(2, 3, 4)], {"axis": -1, "order": 3}),
    ("normalize", [ramp(2, 3)], {"order": 1}),
    ("normalize", [ramp(2, 3)], {"order": np.inf}),
    ("normalize", [torch.tensor([[3.0, 4.0]])], {}),
    ("normalize", [torch.tensor([[3.0, 4.0], [1.0, 2.0]])], {"axis": 0, "order": 1}),
    ("pad_sequences", [[[1], [2, 3], [4, 5, 6]]], {}),
    ("pad_sequences", [[[1], [2, 3], [4, 5, 6]]], {"maxlen": 2}),
    ("pad_sequences", [[[1], [2, 3]]], {"padding": "post", "maxlen": 3, "value": -1}),
    ("pad_sequences", [[[1], [2, 3, 4]]], {"truncating": "post", "maxlen": 2}),
    ("pad_sequences", [[[1.5], [2, 3]]], {"dtype": "float32"}),
    ("pad_sequences", [[["a"], ["b", "c"]]], {"dtype": object, "value": "pad"}),
    ("pad_sequences", [[[[1, 2]], [[3, 4], [5, 6]]]], {}),
    ("pad_sequences", [[[[1, 2]], [[3, 4], [5, 6]]]], {"padding": "post", "maxlen": 3}),
    ("pad_sequences", [[[], [1]]], {}),
    ("pad_sequences", [[[]]], {}),
    ("pad_sequences", [[[1.7]]], {}),
    ("pad_sequences", [np.array([[1, 2], [3, 4]])], {}),
    ("pack_x_y_sample_weight", [1], {}),
    ("pack_x_y_sample_weight", [(1, 2)], {}),
    ("pack_x_y_sample_weight", [[1]], {}),
    ("pack_x_y_sample_weight", [1, 2], {}),
    ("pack_x_y_sample_weight", [1, 2, 3], {}),
    ("pack_x_y_sample_weight", [1, None, 3], {}),
    ("pack_x_y_sample_weight", [{"a": 1}], {}),
    ("unpack_x_y_sample_weight", [1], {}),
    ("unpack_x_y_sample_weight", [(1,)], {}),
    ("unpack_x_y_sample_weight", [[1, 2]], {}),
    ("unpack_x_y_sample_weight", [(1, 2, 3)], {}),
    ("unpack_x_y_sample_weight", [{"a": 1}], {}),
    ("unpack_x_y_sample_weight", [None], {}),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1:]}"[:60].replace("\n", ""))
def test_same_result_as_keras(row):
    name, arguments, keywords = row
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy's remarks on Keras
        expected = getattr(keras.utils, name)(*arguments, **keywords)
    found = getattr(utils, name)(*arguments, **keywords)
    assert type(found) is type(expected)
    if not isinstance(expected, np.ndarray | torch.Tensor):
        assert found == expected
        return
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    exact = found.dtype == object or found.dtype in (torch.int64, "int32")
    assert found.tolist() == expected.tolist() if exact else np.allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_normalize_along_any_axis(axis):
    # Keras divides an array by norms along another axis than it was asked for, unless it is the last one.
    found = utils.normalize(ramp(2, 3, 4), axis=axis)
    assert np.allclose(np.linalg.norm(found, axis=axis), 1)
    assert np.allclose(utils.normalize(torch.tensor(ramp(2, 3, 4)), axis=axis), found)


def test_labels_of_a_tensor_need_no_count():
    assert utils.to_categorical(torch.tensor([0, 2])).tolist() == [[1, 0, 0], [0, 0, 1]]


WRONG = [
    (lambda: utils.to_categorical([0, 5], 3), "expected labels from 0 to 2, found 5"),
    (lambda: utils.to_categorical([0, -4], 3), "expected labels from 0 to 2, found -4"),
    (lambda: utils.to_categorical(torch.tensor([0, -1]), 3), "expected labels from 0 to 2, found -1"),
    (lambda: utils.to_categorical([]), "`x` is empty"),
    (lambda: utils.normalize([[1.0]], order=0), "`order` must be an int >= 1"),
    (lambda: utils.normalize([[1.0]], order="x"), "`order` must be an int >= 1"),
    (lambda: utils.pad_sequences(3), "`sequences` must be iterable"),
    (lambda: utils.pad_sequences([1, 2]), "Found non-iterable: 1"),
    (lambda: utils.pad_sequences([]), "`sequences` is empty"),
    (lambda: utils.pad_sequences([[1]], padding="x"), "Padding type 'x' not understood"),
    (lambda: utils.pad_sequences([[1]], truncating="x"), "Truncating type 'x' not understood"),
    (lambda: utils.pad_sequences([["a"]], value="pad"), "You should set `dtype=object`"),
    (lambda: utils.pad_sequences([["a"]]), "invalid literal"),
    (lambda: utils.pad_sequences([[[1, 2]], [[3, 4, 5]]]), "of sequence at position 1 is different from expected"),
    (lambda: utils.unpack_x_y_sample_weight((1, 2, 3, 4)), "found a tuple of 4"),
    (lambda: utils.unpack_x_y_sample_weight(()), "found a tuple of 0"),
    (lambda: utils.set_random_seed("a"), "Expected `seed` argument to be an integer"),
    (lambda: utils.set_random_seed(3.5), "Expected `seed` argument to be an integer"),
    (lambda: utils.set_random_seed(-1), "Seed must be between 0"),
    (lambda: utils.set_random_seed(2**32), "Seed must be between 0"),
]


@pytest.mark.parametrize("index", range(len(WRONG)))
def test_wrong_arguments_are_named(index):
    call, message = WRONG[index]
    with pytest.raises(ValueError, match=message):
        call()


def test_nothing_is_left_of_sequences_cut_to_nothing():
    assert utils.pad_sequences([[1], [2, 3]], maxlen=0).shape == (2, 0)


def test_a_seed_gives_keras_numbers():
    drawn = []
    for module in (keras.utils, utils):
        module.set_random_seed(7)
        drawn.append((random.random(), np.random.rand(), torch.rand(2).tolist()))
    assert drawn[0] == drawn[1]


class TestConfig:
    def test_reads_as_attributes_and_as_dictionary(self):
        config = utils.Config(a=1, b="x")
        config.c = 3
        config["d"] = 4
        assert (config.a, config["b"], config.c, config.d) == (1, "x", 3, 4)
        assert list(config) == ["a", "b", "c", "d"]
        assert dict(config.items()) == config.as_dict()
        assert list(config.keys()) == list(config)
        assert list(config.values()) == [1, "x", 3, 4]
        assert len(config) == 4
        assert "a" in config
        assert config.get("zz", 7) == 7
        assert config.pop("a") == 1
        config.update({"q": 1}, w=2)
        del config.q
        del config["w"]
        assert repr(config) == "<Config {'b': 'x', 'c': 3, 'd': 4}>"
        assert config.to_json() == '{"b": "x", "c": 3, "d": 4}'

    def test_unknown_names(self):
        config = utils.Config(a=1)
        with pytest.raises(AttributeError, match="Unknown attribute: 'zz'"):
            _ = config.zz
        with pytest.raises(AttributeError, match="Unknown attribute: 'zz'"):
            del config.zz
        with pytest.raises(KeyError, match="zz"):
            _ = config["zz"]

    @pytest.mark.parametrize(
        "change",
        [
            lambda config: setattr(config, "a", 2),
            lambda config: config.update(a=2),
            lambda config: config.pop("a"),
            lambda config: delattr(config, "a"),
            lambda config: config.__setitem__("b", 1),
        ],
    )
    def test_frozen(self, change):
        config = utils.Config(a=1)
        config.freeze()
        assert config.frozen
        with pytest.raises(ValueError, match="the config is frozen"):
            change(config)
        config.unfreeze()
        change(config)
        assert config.as_dict() != {"a": 1}

    def test_copies(self):
        import copy
        import pickle

        config = utils.Config(a=[1])
        for other in (copy.deepcopy(config), pickle.loads(pickle.dumps(config))):
            assert other.as_dict() == {"a": [1]}
            assert other.a is not config.a
