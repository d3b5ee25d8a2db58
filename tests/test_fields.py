"""Annotated attributes as constructor, config and repr."""

import copy
import inspect
import pickle
from typing import Annotated, Any, ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from torchkeras import _registry
from torchkeras._fields import Fields, Kind, PositiveInt, Rate, choice, fields, sizes


class Base(Fields):
    """What a layer is to its fields: takes further keyword arguments."""

    def __init__(self, name="base", **kwargs):
        for extra in kwargs:
            raise TypeError(f"Base: unexpected argument {extra!r}")
        self.name = name


@fields
class Dropper(Base):
    rate: Rate
    units: PositiveInt = 4
    shape: Annotated[Any, sizes(2)] = (1, 1)
    padding: Annotated[str, choice("valid", "same")] = "valid"
    written: Annotated[Any, Kind(str, lambda value: f"<{value}>")] = "x"
    kind: ClassVar[int] = 3
    _hidden: int = 5

    def __post_init__(self):
        self.total = self.units * 2


@fields
class Child(Dropper):
    extra: int = 7


@fields
class Lone(Fields):
    """Without a written constructor above it."""

    size: int = 1


class Holder(nn.Module, Fields):
    def __init__(self):
        super().__init__()


@fields
class Net(Holder):
    activation: Any = None


def test_the_constructor_has_real_parameters():
    assert list(inspect.signature(Dropper).parameters) == ["rate", "units", "shape", "padding", "written", "kwargs"]
    made = Dropper(0.5, 3, shape=2, padding="SAME", name="mine")
    assert (made.rate, made.units, made.shape, made.padding, made.name) == (0.5, 3, (2, 2), "same", "mine")
    assert (made.total, made.kind, made._hidden) == (6, 3, 5)


def test_config_and_back():
    made = Dropper(0.5, padding="same")
    config = made.get_config()
    assert config == {"rate": 0.5, "units": 4, "shape": (1, 1), "padding": "same", "written": "<x>"}
    assert Dropper.from_config(config).padding == "same"


def test_rates_of_numpy_are_plain_numbers():
    rate = Dropper(np.float32(0.25)).rate
    assert (rate, type(rate)) == (0.25, float)


def test_children_add_fields():
    made = Child(0.1, extra=9, name="c")
    assert (made.rate, made.extra, made.name, made.total) == (0.1, 9, "c", 8)
    assert list(made.get_config())[-1] == "extra"
    assert "extra" not in Dropper(0.1).get_config()


def test_repr_shows_what_differs_from_the_defaults():
    assert repr(Dropper(0.5, units=4, padding="same")).startswith("Dropper(rate=0.5, padding='same'")
    assert repr(Lone()) == "Lone()"


def test_copies():
    made = Child(0.1, units=2)
    assert copy.deepcopy(made).get_config() == made.get_config()
    assert pickle.loads(pickle.dumps(Lone(3))).size == 3


def test_a_module_as_argument_is_found_again():
    # nn.Module keeps it aside, where a default on the class would hide it
    net = Net(activation=nn.ReLU())
    assert isinstance(net.activation, nn.ReLU)
    assert Net().activation is None
    assert net.activation(torch.tensor(-1.0)) == 0


ERRORS = [
    (lambda: Dropper(1.5), ValueError, r'Dropper "base": .*`rate`.* between 0 and 1.*1.5'),
    (lambda: Dropper("a"), ValueError, r"`rate`.* between 0 and 1.*'a'"),
    (lambda: Dropper(True), ValueError, r"`rate`.* between 0 and 1.*True"),
    (lambda: Dropper(0.5, 0), ValueError, r"`units`: expected a positive integer, got 0"),
    (lambda: Dropper(0.5, -1), ValueError, r"`units`: expected a positive integer, got -1"),
    (lambda: Dropper(0.5, 2.5), ValueError, r"`units`: expected a positive integer, got 2.5"),
    (lambda: Dropper(0.5, "3"), ValueError, r"`units`: expected a positive integer, got '3'"),
    (lambda: Dropper(0.5, True), ValueError, r"`units`: expected a positive integer, got True"),
    (lambda: Dropper(0.5, shape=(1, 2, 3)), ValueError, r"`shape`.*tuple of 2"),
    (lambda: Dropper(0.5, shape=(1, 0)), ValueError, r"`shape`.*positive"),
    (
        lambda: Dropper(0.5, padding="sane"),
        ValueError,
        r"`padding`: expected one of 'valid', 'same'.*Did you mean 'same'",
    ),
    (lambda: Dropper(), TypeError, r"missing 1 required positional argument: 'rate'"),
    (lambda: Dropper(0.5, foo=1), TypeError, r"unexpected argument 'foo'"),
    (
        lambda: Lone(sise=1),
        TypeError,
        r"Lone: unexpected argument 'sise'=1. Did you mean 'size'\? Known arguments: size",
    ),
]


@pytest.mark.parametrize(("act", "error", "message"), ERRORS, ids=[row[2][:40] for row in ERRORS])
def test_errors(act, error, message):
    with pytest.raises(error, match=message):
        act()


# Names.


def test_automatic_names_count_and_start_anew():
    assert [_registry.auto_name("dense") for _ in range(3)] == ["dense", "dense_1", "dense_2"]
    assert _registry.get_uid("other") == 1
    _registry.reset_uids()
    assert _registry.auto_name("dense") == "dense"


def test_names_are_told_apart():
    assert list(_registry.uniquify(["a", "b", "a", "a"])) == ["a", "b", "a_1", "a_2"]


def test_every_entry_is_found_by_its_path():
    assert len(_registry.BUILT_IN) > 100
    for item, (module, name) in _registry.PATHS.items():
        if item.__module__.startswith("torchkeras._eras"):
            continue  # CuDNNLSTM is written as the LSTM that it is
        found = _registry.built_in(module, name)
        # what Keras writes under a private module is found by its name
        assert (found if found is not None else _registry.by_name(name, module)) is item, (module, name)


def test_a_name_in_several_modules_is_told_apart_by_the_module():
    for module in ("losses", "metrics"):
        found = _registry.by_name("MeanSquaredError", f"keras.src.{module}.regression_{module}")
        assert found is _registry.names(module)["MeanSquaredError"]
