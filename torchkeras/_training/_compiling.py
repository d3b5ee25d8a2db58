"""``compile``: what it is given, kept until the first batch shows shapes, and what it freezes."""

import warnings
from collections.abc import Iterator
from typing import Any, ClassVar

from torchkeras import optimizers
from torchkeras._errors import brief, nearest
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._training._compile_loss import CompileLoss
from torchkeras._training._compile_metrics import CompileMetrics
from torchkeras._training._step import sources, trainable_tensors
from torchkeras.layers._part import Part
from torchkeras.metrics import Mean

# functions that are made for the compiled state, and made anew after the next `compile`
_MADE = (
    "_train_function",
    "_test_function",
    "_forward_function",
    "_default_loss",
    "train_function",
    "test_function",
    "predict_function",
)


class Compiling(Part):
    """The part of :class:`Trainer` that is compiled."""

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
    _run: Any = None  # the running `fit`
    _initial_epoch: int | None = None  # what a callback sets to begin with another epoch
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
    _frozen_places: Any = None  # in a copy: which of `weights` are frozen, until their ids are looked up
    _known_tensors: Any = frozenset()
    _default_loss: Any = None
    _train_function: Any = None
    _test_function: Any = None
    _forward_function: Any = None

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
            run_eagerly, steps_per_execution, auto_scale_loss: as in Keras.
            jit_compile: True compiles the whole step with ``torch.compile``; a dict does so with these arguments of
                ``torch.compile``, such as ``{"mode": "max-autotune"}``. ``"auto"`` and False run eagerly: a
                compilation takes seconds or minutes, and only you know whether training is long enough.

        A weight's ``trainable`` flag counts as it is now; a flag changed later counts from the next ``compile``.
        """
        if kwargs:
            name = next(iter(kwargs))
            known = ["loss", "metrics", "optimizer", "loss_weights"]
            raise TypeError(f"compile: unexpected argument {name!r}.{nearest(name, known)}")
        optimizer = self._scaling(optimizers.get(optimizer), auto_scale_loss)
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
        self.run_eagerly, self.steps_per_execution = run_eagerly, steps_per_execution
        self.jit_compile = _checked_jit_compile(jit_compile, run_eagerly)
        self.__dict__["_compile_trainable"] = {id(layer): layer.trainable for layer in self._flatten_layers()}
        self.__dict__["_frozen_at_compile"] = self.__dict__["_frozen_places"] = None
        self._forget_functions()
        self.stop_training = False
        self.compiled = True

    def _scaling(self, optimizer: Any, wanted: bool) -> Any:
        """The optimizer, with the loss scaled where half precision needs it."""
        if optimizer is None or isinstance(optimizer, optimizers.LossScaleOptimizer):
            return optimizer
        if wanted and self.dtype_policy.name == "mixed_float16":
            return optimizers.LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
        return optimizer

    def _apply(self, function: Any, recurse: bool = True) -> Any:
        """``.to(device)``, ``.double()``: functions that were made hold the tensors as they were."""
        result = super()._apply(function, recurse)
        self._forget_functions()
        return result

    def _forget_functions(self) -> None:
        self.__dict__.update(dict.fromkeys(_MADE))

    def _settle_trainable(self) -> None:
        """Fix, once all weights exist, which of them the last ``compile`` froze."""
        if self._frozen_at_compile is not None:
            return
        frozen, known = set(), set()
        for variable, trains in self._flags():
            for source in sources(self, variable):
                known.add(id(source.tensor))
                if not trains:
                    frozen.add(id(source.tensor))
        self.__dict__["_frozen_at_compile"], self.__dict__["_known_tensors"] = frozen, known

    def _flags(self) -> Iterator[tuple[Any, bool]]:
        """Each weight, and whether it was to train when `compile` was called."""
        if self._frozen_places is not None:
            yield from ((variable, index not in self._frozen_places) for index, variable in enumerate(self.weights))
            return
        seen = set()
        for layer in self._flatten_layers():
            layer_trains = self._compile_trainable.get(id(layer), layer.trainable)
            for variable in layer._own:
                seen.add(id(variable))
                yield variable, layer_trains and (variable.trainable or layer_trains != layer.trainable)
        # and those of plain torch modules
        yield from ((variable, variable.trainable) for variable in self.weights if id(variable) not in seen)

    def __getstate__(self) -> dict[str, Any]:
        # functions that were made hold this very model, and ids of tensors and layers mean nothing in a copy
        if self.compiled and self.built:
            self._settle_trainable()
        frozen, places = self._frozen_at_compile, None
        if frozen is not None:
            weights = enumerate(self.weights)
            places = {index for index, v in weights if any(id(s.tensor) in frozen for s in sources(self, v))}
        forgotten = dict.fromkeys((*_MADE, "_frozen_at_compile"))
        more: dict[str, Any] = {"_known_tensors": frozenset(), "_compile_trainable": {}, "_frozen_places": places}
        return {**super().__getstate__(), **forgotten, **more}

    def _compile_config(self) -> dict[str, Any]:
        return {key: serialize_keras_object(value) for key, value in self._compile_arguments.items()}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as :meth:`get_compile_config` of another model says."""
        if not type(self).compile.__module__.startswith("torchkeras."):
            warnings.warn(
                "`compile()` was not called as part of model loading because the model's `compile()` method is custom. "
                f"Let {type(self).__name__} override `get_compile_config()` and `compile_from_config(config)`, too, or "
                "call `compile()` after loading.",
                stacklevel=2,
            )
            return
        if config:
            self.compile(**{key: deserialize_keras_object(value) for key, value in config.items()})
            if self.optimizer is not None and self.built:
                self.optimizer.build(trainable_tensors(self))


def _checked_jit_compile(value: Any, run_eagerly: bool) -> Any:
    """False, True, or the arguments for ``torch.compile``."""
    if isinstance(value, dict):
        known = ["backend", "dynamic", "fullgraph", "mode", "options"]
        for name in value:
            if name not in known:
                raise ValueError(
                    f"compile: `jit_compile` takes the arguments {known} of torch.compile, got {name!r}."
                    f"{nearest(name, known)}"
                )
    elif value not in (True, False, None, "auto"):
        raise ValueError(f"compile: `jit_compile` must be True, False, 'auto' or a dict, got {brief(value)}.")
    if run_eagerly and value and value != "auto":
        warnings.warn(
            "compile: with `run_eagerly=True` nothing is compiled; `jit_compile` is not used.",
            stacklevel=3,
        )
        return False
    return False if value in ("auto", None) else value
