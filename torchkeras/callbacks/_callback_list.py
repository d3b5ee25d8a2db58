"""Several callbacks as one."""

from collections.abc import Callable, Iterator
from typing import Any

from torchkeras._errors import brief
from torchkeras.callbacks._callback import Callback
from torchkeras.callbacks._expected_logs import expected_logs
from torchkeras.callbacks._history import History
from torchkeras.callbacks._logs import BatchLogs, python_logs
from torchkeras.callbacks._progbar_logger import ProgbarLogger

HOOKS = (
    *(f"on_{what}_{when}" for what in ("epoch", "train", "test", "predict") for when in ("begin", "end")),
    *(f"on_{what}_batch_{when}" for what in ("train", "test", "predict") for when in ("begin", "end")),
)
# Overriding the old name is overriding the new one.
_OLD_NAMES = {f"on_train_batch_{when}": f"on_batch_{when}" for when in ("begin", "end")}


class CallbackList:
    """Calls every callback of a list, in order.

    The constructor finds out once which callbacks override which hook; the others are never called. A
    training loop asks `overrides` before it starts and leaves out what nobody waits for::

        tell = callbacks.on_train_batch_end if callbacks.overrides("on_train_batch_end") else None
        for index, batch in enumerate(batches):
            train_step(batch)
            if tell:
                tell(index, BatchLogs(read_metrics))  # syncs with the device only if someone reads

    Args:
        callbacks: one callback or a list of them (a list inside a list counts as its members).
        add_history: append a `History`, unless there is one.
        add_progbar: append a `ProgbarLogger`, unless there is one.
        model: handed to every callback, where given.
        **params: handed to every callback: ``verbose``, ``epochs``, ``steps``.

    Raises:
        TypeError: something in the list is no callback.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        self.callbacks: list[Any] = list(_flatten(callbacks))
        self._history = self._find_or_add(History, add_history)
        self._progbar = self._find_or_add(ProgbarLogger, add_progbar)
        self.params: dict[str, Any] = {}
        self.model: Any = None
        self.validates: bool | None = None  # whether the running `fit` has validation data
        self._waiting = {hook: _overriding(hook, self.callbacks) for hook in HOOKS}
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    def overrides(self, *hooks: str) -> bool:
        """Whether any callback overrides one of these hooks."""
        return any(self._waiting[hook] for hook in hooks)

    def set_params(self, params: dict[str, Any]) -> None:
        """Hand the arguments of the running loop to every callback."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Hand the model to every callback."""
        self.model = model
        for callback in self.callbacks:
            callback.set_model(model)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._call("on_epoch_begin", epoch, python_logs(logs))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._call("on_epoch_end", epoch, python_logs(logs))

    def on_train_begin(self, logs: Any = None) -> None:
        self._check_names()
        self._call("on_train_begin", python_logs(logs))

    def on_train_end(self, logs: Any = None) -> None:
        self._call("on_train_end", python_logs(logs))

    def on_test_begin(self, logs: Any = None) -> None:
        self._call("on_test_begin", python_logs(logs))

    def on_test_end(self, logs: Any = None) -> None:
        self._call("on_test_end", python_logs(logs))

    def on_predict_begin(self, logs: Any = None) -> None:
        self._call("on_predict_begin", python_logs(logs))

    def on_predict_end(self, logs: Any = None) -> None:
        self._call("on_predict_end", python_logs(logs))

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._call("on_train_batch_begin", batch, _batch_logs(logs))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._call("on_train_batch_end", batch, _batch_logs(logs))

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._call("on_test_batch_begin", batch, _batch_logs(logs))

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self._call("on_test_batch_end", batch, _batch_logs(logs))

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._call("on_predict_batch_begin", batch, logs or {})

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        # {"outputs": array}: whole outputs, not numbers.
        self._call("on_predict_batch_end", batch, logs or {})

    on_batch_begin = on_train_batch_begin
    on_batch_end = on_train_batch_end

    def _check_names(self) -> None:
        """Let callbacks look whether the names they want are among those that the logs will have."""
        checks = [callback._check_names for callback in self.callbacks if hasattr(callback, "_check_names")]
        if checks:
            expected = expected_logs(self.model, self.callbacks, self.validates)
            for check in checks:
                check(expected)

    def _call(self, hook: str, *arguments: Any) -> None:
        for method in self._waiting[hook]:
            method(*arguments)

    def _find_or_add(self, kind: type[Callback], add: bool) -> Any:
        found = [callback for callback in self.callbacks if isinstance(callback, kind)]
        if not found and add:
            found = [kind()]
            self.callbacks += found
        return found[0] if found else None


def _batch_logs(logs: Any) -> Any:
    return logs if isinstance(logs, BatchLogs) else python_logs(logs)


def _overriding(hook: str, callbacks: list[Any]) -> list[Callable[..., None]]:
    """The bound methods behind `hook` of the callbacks that have one of their own."""
    names = (hook, _OLD_NAMES.get(hook, hook))
    return [getattr(callback, hook) for callback in callbacks if any(_has_own(callback, name) for name in names)]


def _has_own(callback: Any, hook: str) -> bool:
    method = getattr(callback, hook, None)
    function = getattr(method, "__func__", method)
    if function is None or function is getattr(Callback, hook):
        return False
    condition = getattr(function, "heard_if", None)
    return condition is None or condition(callback)


def _flatten(callbacks: Any) -> Iterator[Any]:
    if callbacks is None:
        return
    if isinstance(callbacks, (list, tuple)):
        for item in callbacks:
            yield from _flatten(item)
    elif isinstance(callbacks, type):
        name = callbacks.__name__
        raise TypeError(f"callbacks: expected an object, got the class {name}; pass {name}().")
    elif not (hasattr(callbacks, "set_model") and hasattr(callbacks, "set_params")):
        raise TypeError(
            f"callbacks: expected objects of `keras.callbacks.Callback`, got {brief(callbacks)}. "
            "For a plain function use `LambdaCallback(on_epoch_end=function)`."
        )
    else:
        yield callbacks
