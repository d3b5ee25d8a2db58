"""Configs against real Keras: written key for key alike, read back, and nothing unknown ever read."""

import collections
import warnings

import keras
import numpy as np
import pytest
import torch

from torchkeras import _registry, activations, constraints, initializers, regularizers
from torchkeras import dtype_policies as policies
from torchkeras import random as tk_random
from torchkeras._registry import CustomObjectScope, register_keras_serializable
from torchkeras._serialization import Family, deserialize_keras_object, serialize_keras_object
from torchkeras._symbolic import KerasTensor

Pair = collections.namedtuple("Pair", "a b")


class Plain:
    """Of the user: no base class, only a config."""

    def __init__(self, size=1):
        self.size = size

    def get_config(self):
        return {"size": self.size}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def double(x):
    return x * 2


VALUES = {
    "None": None,
    "text": "relu",
    "numbers": [1, 2.5, True],
    "tuple": (1, (2,)),
    "named tuple": Pair(1, 2),
    "dict": {"a": (1,), "b": {"c": None}},
    "bytes": b"abc",
    "slice": slice(1, None, 2),
    "ellipsis": ...,
    "numpy array": np.ones((2, 2), "float32"),
    "numpy scalar": np.float32(2),
    "tensor": torch.ones(2),
    "shape": torch.Size([1, 2]),
    "function": double,
    "object": Plain(3),
}
OURS_AND_THEIRS = {
    "initializer": (initializers.HeNormal(seed=1), lambda: keras.initializers.HeNormal(seed=1)),
    "regularizer": (regularizers.L2(0.5), lambda: keras.regularizers.L2(0.5)),
    "constraint": (constraints.MaxNorm(3), lambda: keras.constraints.MaxNorm(3)),
    "policy": (policies.DTypePolicy("mixed_float16"), lambda: keras.DTypePolicy("mixed_float16")),
    "activation": (activations.relu, lambda: keras.activations.relu),
    "seeds": (tk_random.SeedGenerator(3, name="s"), lambda: keras.random.SeedGenerator(3, name="s")),
    "symbol": (KerasTensor((None, 3), name="a"), lambda: keras.KerasTensor((None, 3), name="a")),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_values_are_written_as_keras_does(value):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's arrays warn inside Keras
        wanted = keras.saving.serialize_keras_object(value)
    assert serialize_keras_object(value) == wanted


@pytest.mark.parametrize(("ours", "theirs"), OURS_AND_THEIRS.values(), ids=OURS_AND_THEIRS)
def test_objects_are_written_as_keras_does(ours, theirs):
    written = serialize_keras_object(ours)
    assert written == keras.saving.serialize_keras_object(theirs())
    again = deserialize_keras_object(written)
    assert type(again) is type(ours)
    if not isinstance(ours, KerasTensor):
        assert serialize_keras_object(again) == written


def test_keras_reads_what_we_write():
    for ours, _ in OURS_AND_THEIRS.values():
        again = keras.saving.deserialize_keras_object(serialize_keras_object(ours))
        assert type(again).__name__ == type(ours).__name__


def test_values_come_back():
    for name in ("bytes", "slice", "ellipsis", "dict", "numbers"):
        value = VALUES[name]
        again = deserialize_keras_object(serialize_keras_object(value))
        assert again == keras.saving.deserialize_keras_object(serialize_keras_object(value)), name
    array = deserialize_keras_object(serialize_keras_object(VALUES["numpy array"]))
    assert array.dtype == np.float32
    assert array.tolist() == [[1, 1], [1, 1]]
    tensor = deserialize_keras_object(serialize_keras_object(VALUES["tensor"]))
    assert torch.equal(tensor, torch.ones(2))


def test_a_symbol_remembers_its_place():
    written = {"shape": [None, 2], "dtype": "float16", "keras_history": ["dense", 0, 0]}
    symbol = deserialize_keras_object({"class_name": "__keras_tensor__", "config": written})
    assert (symbol.shape, symbol.dtype) == ((None, 2), "float16")
    assert symbol._pre_serialized_keras_history == ["dense", 0, 0]


# The users' own.


def test_custom_objects_by_argument_scope_and_registration():
    written = serialize_keras_object(Plain(5))
    assert deserialize_keras_object(written, custom_objects={"Plain": Plain}).size == 5
    with CustomObjectScope({"Plain": Plain}):
        assert deserialize_keras_object(written).size == 5
    with pytest.raises(TypeError, match="Could not locate class 'Plain'"):
        deserialize_keras_object(written)
    registered = register_keras_serializable("mine", "plain")(Plain)
    written = serialize_keras_object(registered(6))
    assert written["registered_name"] == "mine>plain"
    assert deserialize_keras_object(written).size == 6


def test_custom_functions():
    written = serialize_keras_object(double)
    assert deserialize_keras_object(written, custom_objects={"double": double}) is double
    with pytest.raises(TypeError, match="Could not locate function 'double'"):
        deserialize_keras_object(written)
    register_keras_serializable("mine")(double)
    assert serialize_keras_object(double)["config"] == "mine>double"
    assert deserialize_keras_object(serialize_keras_object(double)) is double
    assert initializers.get("mine>double") is double


def test_registration_needs_a_config():
    class Bare:
        pass

    with pytest.raises(ValueError, match=r"Cannot register a class that does not have a get_config\(\) method: Bare"):
        register_keras_serializable()(Bare)
    assert _registry.get_registered_name(register_keras_serializable()(Plain)) == "Custom>Plain"
    assert _registry.get_registered_object("Custom>Plain") is Plain
    assert _registry.get_custom_objects()["Custom>Plain"] is Plain


def test_a_registered_function_without_its_package_as_keras_3_6_wrote_it():
    register_keras_serializable("mine")(double)
    written = {"module": "builtins", "class_name": "function", "config": "double", "registered_name": "function"}
    assert deserialize_keras_object(written) is double


def test_scopes_nest_and_end():
    with CustomObjectScope({"a": 1}):
        with CustomObjectScope({"a": 2, "b": 3}):
            assert [_registry.get_registered_object(name) for name in "ab"] == [2, 3]
        assert [_registry.get_registered_object(name) for name in "ab"] == [1, None]
    assert _registry.get_registered_object("a") is None


def test_build_and_compile_configs_are_applied():
    class Built(Plain):
        def get_build_config(self):
            return {"input_shape": (None, self.size)}

        def build_from_config(self, config):
            self.built_with = config

        def get_compile_config(self):
            return None

    written = serialize_keras_object(Built(2))
    assert written["build_config"] == {"input_shape": (None, 2)}
    assert "compile_config" not in written
    assert deserialize_keras_object(written, custom_objects={"Built": Built}).built_with == written["build_config"]


# What configs and files of other versions hold.

OTHER_FORMS = [
    {"class_name": "L2", "config": {"l2": 0.5}},
    {"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.5}},
    {
        "module": "keras.src.regularizers.regularizers",
        "class_name": "L2",
        "config": {"l2": 0.5},
        "registered_name": "L2",
    },
    {"module": "tf_keras.regularizers", "class_name": "L2", "config": {"l2": 0.5}},
]


@pytest.mark.parametrize("form", OTHER_FORMS, ids=str)
def test_other_spellings_of_a_module(form):
    assert regularizers.get(form).get_config() == {"l2": 0.5}


# What must not be read.

HOSTILE = [
    {"module": "os", "class_name": "system", "config": {"command": "true"}},
    {"module": "builtins", "class_name": "eval", "config": {}},
    {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
    {"module": "builtins", "class_name": "function", "config": "os.system", "registered_name": "function"},
    {"module": "torchkeras._lambda_code", "class_name": "load", "config": {}},
    {"module": "keras.utils", "class_name": "get_file", "config": {}},
    {"module": "keras", "class_name": "Nothing", "config": {}},
    {"class_name": "HeNormal", "config": {}},
]


def test_a_built_in_under_a_registered_name_is_refused():
    for config in (
        {"module": "keras.regularizers", "class_name": "L2", "config": {}, "registered_name": "mine>L2"},
        {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "mine>relu"},
    ):
        with pytest.raises(ValueError, match="resolved to a Keras built-in"):
            deserialize_keras_object(config)


@pytest.mark.parametrize("config", HOSTILE, ids=str)
def test_only_the_registry_is_looked_at(config):
    with pytest.raises(TypeError, match="Could not locate"):
        deserialize_keras_object(config)


def test_lambdas_are_written_with_a_warning_and_read_only_when_told():
    with pytest.warns(UserWarning, match="includes a `lambda`"):
        written = serialize_keras_object(lambda x, y=2: x + y)
    assert set(written["config"]) == {"value"}
    with pytest.raises(ValueError, match="Requested the deserialization of a Python lambda"):
        deserialize_keras_object(written)
    assert deserialize_keras_object(written, safe_mode=False)(1) == 3


def test_an_unsafe_load_inside_a_safe_one_stays_safe():
    with pytest.warns(UserWarning, match="lambda"):
        written = serialize_keras_object(lambda x: x)

    class Sneaky(Plain):
        @classmethod
        def from_config(cls, config):
            return deserialize_keras_object(config["code"], safe_mode=False)

    with pytest.raises(ValueError, match="disallowed by default"):
        deserialize_keras_object(
            {"class_name": "Sneaky", "config": {"code": written}}, custom_objects={"Sneaky": Sneaky}
        )


ERRORS = [
    (lambda: serialize_keras_object(object()), TypeError, r"must implement the `get_config\(\)` method"),
    (lambda: serialize_keras_object({1, 2}), TypeError, "Cannot serialize"),
    (lambda: deserialize_keras_object(object()), TypeError, "Could not parse config"),
    (
        lambda: deserialize_keras_object({"module": "keras.regularizers", "class_name": "L2", "config": 3}),
        TypeError,
        "to be a dict for L2",
    ),
    (
        lambda: regularizers.get({"class_name": "L2", "config": {"l3": 1}}),
        TypeError,
        r"could not be deserialized.*unexpected argument 'l3'",
    ),
    (
        lambda: regularizers.deserialize({"class_name": "OrtogonalRegularizer", "config": {}}),
        TypeError,
        "Did you mean 'OrthogonalR",
    ),
    (lambda: deserialize_keras_object({"class_name": "function", "config": 3}), TypeError, "non-null string"),
    (lambda: deserialize_keras_object({"class_name": "__typespec__", "config": {}}), TypeError, "a list or a tuple"),
    (lambda: deserialize_keras_object({"class_name": "__typespec__", "config": []}), ValueError, "TensorFlow"),
    (lambda: deserialize_keras_object({}, foo=1), TypeError, "unexpected arguments"),
]


@pytest.mark.parametrize(("act", "error", "message"), ERRORS, ids=[message for *_, message in ERRORS])
def test_errors(act, error, message):
    with pytest.raises(error, match=f"(?s){message}"):
        act()


def test_a_config_that_is_no_dict():
    class Odd:
        def get_config(self):
            return 3

    with pytest.raises(TypeError, match="should return a dict"):
        serialize_keras_object(Odd())


def test_families_fold_case_where_told():
    family = Family("regularizers", "regularizer", base=regularizers.Regularizer, fold=True)
    assert type(family.get("ORTHOGONALREGULARIZER")) is regularizers.OrthogonalRegularizer
    with pytest.raises(ValueError, match="Could not interpret constraint identifier: 'L1'"):
        Family("constraints", "constraint").get("L1")
