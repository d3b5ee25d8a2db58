"""``compile``, ``fit``, ``evaluate``, ``predict`` and the steps a model may override."""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any, ClassVar

import torch
from torch import Tensor

from torchkeras import _settings, optimizers
from torchkeras._data import as_triple, to_device, to_tensors
from torchkeras._data._weights import checked_class_weight, class_weighter
from torchkeras._errors import nearest
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._symbolic import map_leaves
from torchkeras._training import _loops
from torchkeras._training._compile_loss import CompileLoss
from torchkeras._training._compile_metrics import CompileMetrics
from torchkeras._training._logs import read_logs
from torchkeras._training._step import (
    backward_and_apply,
    batch_rows,
    freeze_as_compiled,
    loss_function,
    trainable_tensors,
)
from torchkeras.layers._part import Part
from torchkeras.metrics import Mean


class Trainer(Part):
    """The part of :class:`Model` that trains: short methods over the loops of ``_training``."""

    optimizer: Any = None
    compiled = False
    loss: Any = None
    history: Any = None
    run_eagerly = False
    jit_compile = False
    steps_per_execution = 1
    # what callbacks and users set to end a loop after the batch that runs
    stop_training = False
    stop_evaluating = False
    stop_predicting = False
    # made by `make_train_function` and kin, for users' loops
    train_function: Any = None
    test_function: Any = None
    predict_function: Any = None

    _loss_tracker: Any = None
    _compile_loss: Any = None
    _compile_metrics: Any = None
    _compile_arguments: ClassVar[dict[str, Any]] = {}
    _compile_trainable: ClassVar[dict[int, bool]] = {}
    _frozen_at_compile: Any = None
    _known_tensors: Any = frozenset()
    _train_function: Any = None
    _test_function: Any = None

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
        **kwargs: Any,
    ) -> None:
        """Say how to train.

        Args:
            optimizer: an optimizer, its name or its config.
            loss: a loss, its name or a function ``(y_true, y_pred)``; for several outputs a list or dict of them.
            loss_weights: factors of the outputs' losses, a list or dict.
            metrics: metrics, names or functions, in a list; for several outputs a list of lists or a dict.
            weighted_metrics: likewise, but they see sample and class weights.
            run_eagerly, steps_per_execution, jit_compile, auto_scale_loss: as in Keras.

        A weight's ``trainable`` flag counts as it is now; a flag changed later counts from the next ``compile``.
        """
        if kwargs:

            name = next(iter(kwargs))
            raise TypeError(f"compile: unexpected argument {name!r}.{nearest(name, ['loss', 'metrics', 'optimizer', 'loss_weights'])}")
        optimizer = optimizers.get(optimizer)
        if auto_scale_loss and self.dtype_policy.name == "mixed_float16" and optimizer is not None:
            if not isinstance(optimizer, optimizers.LossScaleOptimizer):
                optimizer = optimizers.LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
        compiled_loss = CompileLoss(loss, loss_weights) if loss is not None else None
        compiled_metrics = CompileMetrics(metrics, weighted_metrics)
        self.__dict__["_compile_arguments"] = {
            "optimizer": optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
        }
        self.__dict__["optimizer"] = optimizer
        self.__dict__["loss"] = loss
        self._compile_loss = compiled_loss
        self.__dict__["_compile_metrics"] = compiled_metrics
        self.__dict__["_loss_tracker"] = Mean(name="loss")
        if jit_compile is True:
            warnings.warn("compile: `jit_compile=True` is not available yet; the steps run eagerly.", stacklevel=2)
        self.run_eagerly, self.steps_per_execution, self.jit_compile = run_eagerly, steps_per_execution, False
        self.__dict__["_compile_trainable"] = {id(layer): layer.trainable for layer in self._flatten_layers()}
        self.__dict__["_frozen_at_compile"] = None
        self._forget_functions()
        self.stop_training = False
        self.compiled = True

    def _forget_functions(self) -> None:
        self.__dict__.update(
            _train_function=None, _test_function=None,
            train_function=None, test_function=None, predict_function=None,
        )

    def _settle_trainable(self) -> None:
        """Fix, once all weights exist, which of them the last ``compile`` froze."""
        if self._frozen_at_compile is not None:
            return
        frozen, known = set(), set()
        flags = self._compile_trainable
        for layer in self._flatten_layers():
            layer_trains = flags.get(id(layer), layer.trainable)
            for variable in layer._own:
                known.add(id(variable.tensor))
                if not (layer_trains and (variable.trainable or layer_trains != layer.trainable)):
                    frozen.add(id(variable.tensor))
        for variable in self.weights:
            if id(variable.tensor) not in known:  # of plain torch modules
                known.add(id(variable.tensor))
                if not variable.trainable:
                    frozen.add(id(variable.tensor))
        self.__dict__["_frozen_at_compile"], self.__dict__["_known_tensors"] = frozen, known

    # What may be overridden.

    def train_step(self, data: Any) -> dict[str, Any]:
        """One training step on a batch ``(x, y, sample_weight)``; returns the values of the metrics."""
        x, y, sample_weight = as_triple(data)
        y_pred = self(x, training=True)
        self._build_compiled(y, y_pred)
        loss = self._call_compute_loss(x, y, y_pred, sample_weight, training=True)
        variables = trainable_tensors(self)
        if not self.optimizer.built:
            self.optimizer.build(variables)
        backward_and_apply(self, loss, variables, [variable.tensor for variable in variables])
        self._loss_tracker.update_state(loss.detach(), sample_weight=batch_rows(x))
        return self.compute_metrics(x, y, map_leaves(_detach, y_pred), sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """One evaluation step on a batch ``(x, y, sample_weight)``; returns the values of the metrics."""
        x, y, sample_weight = as_triple(data)
        y_pred = self(x, training=False)
        self._build_compiled(y, y_pred)
        loss = self._call_compute_loss(x, y, y_pred, sample_weight, training=False)
        if loss is not None:
            self._loss_tracker.update_state(loss.detach(), sample_weight=batch_rows(x))
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The outputs for a batch."""
        x, _, _ = as_triple(data)
        return self(x, training=False)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Tensor | None:
        """The total loss of a batch: the compiled losses, regularizers and what layers added."""
        if self._compile_loss is not None and not self._compile_loss.built:
            self._compile_loss.build(self, y_pred)
        return loss_function(_AsDefault(self))(x, y, y_pred, sample_weight)

    _default_compute_loss: ClassVar[Any] = compute_loss

    def _call_compute_loss(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Any:
        return self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=training)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the compiled metrics with a batch and return the values of all metrics."""
        if self._compile_metrics is not None:
            if not self._compile_metrics.built:
                self._compile_metrics.build(self, y, y_pred)
            self._compile_metrics.update(y, y_pred, sample_weight)
        return self.get_metrics_result()

    _default_compute_metrics: ClassVar[Any] = compute_metrics

    def get_metrics_result(self) -> dict[str, Any]:
        """The values of all metrics, on the device."""
        found: dict[str, Any] = {}
        compiled = self._compile_metrics
        own = {id(metric) for metric in compiled.metrics} if compiled is not None else set()
        for metric in self.metrics:
            if id(metric) not in own:
                value = metric.result()
                found.update(value if isinstance(value, dict) else {metric.name: value})
        if compiled is not None and own & {id(metric) for metric in self.metrics}:
            found.update(compiled.results())
        return found

    @property
    def metrics(self) -> list[Any]:
        """All metrics: the mean loss, those of layers, the outputs' losses, those given to ``compile``."""
        found = [self._loss_tracker] if self.compiled and self._loss_tracker is not None else []
        found += [metric for layer in self._flatten_layers() for metric in layer._metrics]
        if self._compile_loss is not None:
            found += self._compile_loss.trackers
        if self._compile_metrics is not None:
            found += self._compile_metrics.metrics
        return list({id(metric): metric for metric in found}.values())

    @property
    def metrics_names(self) -> list[str]:
        """The keys of the logs, the loss first."""
        compiled = self._compile_metrics
        own = {id(metric) for metric in compiled.metrics} if compiled is not None else set()
        names = [metric.name for metric in self.metrics if id(metric) not in own]
        return names + ([key for _, _, key, _ in compiled.entries] if compiled is not None else [])

    def reset_metrics(self) -> None:
        """Set all metrics back to their start."""
        for metric in self.metrics:
            metric.reset_state()

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
            x: arrays, tensors, frames, lists or dicts of them; a ``DataLoader``, ``Dataset``, ``PyDataset`` or generator.
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
        return _loops.fit(
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
        """The loss and the metrics on data: a number, a list ``[loss, *metrics]`` or a dict. Arguments as in :meth:`fit`."""
        logs = _loops.evaluate(
            self, x, y, sample_weight, batch_size=batch_size, verbose=verbose, steps=steps, callbacks=callbacks, **kwargs
        )
        return logs if return_dict else _flat(logs, self.metrics_names)

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: Any = "auto", steps: int | None = None, callbacks: Any = None
    ) -> Any:
        """The outputs for all rows, as arrays on the host. Arguments as in :meth:`fit`."""
        return _loops.predict(self, x, batch_size=batch_size, verbose=verbose, steps=steps, callbacks=callbacks)

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
        step = _loops.train_function(self, batch)
        freeze_as_compiled(self, trainable_tensors(self))
        self.reset_metrics()
        with _in_mode(self, True):
            logs = read_logs(step(*batch))
        return logs if return_dict else _flat(logs, self.metrics_names)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Evaluate one batch; the loss and metrics as in :meth:`evaluate`."""
        self._assert_compiled("test_on_batch")
        batch = self._batch_of(x, y, sample_weight)
        step = _loops.test_function(self, batch)
        self.reset_metrics()
        with _in_mode(self, False), torch.no_grad():
            logs = read_logs(step(*batch))
        return logs if return_dict else _flat(logs, self.metrics_names)

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
        return type(self).compute_loss is not Trainer.compute_loss

    def make_train_function(self, force: bool = False) -> Any:
        """The function that takes an iterator of batches through one training step; Keras' hook for custom loops."""
        if self.train_function is None or force:
            self.__dict__["train_function"] = lambda iterator: self.train_step(next(iterator))
        return self.train_function

    _default_make_train_function: ClassVar[Any] = make_train_function

    def _compile_config(self) -> dict[str, Any]:
        return {key: serialize_keras_object(value) for key, value in self._compile_arguments.items()}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as :meth:`get_compile_config` of another model says."""
        if config:
            self.compile(**{key: deserialize_keras_object(value) for key, value in config.items()})
            if self.optimizer is not None and self.built:
                self.optimizer.build(trainable_tensors(self))


class _AsDefault:
    """A model seen without its own ``compute_loss``, so that the default one can be called from it."""

    def __init__(self, model: Any) -> None:
        self.__dict__["_model"] = model

    compute_loss = None
    _default_compute_loss = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


@contextlib.contextmanager
def _in_mode(model: Any, training: bool) -> Iterator[None]:
    before = model.training
    model.train(training)
    try:
        yield
    finally:
        model.train(before)


def _detach(leaf: Any) -> Any:
    if not isinstance(leaf, Tensor):
        return leaf
    mask = getattr(leaf, "_keras_mask", None)
    leaf = leaf.detach()
    if mask is not None:
        leaf._keras_mask = mask  # type: ignore[attr-defined]
    return leaf


def _to_numpy(leaf: Any) -> Any:
    if not isinstance(leaf, Tensor):
        return leaf
    leaf = leaf.detach().cpu()
    return (leaf.float() if leaf.dtype == torch.bfloat16 else leaf).numpy()


def _flat(logs: dict[str, Any], order: list[str]) -> Any:
    names = [name for name in order if name in logs] + [name for name in logs if name not in order]
    values = [logs[name] for name in names]
    return values[0] if len(values) == 1 else values


__all__ = ["Trainer"]
