"""The compiled training step: forward, loss, gradients, update and metrics in one graph (D9)."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras._structures import map_leaves
from torchkeras._training._compiled import Compiled, Compiler, Step
from torchkeras._training._step import batch_rows, detached, loss_function, trainable_tensors
from torchkeras.optimizers import LossScaleOptimizer
from torchkeras.optimizers._traced import is_traceable, slot_tensors, traced_update


def compiled_train(model: Any, eager: Step, results: Any) -> Compiled:
    """The training step, compiled as a whole; without the update, or the metrics, where those need the host."""
    parts = _Parts(model, results)
    forms: list[Callable[[Compiler], Step]] = [parts.without_update, parts.forward_and_backward]
    if is_traceable(model.optimizer) and model.optimizer._is_built_on(parts.variables):
        forms.insert(0, parts.whole)
    return Compiled("training step", model, eager, forms)


class _Parts:
    """The pieces of a step, looked up once, and the ways to put them into a graph."""

    def __init__(self, model: Any, results: Any) -> None:
        self.model, self.results = model, results
        self.variables = trainable_tensors(model)
        self.tensors = [variable.tensor for variable in self.variables]
        self.optimizer = model.optimizer
        self.step = self.optimizer._attach(self.variables)
        self.loss_of = loss_function(model)
        self.numbers = Numbers(self.optimizer, self.tensors[0].device)

    # What is captured.

    def _gradients(self, x: Any, y: Any, sample_weight: Any, numbers: Tensor) -> tuple[Any, Tensor, list[Any]]:
        y_pred = self.model(x)
        loss = self.loss_of(x, y, y_pred, sample_weight)
        scaled = loss * numbers[2].to(loss.dtype) if self.numbers.scales else loss
        grads = torch.autograd.grad(scaled, self.tensors, allow_unused=True)
        return map_leaves(detached, y_pred), loss.detach(), list(grads)

    @torch.no_grad()
    def _measure(self, x: Any, y: Any, y_pred: Any, loss: Tensor, sample_weight: Any) -> None:
        self.model._loss_tracker.update_state(loss, sample_weight=batch_rows(x))
        self.model._compile_metrics.update_state(y, y_pred, sample_weight)

    def _like_weights(self, grads: list[Any]) -> list[Any]:
        """The gradients with the strides of the weights, which kernels that change weights in place rely on."""
        return [
            grad if grad is None or grad.stride() == weight.stride() else torch.empty_like(weight).copy_(grad)
            for grad, weight in zip(grads, self.tensors)
        ]

    # The ways.

    def whole(self, compiler: Compiler) -> Step:
        """Everything in one graph; the host counts, and moves averages if there are some."""
        optimizer, numbers = self.optimizer, self.numbers

        def capture(x: Any, y: Any, sample_weight: Any, given: Tensor) -> None:
            y_pred, loss, grads = self._gradients(x, y, sample_weight, given)
            traced_update(optimizer, grads, given[0], given[1])
            self._measure(x, y, y_pred, loss, sample_weight)

        _fix_addresses([*slot_tensors(optimizer), *self._states(), numbers.tensor])
        graph = compiler(capture)

        def run(x: Any, y: Any, sample_weight: Any) -> Any:
            graph(x, y, sample_weight, numbers.present())
            if optimizer.use_ema:
                with torch.no_grad():
                    optimizer._move_averages(optimizer._update_count())
            optimizer._iterations.number += 1
            return self.results

        return run

    def without_update(self, compiler: Compiler) -> Step:
        """The update follows the graph: the optimizer decides something on the host."""

        def capture(x: Any, y: Any, sample_weight: Any, given: Tensor) -> list[Any]:
            y_pred, loss, grads = self._gradients(x, y, sample_weight, given)
            self._measure(x, y, y_pred, loss, sample_weight)
            return self._like_weights(grads)

        _fix_addresses([*self._states(), self.numbers.tensor])
        graph = compiler(capture)

        def run(x: Any, y: Any, sample_weight: Any) -> Any:
            self.step(graph(x, y, sample_weight, self.numbers.present()))
            return self.results

        return run

    def forward_and_backward(self, compiler: Compiler) -> Step:
        """Update and metrics follow the graph: a metric decides something on the host."""

        def capture(x: Any, y: Any, sample_weight: Any, given: Tensor) -> tuple[Any, Tensor, list[Any]]:
            y_pred, loss, grads = self._gradients(x, y, sample_weight, given)
            return y_pred, loss, self._like_weights(grads)

        graph = compiler(capture)

        def run(x: Any, y: Any, sample_weight: Any) -> Any:
            y_pred, loss, grads = graph(x, y, sample_weight, self.numbers.present())
            self.step(grads)
            self._measure(x, y, y_pred, loss, sample_weight)
            return self.results

        return run

    def _states(self) -> list[Tensor]:
        return [variable.tensor for metric in self.model.metrics for variable in metric.variables]


class Numbers:
    """What the host knows of a step, for the graph to read: the rate, the count of the step, the scale of the loss.

    They are one small tensor, so that a schedule changes an input of the graph and not the graph.
    """

    def __init__(self, optimizer: Any, device: torch.device) -> None:
        self.optimizer = optimizer
        self.scales = isinstance(optimizer, LossScaleOptimizer) or optimizer.loss_scale_factor is not None
        dtype = torch.float32 if device.type == "mps" else torch.float64
        self.tensor = torch.zeros(3, dtype=dtype, device=device)
        self.written = [0.0, 0.0, 0.0]
        # on the CPU, an array over the same memory takes a number in a tenth of the time
        self.cells: Any = self.tensor.numpy() if device.type == "cpu" else self.tensor

    def present(self) -> Tensor:
        """The numbers of the coming step."""
        optimizer = self.optimizer
        now = [optimizer._present_rate(), optimizer._update_count() + 1, 1.0]
        if self.scales:
            now[2] = optimizer.scale_loss(1.0)
        for index, number in enumerate(now):
            if number is not self.written[index]:
                self.cells[index] = number
        self.written = now
        return self.tensor


def _fix_addresses(tensors: list[Tensor]) -> None:
    """Promise that these stay where they are: then CUDA graphs may change them in place."""
    for tensor in tensors:
        if tensor.is_cuda:
            torch._dynamo.mark_static_address(tensor, guard=True)
