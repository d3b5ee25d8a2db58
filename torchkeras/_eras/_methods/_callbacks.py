"""``callback.params`` under the keys of Keras 1 and 2, looked up in the running loop when somebody asks."""

from collections.abc import Callable
from typing import Any

from torchkeras.callbacks._callback_list import CallbackList


def _metrics(callbacks: Any) -> list[str]:
    names: list[str] = list(callbacks.model.metrics_names)
    return names + [f"val_{name}" for name in names] if callbacks.validates else names


def _source(callbacks: Any) -> Any:
    run = callbacks.model._run
    return None if run is None else run.steps.source


_KEYS: dict[str, Callable[[Any], Any]] = {
    "nb_epoch": lambda callbacks: callbacks.params.get("epochs"),
    "metrics": _metrics,
    "samples": lambda callbacks: getattr(_source(callbacks), "num_samples", None),
    "nb_sample": lambda callbacks: getattr(_source(callbacks), "num_samples", None),
    "batch_size": lambda callbacks: getattr(_source(callbacks), "batch_size", None),
    "do_validation": lambda callbacks: bool(callbacks.validates),
}


class Params(dict[str, Any]):
    """``{"verbose", "epochs", "steps"}``, and what else scripts look for; that costs nothing until they do."""

    def __init__(self, params: dict[str, Any], callbacks: Any) -> None:
        super().__init__(params)
        self._callbacks = callbacks

    def __missing__(self, key: Any) -> Any:
        if key not in _KEYS:
            raise KeyError(key)
        return _KEYS[key](self._callbacks)

    def __contains__(self, key: Any) -> bool:
        return super().__contains__(key) or key in _KEYS

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key] if key in self else default  # noqa: SIM401  # this is that method


def let_params_be_read() -> None:
    """From now on callbacks are handed such params."""
    set_params = CallbackList.set_params

    def hand_on(self: Any, params: dict[str, Any]) -> None:
        set_params(self, Params(params, self))

    CallbackList.set_params = hand_on  # type: ignore[method-assign]
