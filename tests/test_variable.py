"""Variables: values in Keras' layout over tensors in torch's, against real Keras where it has the thing."""

import copy
import operator
import pickle
from typing import Any

import keras
import numpy as np
import pytest
import torch
from torch import nn

import torchkeras
from torchkeras import KerasTensor, StatelessScope, Variable, ops
from torchkeras._layout import Layout

BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "eq", "ne", "lt", "le", "gt", "ge"]


def both(value: Any, **kwargs: Any) -> tuple[Variable, Any]:
    return Variable(value, **kwargs), keras.Variable(value, **kwargs)


def host(value: Any) -> np.ndarray:
    return value.detach().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)


# What it is made from.


@pytest.mark.parametrize(
    "value", [[1, 2], np.array([1, 2]), 1, True, np.ones(2), 2**40, [[1.5, 2]], np.float32(3), torch.ones(2).half()]
)
def test_dtype_and_value_are_those_of_keras(value: Any) -> None:
    ours, theirs = both(value, trainable=False)
    assert (ours.dtype, ours.shape, ours.ndim) == (theirs.dtype, theirs.shape, theirs.ndim)
    np.testing.assert_array_equal(ours.numpy(), host(theirs.value))


def test_an_initializer_is_called_with_shape_and_dtype() -> None:
    seen = []

    def initializer(shape: Any, dtype: Any) -> torch.Tensor:
        seen.append((shape, dtype))
        return torch.full(shape, 2.0)

    variable = Variable(initializer, shape=[2, 3], dtype="float16")
    assert seen == [((2, 3), "float16")]
    assert variable.dtype == "float16"
    assert variable.numpy().tolist() == [[2.0] * 3] * 2


def test_an_initializer_is_known_by_name() -> None:
    assert Variable("ones", shape=(2,)).numpy().tolist() == [1, 1]


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((lambda shape, dtype: None,), {}, "the `shape` argument should be specified"),
        ((["a"],), {}, "expected numbers as initial value"),
        (("onez",), {"shape": (1,)}, "Did you mean 'ones'"),
        ((1,), {"name": "a/b"}, "cannot contain character `/`"),
        (
            (1,),
            {"aggregation": "max"},
            "`aggregation` must be 'none', 'mean', 'sum' or 'only_first_replica', got 'max'",
        ),
        ((1,), {"synchronization": "x"}, "`synchronization` must be"),
    ],
)
def test_bad_arguments(args: Any, kwargs: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Variable(*args, **kwargs)


def test_names_and_paths() -> None:
    assert [Variable(1.0).name, Variable(1.0).name] == ["variable", "variable_1"]
    with torchkeras.name_scope("outer"), torchkeras.name_scope("inner"):
        assert Variable(1.0, name="w").path == "outer/inner/w"
    assert Variable(1.0, name="w").path == "w"


# Two layouts.


@pytest.fixture
def kernel() -> tuple[nn.Conv2d, Variable]:
    module = nn.Conv2d(3, 4, (5, 2))
    return module, Variable.over(module, "weight", Layout("hwio->oihw"), name="kernel")


def test_the_value_is_a_view_in_keras_layout(kernel: Any) -> None:
    module, variable = kernel
    assert variable.shape == (5, 2, 3, 4)
    assert variable.value.data_ptr() == module.weight.data_ptr()
    torch.testing.assert_close(variable.value, module.weight.permute(2, 3, 1, 0))


def test_assign_stores_in_torch_layout(kernel: Any) -> None:
    module, variable = kernel
    before = module.weight
    value = torch.arange(120.0).reshape(5, 2, 3, 4)
    variable.assign(value)
    assert module.weight is before  # optimizers and graphs hold it
    torch.testing.assert_close(module.weight.detach(), value.permute(3, 2, 0, 1))
    np.testing.assert_array_equal(variable.numpy(), value.numpy())


def test_gradients_reach_the_stored_parameter(kernel: Any) -> None:
    module, variable = kernel
    (variable * 2).sum().backward()
    torch.testing.assert_close(module.weight.grad, torch.full_like(module.weight, 2))


def test_it_follows_its_module(kernel: Any) -> None:
    module, variable = kernel
    module.half()
    assert variable.dtype == "float16"
    module.load_state_dict({"weight": torch.zeros(4, 3, 5, 2), "bias": torch.zeros(4)})
    assert not variable.numpy().any()


def test_it_reads_a_parametrized_weight(kernel: Any) -> None:
    module, variable = kernel

    class Doubled(nn.Module):
        def forward(self, weight: torch.Tensor) -> torch.Tensor:
            return 2 * weight

    plain = module.weight.detach().clone()
    nn.utils.parametrize.register_parametrization(module, "weight", Doubled())
    torch.testing.assert_close(variable.value.detach(), 2 * plain.permute(2, 3, 1, 0))


# Reading and changing.


def test_assignments_return_the_new_value_as_keras_does() -> None:
    ours, theirs = both([1.0, 2.0])
    for name, value in (("assign", [3.0, 4.0]), ("assign_add", [1.0, 1.0]), ("assign_sub", [0.5, 2.0])):
        np.testing.assert_array_equal(host(getattr(ours, name)(value)), host(getattr(theirs, name)(value)))
        np.testing.assert_array_equal(ours.numpy(), host(theirs.value))


def test_assign_casts_and_checks_the_shape() -> None:
    variable = Variable([1, 2], dtype="int32")
    variable.assign(np.array([3.7, 4.2]))
    assert variable.numpy().tolist() == [3, 4]
    with pytest.raises(ValueError, match=r"variable has shape \(2,\), the value has shape \(3,\)"):
        variable.assign([1, 2, 3])


def test_numpy_is_a_copy() -> None:
    variable = Variable([1.0, 2.0])
    variable.numpy()[0] = 9
    assert variable.numpy().tolist() == [1, 2]
    assert np.asarray(variable, dtype="float64").dtype == np.float64
    assert Variable(torch.ones(2).bfloat16()).numpy().dtype == np.float32


def test_scalars_become_python_numbers() -> None:
    assert float(Variable(2.5)) == 2.5
    assert int(Variable(3)) == 3
    assert [10, 20, 30][Variable(1)] == 20
    assert bool(Variable(True))
    for convert in (float, int):
        with pytest.raises(TypeError, match="Only scalar arrays"):
            convert(Variable([1.0, 2.0]))
    with pytest.raises(TypeError, match="cannot be used as a boolean"):
        bool(Variable([True, False]))


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("other", [2.0, [2.0, 3.0, 0.5], np.array([2, 1, 3], "int32")])
def test_operators_are_those_of_keras(name: str, other: Any) -> None:
    function = getattr(operator, name)
    ours, theirs = both([1.0, 2.0, 3.0])
    if isinstance(other, list):
        other = torch.tensor(other)
    for left, right in (((ours, other), (theirs, other)), ((other, ours), (other, theirs))):
        if isinstance(left[0], np.ndarray):
            continue  # NumPy takes the operator to itself
        a, b = function(*left), function(*right)
        np.testing.assert_allclose(host(a), host(b))
        assert a.dtype == b.dtype


@pytest.mark.parametrize("function", [operator.neg, operator.pos, abs, round, operator.itemgetter(0)])
def test_operators_of_one(function: Any) -> None:
    ours, theirs = both([-1.5, 2.5])
    np.testing.assert_array_equal(host(function(ours)), host(function(theirs)))


def test_logic_is_that_of_keras() -> None:
    ours, theirs = both([0, 1, 6], dtype="int32", trainable=False)
    for function in (operator.and_, operator.or_, operator.xor):
        np.testing.assert_array_equal(host(function(ours, 2)), host(function(theirs, 2)))
    np.testing.assert_array_equal(host(~ours), host(~theirs))


def test_matmul() -> None:
    variable = Variable(np.eye(2, dtype="float32") * 2)
    torch.testing.assert_close(variable @ torch.ones(2), torch.full((2,), 2.0))
    torch.testing.assert_close(torch.ones(2) @ variable, torch.full((2,), 2.0))


def test_torch_functions_and_methods_take_it() -> None:
    variable = Variable([1.0, -2.0])
    torch.testing.assert_close(torch.abs(variable), torch.tensor([1.0, 2.0]))
    torch.testing.assert_close(torch.stack([variable, variable]).sum(), torch.tensor(-2.0))
    assert float(variable.sum().detach()) == -1
    assert variable.device.type == "cpu"
    with pytest.raises(AttributeError, match="Variable has no attribute 'nonsense'"):
        variable.nonsense  # noqa: B018


def test_ops_and_symbolic_tensors_take_it() -> None:
    variable = Variable([1.0, 2.0, 3.0])
    assert float(ops.sum(variable).detach()) == 6
    assert ops.convert_to_tensor(variable) is variable.value
    assert (KerasTensor((None, 3)) * variable).shape == (None, 3)
    assert (variable - KerasTensor((None, 3))).shape == (None, 3)


def test_trainable_decides_about_gradients() -> None:
    variable = Variable([1.0])
    assert variable.tensor.requires_grad
    variable.trainable = False
    assert not variable.tensor.requires_grad
    assert not Variable([1], dtype="int32").tensor.requires_grad


@pytest.mark.parametrize("name", ["regularizer", "constraint"])
def test_regularizer_and_constraint_are_functions(name: str) -> None:
    variable = Variable([1.0])
    setattr(variable, name, torch.abs)
    assert getattr(variable, name) is torch.abs
    setattr(variable, name, None)
    with pytest.raises(ValueError, match=f"Invalid value for attribute `{name}`"):
        setattr(variable, name, 3)


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # inside real Keras
def test_repr_is_that_of_keras() -> None:
    ours, theirs = both([1.0, 2.0], name="w")
    assert repr(ours) == repr(theirs)


def test_copies_and_pickles() -> None:
    variable = Variable([1.0, 2.0], name="w")
    for made in (copy.deepcopy(variable), pickle.loads(pickle.dumps(variable))):
        made.assign([3.0, 4.0])
        assert made.name == "w"
    assert variable.numpy().tolist() == [1, 2]


def test_hashing_is_by_identity() -> None:
    first, second = Variable(1.0), Variable(1.0)
    assert len({first, second, first}) == 2


# Stateless scopes.


def test_a_stateless_scope_gives_other_values_and_keeps_assignments() -> None:
    variable = Variable([1.0, 2.0])
    scope = StatelessScope(state_mapping=[(variable, torch.tensor([5.0, 6.0]))])
    with scope:
        torch.testing.assert_close(variable + 1, torch.tensor([6.0, 7.0]))
        variable.assign_add([1.0, 1.0])
        torch.testing.assert_close(variable.value, torch.tensor([6.0, 7.0]))
    assert variable.numpy().tolist() == [1, 2]
    torch.testing.assert_close(scope.get_current_value(variable), torch.tensor([6.0, 7.0]))


def test_a_stateless_scope_keeps_assignments_to_others_too(kernel: Any) -> None:
    module, variable = kernel
    before = module.weight
    with StatelessScope() as scope:
        variable.assign(torch.zeros(5, 2, 3, 4))
        assert not module.weight.any()
    assert module.weight is before
    assert before.any()
    assert not scope.get_current_value(variable).any()


def test_gradients_flow_to_the_values_of_a_stateless_scope() -> None:
    variable, value = Variable([1.0, 2.0]), torch.tensor([3.0, 4.0], requires_grad=True)
    with StatelessScope(state_mapping=[(variable, value)]):
        result = (variable * variable).sum()
    (gradient,) = torch.autograd.grad(result, value)
    torch.testing.assert_close(gradient, torch.tensor([6.0, 8.0]))


def test_a_stateless_scope_checks_what_it_gets() -> None:
    variable = Variable([1.0, 2.0])
    with pytest.raises(ValueError, match=r"has shape \(2,\), got shape \(3,\)"):
        StatelessScope(state_mapping=[(variable, torch.ones(3))])
    with pytest.raises(ValueError, match="must be Variable instances"):
        StatelessScope(state_mapping=[(3, torch.ones(3))])


def test_variables_made_in_a_stateless_scope_get_their_value_at_its_end() -> None:
    with StatelessScope():
        variable = Variable("ones", shape=(2,))
        assert variable.shape == (2,)
        assert "value" not in repr(variable)
        with pytest.raises(ValueError, match="create a variable while in a stateless scope"):
            Variable([1.0])
    assert variable.numpy().tolist() == [1, 1]


def test_device_scope() -> None:
    with torchkeras.device("meta"):
        assert Variable(torch.ones(2)).device.type == "meta"
    assert Variable([1.0]).device.type == "cpu"


def test_remat_computes_the_same() -> None:
    x = torch.tensor([0.3, 0.4], requires_grad=True)
    function = torchkeras.remat(lambda a, scale: (torch.tanh(a) * scale).sum())
    (gradient,) = torch.autograd.grad(function(x, scale=2.0), x)
    torch.testing.assert_close(gradient, 2 * (1 - torch.tanh(x) ** 2))
    with pytest.raises(ValueError, match="Invalid mode 'x'"):
        torchkeras.RematScope("x")
