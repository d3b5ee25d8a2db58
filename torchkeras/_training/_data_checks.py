"""Data that does not fit the model, refused before the first step.

Shapes are compared with those of the graph; losses are tried on the meta device, where only shapes exist; values
(labels, indices of an embedding) are looked at once, over all rows where they are arrays. Nothing here runs per step.
"""

import contextlib
import math
import warnings
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras._data._convert import no_numbers
from torchkeras._strings import StringTensor
from torchkeras._structures import leaves
from torchkeras._symbolic import KerasTensor
from torchkeras.losses._checks import check_targets as check_target_values
from torchkeras.losses._function_loss import CLASSES

Shape = tuple[Any, ...]
_STEPS = ("train_step", "test_step", "predict_step")


def check_data(model: Any, batch: Any, source: Any = None, what: str = "", targets: bool = True) -> None:
    """Refuse data that does not fit the inputs and losses of `model`, which `batch` has built.

    Args:
        batch: the first batch, ``(x, y, sample_weight)``.
        source: where it came from; one that holds arrays (``.data``) is looked at as a whole.
        what: where the data came from if not from the call's own arguments, for messages.
        targets: whether the targets count, too.

    Raises:
        ValueError, IndexError: names the input or output, what was expected, what came and what to do.
    """
    if any(getattr(type(model), step) is not model._defaults[step] for step in _STEPS):
        return  # its own steps may take anything
    rows = getattr(source, "data", None) or batch
    with _told(f"{what}: " if what else ""):
        _check_text(model, rows[0])
        _check_inputs(model, rows[0])
        if targets and model._compile_loss is not None and model._compile_loss.built and rows[1] is not None:
            _check_targets(model, *rows[1:])


def check_first_batch(model: Any, batch: Any) -> None:
    """:meth:`check_data` for those who bring batches one by one: only the first one after ``compile``."""
    if model._compile_loss is not None and not model._compile_loss.checked:
        check_data(model, batch)


@contextlib.contextmanager
def _told(prefix: str) -> Iterator[None]:
    """Put `prefix` before the message of an error, where there is one to put."""
    try:
        yield
    except (ValueError, IndexError) as error:
        if not prefix:
            raise
        raise type(error)(f"{prefix}{error}") from None


def graph_of(model: Any) -> Any:
    """The functional model that runs, of a functional or a connected sequential one; else None."""
    if not model.built:
        return None
    return model if getattr(model, "_inputs_struct", None) is not None else model.__dict__.get("_functional")


# Inputs.


def _check_text(model: Any, x: Any) -> None:
    for leaf in leaves(x):
        if isinstance(leaf, StringTensor) and not model._accepts_text():
            raise no_numbers("x", "string", leaf.shape)


def _check_inputs(model: Any, x: Any) -> None:
    graph = graph_of(model)
    if graph is None:
        return
    found = graph._in_order(x)
    if len(found) != len(graph.inputs):
        raise ValueError(
            f'Model "{model.name}": expected {len(graph.inputs)} input(s) ({", ".join(graph.input_names)}), got '
            f"{len(found)}. Pass a list in that order, or a dict with those names."
        )
    for symbol, value in zip(graph.inputs, found, strict=True):
        name = symbol._keras_history.operation.name
        if isinstance(value, Tensor):
            _check_shape(model, graph, name, symbol.shape, value)
        elif value is None and not symbol._keras_history.operation.optional:
            raise ValueError(f'Model "{model.name}": input "{name}" expects shape {symbol.shape}, got None.')
    _check_indices(graph, found)


def _check_shape(model: Any, graph: Any, name: str, wanted: Shape, value: Tensor) -> None:
    got = tuple(value.shape)
    if _fits(wanted, got) or (len(wanted) == len(got) and graph is not model and _runs(model, value)):
        return
    raise ValueError(
        f'Model "{model.name}": input "{name}" expects shape {wanted}, got {got}.{_advice(wanted[1:], got)}'
    )


def _fits(wanted: Shape, got: Shape) -> bool:
    """Whether the sizes agree, but for the batch's; a last axis of size 1 may be missing or too many."""
    if len(got) == len(wanted) + 1 and got[-1] == 1:
        got = got[:-1]
    elif len(got) == len(wanted) - 1 and wanted[-1] == 1:
        wanted = wanted[:-1]
    return len(got) == len(wanted) and all(a in (None, b) for a, b in zip(wanted[1:], got[1:], strict=True))


def _runs(model: Any, value: Tensor) -> bool:
    """Whether a Sequential model, whose sizes Keras does not insist on, can run on other ones than it was built for."""
    try:
        model._outputs_for(KerasTensor((None, *value.shape[1:]), value.dtype))
    except Exception:
        return False
    return True


def _advice(sample: Shape, got: Shape) -> str:
    if got == sample:
        return " A single sample needs a batch axis: `x[None]`."
    if None not in sample and got and math.prod(sample) == math.prod(got[1:]):
        return f" The numbers are as many: `x.reshape{(-1, *sample)}`."
    return f" Pass other data, or make the model with `keras.Input({got[1:]})`."


def _check_indices(graph: Any, found: list[Any]) -> None:
    """Let layers that look things up see the inputs that they get as they are."""
    values = {id(symbol): value for symbol, value in zip(graph.inputs, found, strict=True)}
    for node in graph._graph.nodes:
        check = getattr(node.operation, "check_indices", None)
        value = values.get(id(node.input_tensors[0])) if check is not None and node.input_tensors else None
        if check is not None and isinstance(value, Tensor) and value.numel():
            check(value)


# Targets and weights.


def _check_targets(model: Any, targets: Any, weights: Any) -> None:
    compiled = model._compile_loss
    graph = graph_of(model)
    shapes_known = graph is not None or not compiled.checked
    outputs = compiled.outputs if graph is None else graph.output
    lone = len(compiled._terms) == 1
    for term in compiled._terms:
        output, y, weight = (term.place.of(part) for part in (outputs, targets, weights))
        if not isinstance(y, Tensor) or not hasattr(output, "shape") or not y.ndim or not _is_ours(term.loss):
            continue
        with _told("" if lone else f'Output "{term.place.key}": '):
            if shapes_known and None not in output.shape[1:]:
                weight = weight if isinstance(weight, Tensor) else None
                _try_loss(term.loss, y, weight, (len(y), *output.shape[1:]))
            check_target_values(term.loss, y, output)
    compiled.checked = True


def _is_ours(loss: Any) -> bool:
    """A user's loss runs when it is its turn, not for a trial."""
    return type(loss) in CLASSES.values()


def _try_loss(loss: Any, y: Tensor, weight: Any, shape: Shape) -> None:
    """Run the loss on zeros of a few rows; if that fails, where only shapes exist, for a message with the real ones.

    Not on the meta device at once: some of its kernels are Python and take a millisecond.
    """
    rows = min(len(y), 7)
    few = None if weight is None else (rows, *weight.shape[1:])
    small = math.prod(shape[1:]) <= 10_000
    if small and _failure(loss, (rows, *y.shape[1:]), y.dtype, (rows, *shape[1:]), few, "cpu") is None:
        return
    error = _failure(loss, tuple(y.shape), y.dtype, shape, None if weight is None else tuple(weight.shape), "meta")
    if error is not None:
        raise error


def _failure(
    loss: Any, target: Shape, dtype: torch.dtype, output: Shape, weight: Shape | None, device: str
) -> ValueError | None:
    """What the loss says to tensors of those shapes. What else than our own errors it raises, the step will raise."""
    y_true, y_pred = (torch.zeros(s, dtype=d, device=device) for s, d in ((target, dtype), (output, loss._torch_dtype)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the first step warns
        try:
            loss(y_true, y_pred)
        except ValueError as error:
            return error
        except (RuntimeError, IndexError, TypeError):
            return None
        try:
            if weight is not None:
                loss(y_true, y_pred, torch.zeros(weight, device=device))
        except RuntimeError:
            return ValueError(
                f"`sample_weight`: expected one weight a sample, shape ({output[0]},), or one a value of the loss, for "
                f"outputs of shape {output}, got shape {weight}."
            )
    return None
