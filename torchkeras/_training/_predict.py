"""``predict``: outputs of all batches, brought to the host as they come."""

from typing import Any

import torch
from torch import Tensor

from torchkeras._data import make_source, to_device
from torchkeras._structures import leaves, map_leaves
from torchkeras._training._checks import check_arguments
from torchkeras._training._data_checks import check_data
from torchkeras._training._functions import forward_function
from torchkeras._training._parallel_data import shared
from torchkeras._training._parallel_outputs import collecting
from torchkeras._training._steps import Steps, callback_list, group_size, limited


def predict(model: Any, x: Any, batch_size: int | None, verbose: Any, steps: int | None, callbacks: Any) -> Any:
    """See :meth:`Trainer.predict`."""
    check_arguments(batch_size=batch_size, verbose=verbose, steps=steps)
    device = model._device()
    source = shared(make_source(x, None, None, batch_size, steps, device=device))
    first = to_device(source.peek(), device)
    check_data(model, first, source, targets=False)
    run = Steps(source, limited(steps, source), device, "predict")
    listeners = callback_list(model, callbacks, verbose, 1, run.steps)
    step = forward_function(model, first)
    training = model.training
    model.eval()
    stateful = any(getattr(layer, "stateful", False) for layer in model._flatten_layers())
    results = collecting(Collected(source.num_samples if steps is None else None), source)
    listeners.on_predict_begin()
    model.__dict__["stop_predicting"] = False
    begin = listeners.on_predict_batch_begin if listeners.overrides("on_predict_batch_begin") else None
    group = group_size(model)
    tell = _Told(listeners, group) if listeners.overrides("on_predict_batch_end") else None
    try:
        with torch.no_grad() if stateful else torch.inference_mode():
            for index, (inputs, *rest) in enumerate(run.epoch()):
                if begin is not None and index % group == 0:
                    begin(index)
                outputs = step(inputs, *rest)
                results.add(outputs)
                if tell is not None:
                    tell.add(index, outputs)
                if model.stop_predicting:
                    break
            if tell is not None:
                tell.rest()
    finally:
        model.train(training)
    listeners.on_predict_end()
    return results.arrays()


class _Told:
    """Tells callbacks the outputs of every `group` of steps, which they see as one."""

    def __init__(self, listeners: Any, group: int) -> None:
        self.listeners, self.group = listeners, group
        self.outputs: list[Any] = []
        self.index = 0

    def add(self, index: int, outputs: Any) -> None:
        self.index = index
        self.outputs.append(outputs)
        if (index + 1) % self.group == 0:
            self.rest()

    def rest(self) -> None:
        if self.outputs:
            parts = zip(*map(leaves, self.outputs))
            joined = (
                self.outputs[0] if len(self.outputs) == 1 else map_leaves(lambda _: _cat(next(parts)), self.outputs[0])
            )
            self.outputs = []
            self.listeners.on_predict_batch_end(self.index, {"outputs": joined})


def _cat(parts: Any) -> Any:
    return torch.cat(parts) if isinstance(parts[0], Tensor) and parts[0].ndim else parts[-1]


_SMALL = 2**22  # numbers; joining so few at the end is cheaper than placing each batch as it comes


class Collected:
    """The outputs of all batches, brought to the host as they come.

    Args:
        rows: how many there will be, if known: then they are written straight into their place.
    """

    def __init__(self, rows: int | None) -> None:
        self.rows = rows
        self.structure: Any = None
        self.buffers: list[Any] = []
        self.lone: list[Any] | None = None  # the only buffer, where it is a list
        self.filled = 0

    def add(self, outputs: Any) -> None:
        """Take one batch."""
        if self.lone is not None and type(outputs) is Tensor:  # the common case: no structures to look for
            self.lone.append(outputs)
            return
        flat = [leaf for leaf in leaves(outputs) if isinstance(leaf, Tensor)]
        if not self.buffers:
            self.structure = map_leaves(lambda _: None, outputs)
            self.buffers = [self._buffer(tensor) for tensor in flat]
        for buffer, tensor in zip(self.buffers, flat, strict=True):
            if isinstance(buffer, list):
                buffer.append(tensor if tensor.device.type == "cpu" else tensor.to("cpu", non_blocking=True))
            else:
                buffer[self.filled : self.filled + len(tensor)].copy_(tensor, non_blocking=True)
        self.filled += len(flat[0]) if flat and flat[0].ndim else 0
        if type(outputs) is Tensor and isinstance(self.buffers[0], list) and outputs.device.type == "cpu":
            self.lone = self.buffers[0]

    def _buffer(self, tensor: Tensor) -> Any:
        if self.rows is None or not tensor.ndim:
            return []
        if tensor.device.type == "cpu" and tensor.shape[1:].numel() * self.rows < _SMALL:
            return []
        dtype = torch.float32 if tensor.dtype == torch.bfloat16 else tensor.dtype
        return torch.empty((self.rows, *tensor.shape[1:]), dtype=dtype, pin_memory=tensor.device.type == "cuda")

    def arrays(self) -> Any:
        """All rows, in the structure of the outputs."""
        if torch.cuda.is_available():
            torch.cuda.synchronize()  # the copies are on their way
        found = iter([self._joined(buffer) for buffer in self.buffers])
        return map_leaves(lambda _: next(found), self.structure)

    def _joined(self, buffer: Any) -> Any:
        if isinstance(buffer, list):
            joined = torch.cat([part if part.ndim else part[None] for part in buffer]).detach()
            return (joined.float() if joined.dtype == torch.bfloat16 else joined).numpy()
        return buffer[: self.filled].numpy()
