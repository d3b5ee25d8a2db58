"""Configs in Keras 2's form, against real Keras."""

import inspect

import keras
import pytest

import torchkeras
from torchkeras.utils import custom_object_scope, legacy


class Thing:
    def __init__(self, a=1):
        self.a = a

    def get_config(self):
        return {"a": self.a}


def double(x):
    return 2 * x


@pytest.mark.parametrize("name", ["serialize_keras_object", "deserialize_keras_object"])
def test_same_arguments_as_keras(name):
    ours, theirs = (inspect.signature(getattr(module, name)).parameters for module in (legacy, keras.utils.legacy))
    assert [(p.name, p.default) for p in ours.values()] == [(p.name, p.default) for p in theirs.values()]


@pytest.mark.parametrize("make", [lambda module: Thing(3), lambda module: None, lambda module: module.activations.relu])
def test_serialized_as_keras_does(make):
    assert legacy.serialize_keras_object(make(torchkeras)) == keras.utils.legacy.serialize_keras_object(make(keras))


@pytest.mark.parametrize("where", ["module_objects", "custom_objects", "scope"])
def test_and_back(where):
    known = {"Thing": Thing, "double": double}
    with custom_object_scope(known if where == "scope" else {}):
        arguments = {} if where == "scope" else {where: known}
        back = legacy.deserialize_keras_object(legacy.serialize_keras_object(Thing(3)), **arguments)
        assert (type(back), back.a) == (Thing, 3)
        assert legacy.deserialize_keras_object("Thing", **arguments).a == 1
        assert legacy.deserialize_keras_object("double", **arguments) is double
    assert legacy.deserialize_keras_object(None) is None


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("Thinh", "Unknown loss: 'Thinh'. Did you mean 'Thing'"),
        ({"class_name": "os.system", "config": {}}, "Unknown loss: 'os.system'"),
        ({"a": 1}, "Improper config format"),
        (3, "Could not interpret serialized loss: 3"),
        (len, "Could not interpret serialized loss"),
    ],
)
def test_what_cannot_be_read(identifier, message):
    with pytest.raises(ValueError, match=message):
        legacy.deserialize_keras_object(identifier, {"Thing": Thing}, printable_module_name="loss")


def test_what_cannot_be_written():
    with pytest.raises(ValueError, match=r"Cannot serialize 3 because it doesn't implement `get_config\(\)`"):
        legacy.serialize_keras_object(3)
