"""Compiled evaluation and prediction, and a compiled model within steps that users write (D9)."""

import contextlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras._structures import map_leaves
from torchkeras._training._compiled import Compiled, Compiler, Step, is_wanted
from torchkeras._training._step import batch_rows, loss_function


def compiled_test(model: Any, eager: Step, results: Any) -> Compiled:
    """The evaluation step: forward, loss and metrics in one graph, or the forward alone."""
    loss_of = loss_function(model, training=False)
    track, update = model._loss_tracker.update_state, model._compile_metrics.update_state

    def measure(x: Any, y: Any, y_pred: Any, sample_weight: Any) -> None:
        track(loss_of(x, y, y_pred, sample_weight), sample_weight=batch_rows(x))
        update(y, y_pred, sample_weight)

    def whole(compiler: Compiler) -> Step:
        graph = compiler(lambda x, y, sample_weight: measure(x, y, model(x), sample_weight))

        def run(x: Any, y: Any, sample_weight: Any) -> Any:
            graph(x, y, sample_weight)
            return results

        return run

    def forward(compiler: Compiler) -> Step:
        graph = compiler(lambda x: model(x))

        def run(x: Any, y: Any, sample_weight: Any) -> Any:
            measure(x, y, graph(x), sample_weight)
            return results

        return run

    return Compiled("evaluation step", model, eager, [whole, forward])


def compiled_forward(model: Any) -> Compiled:
    """The outputs for a batch; they are the caller's, though CUDA graphs write into the same memory each time."""

    def form(compiler: Compiler) -> Step:
        graph = compiler(lambda x: model(x))
        return lambda x, y, sample_weight: map_leaves(_own, graph(x))

    return Compiled("prediction step", model, lambda x, y, sample_weight: model(x), [form])


def _own(leaf: Any) -> Any:
    return leaf.clone() if isinstance(leaf, Tensor) and leaf.is_cuda else leaf


def with_compiled_model(model: Any, step: Step) -> Step:
    """A step that a user wrote: it runs as it is, and the model that it calls is compiled if that is wanted."""
    return _WithCompiledModel(model, step) if is_wanted(model) else step


class _WithCompiledModel(Compiled):
    """Within the step, calls of the model with a full batch run compiled, forward and backward."""

    def __init__(self, model: Any, step: Step) -> None:
        super().__init__("model call in a step", model, self._call_eagerly, [self._form])
        self.model, self.step = model, step

    def __call__(self, x: Any, y: Any, sample_weight: Any) -> Any:
        with self._in_place_of_the_call():
            return self.step(x, y, sample_weight)

    @contextlib.contextmanager
    def _in_place_of_the_call(self) -> Any:
        # where `nn.Module.compile` puts its result, and `nn.Module.__call__` looks for it
        self.model.__dict__["_compiled_call_impl"] = self._call_model
        try:
            yield
        finally:
            self.model.__dict__["_compiled_call_impl"] = None

    def _call_model(self, *args: Any, **kwargs: Any) -> Any:
        given = args[0] if args else kwargs
        if torch.compiler.is_compiling() or batch_rows(given) != self.rows:
            return self.model._call_impl(*args, **kwargs)
        return super().__call__(given, args, kwargs)

    def _call_eagerly(self, _: Any, args: Any, kwargs: Any) -> Any:
        return self.model._call_impl(*args, **kwargs)

    def _form(self, compiler: Compiler) -> Step:
        model = self.model
        graph: Callable[..., Any] = compiler(lambda *args, **kwargs: model._call_impl(*args, **kwargs))
        return lambda _, args, kwargs: graph(*args, **kwargs)
