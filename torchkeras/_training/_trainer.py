"""``compile``, ``fit``, ``evaluate``, ``predict`` and the steps a model may override."""

import contextlib
import types
from collections.abc import Iterator
from typing import Any, ClassVar

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._data import as_triple, to_device, to_tensors
from torchkeras._data._weights import checked_class_weight, class_weighter
from torchkeras._scopes import StatelessScope
from torchkeras._structures import map_leaves
from torchkeras._training._data_checks import check_first_batch
from torchkeras._training._evaluate import evaluate
from torchkeras._training._fit import fit
from torchkeras._training._functions import test_function, train_function
from torchkeras._training._generators import FromGenerators
from torchkeras._training._measuring import Measuring
from torchkeras._training._parallel import on_batch
from torchkeras._training._predict import predict
from torchkeras._training._step import (
    backward_and_apply,
    batch_rows,
    default_loss_function,
    detached,
    freeze_as_compiled,
    own_loss_function,
    trainable_tensors,
)
from torchkeras.metrics._metric import Borrowed


class Trainer(FromGenerators, Measuring):
    """The part of :class:`Model` that trains: short methods over the loops of ``_training``."""

    # What may be overridden.

    def train_step(self, data: Any) -> dict[str, Any]:
        """One training step on a batch ``(x, y, sample_weight)``; returns the values of the metrics."""
        x, y, sample_weight = as_triple(data)
        y_pred = self(x, training=True)
        self._build_compiled(y, y_pred)
        loss = self._loss_of(x, y, y_pred, sample_weight, training=True)
        variables = trainable_tensors(self)
        if not self.optimizer.built:
            self.optimizer.build(variables)
        backward_and_apply(self, loss, variables, [variable.tensor for variable in variables])
        self._loss_tracker.update_state(loss.detach(), sample_weight=batch_rows(x))
        return self.compute_metrics(x, y, map_leaves(detached, y_pred), sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """One evaluation step on a batch ``(x, y, sample_weight)``; returns the values of the metrics."""
        x, y, sample_weight = as_triple(data)
        y_pred = self(x, training=False)
        self._build_compiled(y, y_pred)
        loss = self._loss_of(x, y, y_pred, sample_weight, training=False)
        if loss is not None:
            self._loss_tracker.update_state(loss.detach(), sample_weight=batch_rows(x))
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The outputs for a batch."""
        x, _, _ = as_triple(data)
        return self(x, training=False)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Tensor:
        """The total loss of a batch: the compiled losses, regularizers and what layers added."""
        if self._compile_loss is not None and not self._compile_loss.built:
            self._compile_loss.build(self, y_pred)
        if self._default_loss is None:
            self.__dict__["_default_loss"] = default_loss_function(self)
        return self._default_loss(x, y, y_pred, sample_weight)

    def _loss_of(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Tensor:
        if self._has_own_loss():
            return own_loss_function(self, training)(x, y, y_pred, sample_weight)
        return self.compute_loss(x, y, y_pred, sample_weight, training)

    def stateless_compute_loss(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        metrics_variables: Any,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> tuple[Any, ...]:
        """:meth:`compute_loss` with other values for the variables, none of which change.

        Returns:
            The loss, and the three lists of values as they are after it.
        """
        mine = [*self.trainable_variables, *self.non_trainable_variables]
        pairs = [*zip(mine, [*trainable_variables, *non_trainable_variables], strict=True)]
        states = types.SimpleNamespace(variables=self.metrics_variables)
        with StatelessScope(pairs), Borrowed(states, metrics_variables) as borrowed:
            loss = self._loss_of(x, y, y_pred, sample_weight, training)
            metrics = [variable.tensor for variable in borrowed]
        return loss, (trainable_variables, non_trainable_variables, metrics)

    # Loops.

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
    ) -> Any:
        """Train for a number of epochs and return the ``History``; a second call goes on.

        Args:
            x: arrays, tensors, frames, lists or dicts of them; a ``DataLoader``, ``Dataset``, ``PyDataset`` or
                generator.
            y: targets, if `x` holds arrays.
            batch_size: rows a step, 32 by default.
            epochs: the number of the last epoch (not how many more, if `initial_epoch` is given).
            verbose: 0 silent, 1 a bar, 2 a line an epoch.
            callbacks: a list of ``keras.callbacks.Callback``.
            validation_split: the last fraction of the rows is not trained on but evaluated after each epoch.
            validation_data: ``(x, y)``, ``(x, y, sample_weight)`` or a source of batches, evaluated after each epoch.
            shuffle: whether rows come in a new order each epoch.
            class_weight, sample_weight: weights in the loss.
            initial_epoch: the first epoch's number.
            steps_per_epoch, validation_steps: batches an epoch, for sources without an end.
            validation_batch_size: rows a step in validation.
            validation_freq: every how many epochs, or after which ones, to evaluate.
        """
        return fit(
            self,
            x, y, sample_weight,
            batch_size=batch_size, epochs=epochs, verbose=verbose, callbacks=callbacks,
            validation_split=validation_split, validation_data=validation_data, shuffle=shuffle,
            class_weight=class_weight, initial_epoch=initial_epoch, steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps, validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
        )  # fmt: skip

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The loss and the metrics on data: a number, ``[loss, *metrics]`` or a dict; arguments as in :meth:`fit`."""
        logs = evaluate(
            self,
            x,
            y,
            sample_weight,
            batch_size=batch_size,
            verbose=verbose,
            steps=steps,
            callbacks=callbacks,
            **kwargs,
        )
        return logs if return_dict else _flat(logs, self._first_in_lists())

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """The outputs for all rows, as arrays on the host. Arguments as in :meth:`fit`."""
        return predict(self, x, batch_size=batch_size, verbose=verbose, steps=steps, callbacks=callbacks)

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """One step on one batch; the loss and metrics as in :meth:`evaluate`."""
        self._assert_compiled("train_on_batch")
        batch = self._batch_of(x, y, sample_weight)
        weights = checked_class_weight(class_weight)
        if weights is not None:
            if sample_weight is not None:
                raise ValueError("Arguments `sample_weight` and `class_weight` cannot be specified at the same time.")
            batch = (batch[0], batch[1], class_weighter(weights)(batch[1], None))
        step = train_function(self, batch)
        check_first_batch(self, batch)
        freeze_as_compiled(self, trainable_tensors(self))
        self.reset_metrics()
        with _in_mode(self, True):
            logs = on_batch(self, batch, step, train=True)
        return logs if return_dict else _flat(logs, self._first_in_lists())

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Evaluate one batch; the loss and metrics as in :meth:`evaluate`."""
        self._assert_compiled("test_on_batch")
        batch = self._batch_of(x, y, sample_weight)
        step = test_function(self, batch)
        check_first_batch(self, batch)
        self.reset_metrics()
        with _in_mode(self, False), torch.no_grad():
            logs = on_batch(self, batch, step, train=False)
        return logs if return_dict else _flat(logs, self._first_in_lists())

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, as arrays."""
        batch = self._batch_of(x, None, None)
        with _in_mode(self, False), torch.no_grad():
            outputs = self.predict_step((batch[0],))
        return map_leaves(_to_numpy, outputs)

    def _batch_of(self, x: Any, y: Any, sample_weight: Any) -> Any:
        data = to_tensors(x, "x"), to_tensors(y, "y"), to_tensors(sample_weight, "sample_weight")
        return to_device(data, self._device())

    def _device(self) -> torch.device:
        """Where the weights are."""
        parameter = next(self.parameters(), None)
        return _settings.device() if parameter is None else parameter.device

    def _assert_compiled(self, method: str) -> None:
        if not self.compiled:
            raise ValueError(
                f'Model "{self.name}": you must call `compile()` before calling `{method}()`, for example '
                "`model.compile(optimizer='adam', loss='mse')`."
            )

    def _build_compiled(self, y: Any, y_pred: Any) -> None:
        """Match losses and metrics to the outputs, once."""
        if self._compile_loss is not None and not self._compile_loss.built and not self._has_own_loss():
            self._compile_loss.build(self, y_pred)
        if self._compile_metrics is not None and not self._compile_metrics.built and y is not None:
            self._compile_metrics.build(self, y, y_pred)
        if self._frozen_at_compile is None:
            self._settle_trainable()

    def _has_own_loss(self) -> bool:
        return type(self).compute_loss is not self._defaults["compute_loss"]

    def make_train_function(self, force: bool = False) -> Any:
        """A function that does one training step with the next of some batches; also kept as ``train_function``."""
        return self._made("train_function", self.train_step, force)

    def make_test_function(self, force: bool = False) -> Any:
        """A function that evaluates the next of some batches; also kept as ``test_function``."""
        return self._made("test_function", self.test_step, force)

    def make_predict_function(self, force: bool = False) -> Any:
        """A function that gives the outputs for the next of some batches; also kept as ``predict_function``."""
        return self._made("predict_function", self.predict_step, force)

    def _made(self, name: str, step: Any, force: bool) -> Any:
        if getattr(self, name) is None or force:
            self.__dict__[name] = lambda batches: step(batches[0] if isinstance(batches, list) else next(batches))
        return getattr(self, name)

    # by which the loops see what a model overrides
    _defaults: ClassVar[dict[str, Any]] = {
        "make_train_function": make_train_function,
        "make_test_function": make_test_function,
        "make_predict_function": make_predict_function,
        "train_step": train_step,
        "test_step": test_step,
        "predict_step": predict_step,
        "compute_loss": compute_loss,
        "compute_metrics": Measuring.compute_metrics,
    }


@contextlib.contextmanager
def _in_mode(model: Any, training: bool) -> Iterator[None]:
    before = model.training
    model.train(training)
    try:
        yield
    finally:
        model.train(before)


def _to_numpy(leaf: Any) -> Any:
    if not isinstance(leaf, Tensor):
        return leaf
    leaf = leaf.detach().cpu()
    return (leaf.float() if leaf.dtype == torch.bfloat16 else leaf).numpy()


def _flat(logs: dict[str, Any], order: list[str]) -> Any:
    names = [name for name in order if name in logs] + sorted(name for name in logs if name not in order)
    values = [logs[name] for name in names]
    return values[0] if len(values) == 1 else values


__all__ = ["Trainer"]
