"""``keras.Function`` against real Keras."""

from typing import Any

import keras
import pytest
import torch

import torchkeras
from torchkeras import Function, Input, KerasTensor, ops
from torchkeras.utils import get_source_inputs


def graph(library: Any) -> Any:
    first, second = library.Input((3,)), library.Input((3,))
    total = first + second
    return first, second, total, library.ops.tanh(total) * 2


@pytest.mark.parametrize("structure", [lambda a, b: [a, b], lambda a, b: {"x": a, "y": [b]}])
def test_it_computes_what_keras_computes(structure: Any) -> None:
    values = torch.randn(4, 3), torch.randn(4, 3)
    results = []
    for library in (torchkeras, keras):
        first, second, total, last = graph(library)
        function = library.Function(structure(first, second), {"a": last, "b": total})
        results.append(function(structure(*values)))
    for name in ("a", "b"):
        torch.testing.assert_close(results[0][name], results[1][name])


def test_it_may_begin_in_the_middle_of_a_graph() -> None:
    _, _, total, last = graph(torchkeras)
    x = torch.randn(2, 3)
    torch.testing.assert_close(Function(total, last)(x), torch.tanh(x) * 2)


def test_it_is_recorded_on_symbolic_tensors() -> None:
    first, second, _, last = graph(torchkeras)
    function = Function([first, second], last, name="twice")
    found = function([Input((3,)), Input((3,))])
    assert found.shape == (None, 3)
    assert found._keras_history.operation is function
    assert function.compute_output_shape([(5, 3), (5, 3)]) == (5, 3)
    assert [operation.name for operation in function.operations][-1].startswith("multiply")


def test_unknown_sizes_become_known() -> None:
    x = Input((None, 4))
    function = Function(x, ops.mean(x, axis=1))
    assert function(KerasTensor((2, 7, 4))).shape == (2, 4)


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda a, b, c, d: Function(a, d), "Output is not connected to `inputs`: it depends on"),
        (lambda a, b, c, d: Function([], d), "`inputs` argument cannot be empty"),
        (lambda a, b, c, d: Function(a, 3), "hold symbolic tensors, got 3"),
        (lambda a, b, c, d: Function(c, d)(torch.ones(2, 4)), r"expected shape \(None, 3\), but received .* \(2, 4\)"),
        (lambda a, b, c, d: Function([a, b], d)([torch.ones(2, 3)]), "invalid input structure"),
    ],
)
def test_errors(use: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        use(*graph(torchkeras))


def test_source_inputs() -> None:
    first, second, total, last = graph(torchkeras)
    assert get_source_inputs(last) == [first, second]
    assert get_source_inputs(total) == [first, second]
    assert get_source_inputs(first) == [first]
