"""Regularizers and constraints against real Keras."""

import inspect

import keras
import numpy as np
import pytest
import torch

from torchkeras import constraints, regularizers
from torchkeras._registry import names
from torchkeras._variable import Variable

MODULES = {"regularizers": regularizers, "constraints": constraints}
ROWS = [
    ("regularizers", "L1", {"l1": 0.3}),
    ("regularizers", "L2", {"l2": 0.3}),
    ("regularizers", "L1L2", {"l1": 0.3, "l2": 0.2}),
    ("regularizers", "L1L2", {}),
    ("regularizers", "OrthogonalRegularizer", {"factor": 0.5}),
    ("regularizers", "OrthogonalRegularizer", {"mode": "columns"}),
    ("constraints", "MaxNorm", {}),
    ("constraints", "MaxNorm", {"max_value": 0.5, "axis": 1}),
    ("constraints", "NonNeg", {}),
    ("constraints", "UnitNorm", {}),
    ("constraints", "UnitNorm", {"axis": (0, 1)}),
    ("constraints", "MinMaxNorm", {}),
    ("constraints", "MinMaxNorm", {"min_value": 1.0, "max_value": 1.5, "rate": 0.5, "axis": 1}),
]


def weight():
    return torch.tensor(np.random.default_rng(2).normal(0, 1, (4, 3)).astype("float32"))


def entries():
    bases = (regularizers.Regularizer, constraints.Constraint)
    return [(m, name) for m in MODULES for name, cls in names(m).items() if cls not in bases]


def test_every_class_has_a_row():
    rows = {(module, name) for module, name, _ in ROWS}
    assert {(module, getattr(MODULES[module], name).__name__) for module, name in entries()} == rows


@pytest.mark.parametrize(("module", "name", "kwargs"), ROWS, ids=str)
def test_values_and_gradients_are_keras(module, name, kwargs):
    found = []
    for cls in (getattr(MODULES[module], name), getattr(getattr(keras, module), name)):
        w = weight().requires_grad_()
        value = cls(**kwargs)(w)
        (gradient,) = torch.autograd.grad(value.sum(), w) if value.requires_grad else (torch.zeros(4, 3),)
        found.append((value.detach().numpy(), gradient.numpy()))
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("module", "name", "kwargs"), ROWS, ids=str)
def test_configs_are_keras(module, name, kwargs):
    ours, theirs = getattr(MODULES[module], name)(**kwargs), getattr(getattr(keras, module), name)(**kwargs)
    mine, wanted = MODULES[module].serialize(ours), getattr(keras, module).serialize(theirs)
    for key, value in wanted["config"].items():  # Keras stores some factors in 32 bits
        assert mine["config"].pop(key) == (pytest.approx(value, rel=1e-6) if isinstance(value, float) else value)
    assert {**mine, "config": {}} == {**wanted, "config": {}}
    assert mine["config"] == {}
    again = MODULES[module].deserialize(MODULES[module].serialize(ours))
    assert again.get_config() == ours.get_config()


@pytest.mark.parametrize(("module", "name"), entries(), ids=str)
def test_names(module, name):
    ours = MODULES[module]
    cls = getattr(ours, name)
    assert type(ours.get(name)) is cls
    assert type(ours.get(cls)) is cls
    theirs = inspect.signature(getattr(getattr(keras, module), name).__init__).parameters.values()
    wanted = [p.name for p in theirs if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"]
    assert [p for p in inspect.signature(cls).parameters if p != "kwargs"] == wanted


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_there(module):
    public = {name for name in dir(getattr(keras, module)) if not name.startswith("_")}
    assert public <= set(dir(MODULES[module]))


def test_they_take_variables():
    variable = Variable(weight())
    assert regularizers.L2(1.0)(variable).item() == pytest.approx(float(weight().square().sum()))
    assert (constraints.NonNeg()(variable) >= 0).all()


ERRORS = [
    (lambda: regularizers.L1("a"), "`l1`: expected a finite number"),
    (lambda: regularizers.L2(float("nan")), "`l2`: expected a finite number"),
    (lambda: regularizers.OrthogonalRegularizer(mode="foo"), "`mode`: expected one of 'rows', 'columns'"),
    (lambda: regularizers.OrthogonalRegularizer()(torch.ones(2)), "must have rank 2"),
    (lambda: regularizers.get("l3"), "Could not interpret regularizer identifier: 'l3'"),
    (
        lambda: constraints.get("max_norn"),
        "Could not interpret constraint identifier: 'max_norn'. Did you mean 'max_norm'",
    ),
]


@pytest.mark.parametrize(("act", "message"), ERRORS, ids=[message for *_, message in ERRORS])
def test_errors(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_a_function_of_the_user_serves():
    penalty = lambda w: w.sum()
    assert regularizers.get(penalty) is penalty
    assert constraints.get(None) is None
