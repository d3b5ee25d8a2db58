"""Attributes and methods of the time, put on our classes when eras are installed: rows (class, name) -> function.

A row never takes the place of something that a class has. What has to change what is there, such as a property that
could also be assigned, is a function of its own and says so.
"""

from torchkeras._eras._methods import (
    _callbacks,
    _graph,
    _layers,
    _models,
    _objects,
    _optimizers,
    _own_optimizers,
    _saving,
    _stacks,
)
from torchkeras._eras._methods._former import Rows, put
from torchkeras._eras.metrics import fmeasure, matthews_correlation
from torchkeras.metrics import _family

_FAMILIES = (_models, _graph, _layers, _optimizers, _objects)  # a subclass before its base
_METRICS = {"fmeasure": fmeasure, "matthews_correlation": matthews_correlation}
_installed: list[bool] = []


def tables() -> list[tuple[type, Rows]]:
    """The rows of every class, subclasses first."""
    return [pair for family in _FAMILIES for pair in family.OWNERS.items()]


def install() -> None:
    """Put everything on its class, from now on. Calling it again does nothing."""
    if _installed:
        return
    _installed.append(True)
    for cls, rows in tables():
        put(cls, rows)
    _graph.keep_users()
    _layers.let_weights_be_assigned()
    _layers.let_states_be_given()
    _objects.let_states_change_within_a_call()
    _layers.let_configs_be_partial()
    _layers.let_initializers_take_names()
    _own_optimizers.let_optimizers_be_written()
    _callbacks.let_params_be_read()
    _stacks.let_models_be_taken_apart()
    _saving.let_names_be_free()
    for name, function in _METRICS.items():
        _family.family.aliases.setdefault(name, function)
