"""Which names the logs of a training will hold, as far as it can be known before the first step."""

import warnings
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from torchkeras._errors import nearest
from torchkeras._spellings import other_spelling
from torchkeras.callbacks._callback import Callback

# Methods of a model that may put what they like into the logs, and the hooks of a callback that may.
_STEPS = ("make_train_function", "train_step", "test_step", "compute_metrics", "get_metrics_result")
_CHANGING_HOOKS = ("on_epoch_end", "on_train_batch_end", "on_batch_end")


class ExpectedLogs(NamedTuple):
    """What is known before training about the names in the logs.

    Attributes:
        names: those of a training batch.
        in_epochs: names that callbacks add at the end of an epoch.
        certain: whether there can be no others: false with an overridden step, with metrics or callbacks of the
            user's own, which may add some.
        validates: whether there will be names with ``val_``; None if unknown.
    """

    names: frozenset[str]
    in_epochs: frozenset[str] = frozenset()
    certain: bool = False
    validates: bool | None = None

    def of_epoch(self) -> list[str]:
        """All names that the end of an epoch can have, in alphabetical order."""
        validation = () if self.validates is False else (f"val_{name}" for name in self.names)
        return sorted({*self.names, *validation, *self.in_epochs})

    def of_batch(self) -> list[str]:
        """All names that a training batch can have, in alphabetical order."""
        return sorted(self.names)

    def is_missing_validation(self, name: str) -> bool:
        """Whether `name` would be there if there was validation data."""
        return self.validates is False and name.startswith("val_") and name.removeprefix("val_") in self.names


def expected_logs(model: Any, callbacks: Iterable[Any], validates: bool | None = None) -> ExpectedLogs:
    """What is known about the logs once the metrics of `model` are made."""
    names = frozenset(getattr(model, "metrics_names", None) or ())
    rates = any(_sets_learning_rate(callback) for callback in callbacks)
    certain = _is_ours_throughout(model) and not any(_may_add(callback) for callback in callbacks)
    return ExpectedLogs(names, frozenset({"learning_rate"} if rates else ()), certain, validates)


def todays_name(owner: str, name: str, available: list[str]) -> str:
    """`name`, or its other spelling if only that one is available, with one DeprecationWarning."""
    other = other_spelling(name)
    if name in available or other not in available:
        return name
    text = f"{owner}: the logs of this training have no `{name}`; it is called `{other}` there."
    warnings.warn(text, DeprecationWarning, stacklevel=2)
    return other


def all_metrics(model: Any) -> Iterator[Any]:
    """The metrics of `model`, with those inside a container of metrics."""
    for metric in getattr(model, "metrics", None) or ():
        yield metric
        yield from all_metrics(metric)


def not_available(name: str, expected: ExpectedLogs, available: list[str]) -> str:
    """Why `name` will not be in the logs, and what to do, as the end of a sentence."""
    if expected.is_missing_validation(name):
        return f"no validation data: `fit` needs `validation_data` or `validation_split` to log `{name}`."
    return f"the logs of this training will hold: {', '.join(available)}.{nearest(name, available)}"


def _is_ours_throughout(model: Any) -> bool:
    """Whether all metrics are made, and neither they nor the steps are the user's own."""
    compiled = getattr(model, "_compile_metrics", None)
    if not getattr(model, "metrics", None) or (compiled is not None and not compiled.built):
        return False
    kind = type(model)
    methods = [getattr(kind, name, None) for name in _STEPS]
    metrics = [type(metric) for metric in all_metrics(model)]
    return all(_is_ours(item) for item in (*methods, *metrics))


def _may_add(callback: Any) -> bool:
    return any(not _is_ours(method) for method in _overrides(callback))


def _overrides(callback: Any) -> Iterator[Any]:
    for hook in _CHANGING_HOOKS:
        method = getattr(callback, hook, None)
        function = getattr(method, "__func__", method)
        if function is not None and function is not getattr(Callback, hook):
            yield function


def _sets_learning_rate(callback: Any) -> bool:
    return getattr(callback, "_logs_learning_rate", False)


def _is_ours(item: Any) -> bool:
    return (getattr(item, "__module__", None) or "").partition(".")[0] == __name__.partition(".")[0]
