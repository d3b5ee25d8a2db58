"""What one call of a model does, as torchinfo traces it on the meta device, with what torchinfo gets wrong corrected.

torchinfo 1.8.0 takes a multiply-add count from the number of weights and two axes of the output, which is wrong
for dense layers over sequences and for products of activations; it counts shared weights once per layer and
leaves out moving statistics; of a structure of outputs it sees one tensor. So the same run is observed twice:
torchinfo lists the calls, and the matrix products that torch dispatches and the true outputs are written down.
"""

import contextlib
import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from torchkeras._probing import OnMeta
from torchkeras._structures import leaves
from torchkeras._symbolic import KerasTensor
from torchkeras.layers import Layer
from torchkeras.models._counter import Counter
from torchkeras.models._describe import one_or_list
from torchkeras.models._example_inputs import input_symbols, symbols_of, zeros_like


class Figures(NamedTuple):
    """What a run showed: torchinfo's statistics (corrected), and the multiply-adds (None if not exactly known)."""

    statistics: Any
    mult_adds: int | None
    shapes: dict[int, Any]


def statistics(model: Any, input_shape: Any = None) -> Any:
    """torchinfo's ``ModelStatistics`` of one call of a built model, corrected.

    Args:
        model: the model.
        input_shape: with the batch axis; by default the shape it was built for, with a batch of 1.

    Raises:
        ImportError: torchinfo is not installed.
        ValueError: the input shape is not known, or the model cannot be run on the meta device.
    """
    symbols = input_symbols(model) if input_shape is None else symbols_of(input_shape, model.compute_dtype)
    unknown = [symbol.shape for symbol in leaves(symbols) if None in symbol.shape[1:]]
    if unknown:
        raise ValueError(f'Model "{model.name}": give an `input_shape` without None, it was built for {unknown[0]}.')
    given = input_shape is not None
    return run_on_meta(
        model, zeros_like(symbols, "meta", lambda symbol: _one_sample(symbol, keep_batch=given))
    ).statistics


def mult_adds(model: Any) -> int | None:
    """The multiply-adds of a model's matrix products and convolutions for one sample; None if not exactly known."""
    with contextlib.suppress(ImportError, ValueError):
        symbols = input_symbols(model)
        if all(symbol.shape and None not in symbol.shape[1:] for symbol in leaves(symbols)):
            return run_on_meta(model, zeros_like(symbols, "meta", _one_sample)).mult_adds
    return None


def traced_shapes(model: Any) -> dict[int, Any]:
    """The shapes of what each layer returns in a call of the model, by the layer's id; empty if they can't be had."""
    try:
        symbols = input_symbols(model)
        runs = max(len(symbol._probes) for symbol in leaves(symbols))
        given = [zeros_like(symbols, "meta", functools.partial(_nth_probe, run=run)) for run in range(runs)]
        found = [run_on_meta(model, inputs).shapes for inputs in given]
    except (ImportError, ValueError):
        return {}
    return {key: _join([run[key] for run in found]) for key in found[0] if all(key in run for run in found)}


def _nth_probe(symbol: KerasTensor, run: int) -> tuple[int, ...]:
    return symbol._probes[min(run, len(symbol._probes) - 1)]


def _one_sample(symbol: KerasTensor, keep_batch: bool = False) -> tuple[int, ...]:
    batch = symbol.shape[0] if keep_batch and symbol.shape[0] is not None else 1
    return (batch, *symbol.shape[1:])


def _join(runs: list[list[tuple[int, ...]]]) -> Any:
    """Shapes of two runs as one: None where they differ."""
    shapes = [
        tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*same, strict=True))
        for same in zip(*runs, strict=True)
    ]
    return one_or_list(shapes)


def run_on_meta(model: Any, inputs: Any) -> Figures:
    """Run the model on meta tensors, with torchinfo and with our own observers.

    Raises:
        ImportError: torchinfo is not installed.
        ValueError: the model does not run on the meta device, or keeps states from call to call.
    """
    import torchinfo

    if any(getattr(module, "stateful", False) for module in model.modules()):
        raise ValueError(f'Model "{model.name}" keeps states from call to call: a run would change them.')
    counter, record = Counter(), _Record()
    with (
        _untouched(model),
        _observed(model, counter, record),
        torch.no_grad(),
        OnMeta(),
        torch.device("meta"),
        counter,
    ):
        try:
            found = torchinfo.summary(
                model, input_data=[inputs], verbose=0, col_names=("output_size", "num_params", "mult_adds")
            )
        except Exception as error:  # whatever a user's `call` may raise on tensors without values
            raise ValueError(f'Model "{model.name}" cannot be traced on the meta device: {error}') from error
    shapes = {key: calls[-1][0] for key, calls in record.items()}
    _correct(found, model, record, counter)
    return Figures(found, counter.total if counter.exact else None, shapes)


def _correct(found: Any, model: Any, record: "_Record", counter: Counter) -> None:
    calls = {key: iter(seen) for key, seen in record.items()}
    for info in found.summary_list:
        shapes, info.macs = next(calls.get(info.layer_id, iter(())), ([], info.macs))
        info.output_size = one_or_list([list(shape) for shape in shapes]) if shapes else info.output_size
    found.total_mult_adds = counter.total
    tensors = [variable.tensor for variable in model.weights]
    found.total_params = sum(tensor.numel() for tensor in tensors)
    found.total_param_bytes = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    found.trainable_params = sum(variable.tensor.numel() for variable in model.trainable_weights)


# by the id of the module, for each call: the shapes of the outputs and the multiply-adds inside
_Record = dict[int, list[tuple[list[tuple[int, ...]], int]]]


@contextlib.contextmanager
def _observed(model: Any, counter: Counter, record: _Record) -> Iterator[None]:
    """Hooks on all modules that fill the record."""
    started: dict[int, int] = {}

    def before(module: nn.Module, args: Any) -> None:
        started[id(module)] = counter.total

    def after(module: nn.Module, args: Any, outputs: Any) -> None:
        shapes = [tuple(leaf.shape) for leaf in leaves(outputs) if isinstance(leaf, Tensor)]
        record.setdefault(id(module), []).append((shapes, counter.total - started[id(module)]))

    hooks = []
    for module in model.modules():
        hooks += [module.register_forward_pre_hook(before), module.register_forward_hook(after)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@contextlib.contextmanager
def _untouched(model: Any) -> Iterator[None]:
    """The training flags and the losses of the last call as they were, whatever a run does to them."""
    flags = [(module, module.training) for module in model.modules()]
    losses = [(module, list(module._losses)) for module in model.modules() if isinstance(module, Layer)]
    try:
        yield
    finally:
        for module, flag in flags:
            module.training = flag
        for layer, before in losses:
            layer._losses[:] = before


__all__ = ["Figures", "mult_adds", "run_on_meta", "statistics", "traced_shapes"]
