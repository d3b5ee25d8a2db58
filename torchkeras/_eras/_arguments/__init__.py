"""One table of renamed and dropped arguments, applied in one place: where eras are installed.

The rows stand in ``_layer_rows``, ``_forms`` (orders of positional arguments), ``_model_rows`` and ``_object_rows``.
:func:`install` wraps each constructor, method and function that has rows, once. A call without an old argument goes
through as it is; one with them is rewritten as today's, with one DeprecationWarning for each, which names today's
spelling. What no row knows meets today's error.
"""

import functools
import importlib
from collections.abc import Iterator
from typing import Any, TypeVar

from torchkeras import layers, models
from torchkeras._eras._arguments import _layer_rows, _model_rows, _object_rows
from torchkeras._eras._arguments._forms import FORMS
from torchkeras._eras._arguments._second_names import second_name
from torchkeras._eras._arguments._wrapping import Table, Wrapped, constructor, function

C = TypeVar("C", bound=type)

_wrapped = Wrapped()

SECOND_NAMES = {
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "SeparableConvolution2D": "SeparableConv2D",
}


def install() -> None:
    """Take the arguments of every era, from now on. Calling it again does nothing."""
    if _wrapped.before:
        return
    for cls in layer_classes().values():
        _wrapped.put(cls, "__init__", _layer_constructor(cls))
    for name, real in SECOND_NAMES.items():
        _wrapped.put(layers, name, second_name(name, getattr(layers, real)))
    _install_models()
    for cls, table in object_classes().items():
        _wrap_constructor(cls, table)
    for namespace, name, table in function_tables():
        module = importlib.import_module(f"torchkeras.{namespace}")
        if hasattr(module, name):
            _wrapped.put(module, name, function(getattr(module, name), name, table))


def takes_old_arguments(cls: C) -> C:
    """Class decorator for layers that only the eras have: they take old arguments for good."""
    cls.__init__ = _layer_constructor(cls)  # type: ignore[misc]
    return cls


def _layer_constructor(cls: Any) -> Any:
    name = cls.__name__
    least = Table((), FORMS.get(name, ())).least
    return constructor(cls, name, functools.partial(layer_table, cls), _layer_rows.words_of(name), least)


def uninstall() -> None:
    """Put everything back as it was."""
    _wrapped.undo()


def _install_models() -> None:
    for cls, table in model_tables().items():
        _wrap_constructor(cls, table, "Model" if cls is models.Functional else cls.__name__)
    # `Model(input=, output=)` is first asked for a new object, then made: one of the two warns
    new = function(models.Model.__new__, "Model", model_tables()[models.Model], is_method=True, quiet=True)
    _wrapped.put(models.Model, "__new__", staticmethod(new))
    for name, table in _model_rows.METHODS.items():
        owner = next(base for base in models.Model.__mro__ if name in base.__dict__)
        _wrapped.put(owner, name, function(owner.__dict__[name], f"Model.{name}", table, is_method=True))


# The table, for those who read it.


def layer_classes() -> dict[str, type]:
    """The layers' classes by their names."""
    found = {name: value for name, value in vars(layers).items() if isinstance(value, type)}
    return {name: cls for name, cls in found.items() if _is_layer(name, cls)}


def _is_layer(name: str, cls: type) -> bool:
    return issubclass(cls, layers.Layer) and cls.__name__ == name and "_stands_for" not in vars(cls)


def layer_table(cls: type) -> Table:
    """What a layer's class takes of old arguments."""
    return Table(_layer_rows.layer_rows(cls), FORMS.get(cls.__name__, ()))


def model_tables() -> dict[type, Table]:
    """What the models' constructors take."""
    return {
        models.Model: _model_rows.ENDS,
        models.Functional: _model_rows.ENDS,
        models.Sequential: _model_rows.STACK,
    }


def object_tables() -> dict[str, Table]:
    """What other classes take, by their paths."""
    optimizers = {f"optimizers.{name}": table for name, table in _object_rows.OPTIMIZERS.items()}
    return {**optimizers, **_object_rows.OBJECTS}


def object_classes() -> dict[type, Table]:
    """The same by classes."""
    return {_at(path): table for path, table in object_tables().items()}


def method_tables() -> dict[str, Table]:
    """What methods of models take."""
    return _model_rows.METHODS


def function_tables() -> Iterator[tuple[str, str, Table]]:
    """Namespace, name and rows of functions."""
    for namespace in _object_rows.NAMESPACES:
        for name, table in _object_rows.FUNCTIONS.items():
            yield namespace, name, table
    for namespace in ("models", "saving"):
        for name, table in _object_rows.LOADERS.items():
            yield namespace, name, table


def _wrap_constructor(cls: Any, table: Table, owner: str = "") -> None:
    words = {word for row in table.rows for word in row.old}
    init = constructor(cls, owner or cls.__name__, lambda: table, words, table.least)
    _wrapped.put(cls, "__init__", init)


def _at(path: str) -> Any:
    namespace, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"torchkeras.{namespace}"), name)
