"""How the arguments of a call are served: by the table of old arguments, then by today's signature."""

import inspect
import warnings
from collections.abc import Iterator
from typing import Any

from torchkeras import layers, optimizers
from torchkeras._check._names import ANEW, MISSING, Verdict
from torchkeras._check._uses import CallUse
from torchkeras._eras import _arguments
from torchkeras._eras._arguments import Table
from torchkeras._eras._arguments._core_words import CORE, OPTIMIZERS
from torchkeras._eras._arguments._row import Call
from torchkeras._eras._arguments._wrapping import table_of
from torchkeras._errors import nearest
from torchkeras._fields import known_arguments

_SHAPES = {"batch_input_shape", "batch_shape", "batch_size", "input_dim", "input_dtype", "input_shape"}


def verdicts(use: CallUse, target: Any) -> Iterator[tuple[str, Verdict]]:
    """What is not as today in a call of `target`: a text for the argument, and the verdict on it.

    Args:
        use: the call.
        target: what is called; None for a method of something unknown.
    """
    name = use.path.rpartition(".")[2]
    table = _table(use.path, target)
    call = Call(name, use.args, dict(use.kwargs), old_name=hasattr(target, "_stands_for"))
    if _has_old_order(table, call):
        yield f"{name}(...)", Verdict(ANEW, "an old order of positional arguments: today with keywords")
    for row in table.rows:
        taken = [word for word in row.old if word in use.kwargs]
        if taken and (row.when is None or any(_holds(row.when, use.kwargs[word]) for word in taken)):
            yield f"{name}({_words(taken)})", Verdict(ANEW, row.said_of(taken))
    known = {word for row in table.rows for word in row.old}
    for word in use.kwargs:
        text = _core_words(target).get(word)
        if text is not None:
            yield f"{name}({word}=)", Verdict(ANEW, f"`{word}=` {text}")
        elif word not in known and not takes(target, word):
            hint = nearest(word, known_arguments(target) if isinstance(target, type) else ())
            yield f"{name}({word}=)", Verdict(MISSING, f"no such argument.{hint}")


def _table(path: str, target: Any) -> Table:
    """The rows for calls of `target`, or of any method of the path's name."""
    if target is None:
        return _arguments.method_tables().get(path.lstrip("."), Table())
    return table_of(getattr(target, "_stands_for", target))


def takes(target: Any, word: str) -> bool:
    """Whether `target` has that argument today; so do things that do not tell theirs."""
    real = getattr(target, "_stands_for", target)
    if real is None or (real in _arguments.model_tables() and word in ("inputs", "outputs")):
        return True
    if isinstance(real, type) and issubclass(real, (layers.Layer, optimizers.Optimizer)):
        known = known_arguments(real)
        return word in known or (word in _SHAPES and issubclass(real, layers.Layer)) or _hides(real, word)
    try:
        parameters = inspect.signature(real).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(p.name == word or p.kind is p.VAR_KEYWORD for p in parameters)


def _hides(cls: type, word: str) -> bool:
    return word in getattr(cls, "__fields__", {}) or not cls.__module__.startswith("torchkeras.")


def _core_words(target: Any) -> dict[str, str]:
    if isinstance(target, type) and issubclass(target, optimizers.Optimizer):
        return OPTIMIZERS
    return CORE.get(getattr(target, "__name__", ""), {})


def _has_old_order(table: Table, call: Call) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for form in table.forms:
            if form.least <= len(call.args) <= len(form.names) and _holds(form.is_old, call):
                return True
    return False


def _holds(condition: Any, value: Any) -> bool:
    """Whether a condition holds, as far as the literals in a script tell."""
    try:
        return bool(condition(value))
    except (TypeError, ValueError, AttributeError, IndexError):
        return False


def _words(names: list[str]) -> str:
    return ", ".join(f"{name}=" for name in names)
