"""The constructors of the catalogue: the learning rate, what is particular to a rule, what all rules share.

    @arguments(learning_rate=0.01)
    class SGD(Optimizer):
        momentum: float = 0.0
        nesterov: bool = False

gives ``SGD(learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=None, ..., name=None, **kwargs)``.
The particular ones are attributes and part of the config; ``__post_init__`` may check them.
"""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from torchkeras._errors import brief
from torchkeras._fields import Field, Kind, _kind_of
from torchkeras.optimizers._legacy_arguments import todays_spelling

C = TypeVar("C", bound=type)

SHARED: dict[str, Any] = {
    "weight_decay": None,
    "clipnorm": None,
    "clipvalue": None,
    "global_clipnorm": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
    "name": None,
}


def arguments(last: tuple[str, ...] = (), **first: Any) -> Callable[[C], C]:
    """Class decorator: see the module's text. `first` come first, the particular ones named in `last` last."""

    def decorate(cls: C) -> C:
        inherited = dict(cls.__fields__)  # type: ignore[attr-defined]
        annotations = inspect.get_annotations(cls)
        own = {name: Field(name, cls.__dict__[name], _kind_of(annotations[name])) for name in annotations}
        cls.__fields__ = table = {**inherited, **own}  # type: ignore[attr-defined]
        defaults = dict(first)
        defaults |= {name: field.default for name, field in table.items() if name not in last and name not in defaults}
        defaults |= {name: default for name, default in SHARED.items() if name not in defaults}
        defaults |= {name: table[name].default for name in last}
        cls.__init__ = _constructor(cls, defaults)  # type: ignore[misc]
        return cls

    return decorate


def _constructor(cls: type, defaults: dict[str, Any]) -> Callable[..., None]:
    kinds = inspect.Parameter
    parameters = [kinds("self", kinds.POSITIONAL_OR_KEYWORD)]
    parameters += [kinds(name, kinds.POSITIONAL_OR_KEYWORD, default=default) for name, default in defaults.items()]
    signature = inspect.Signature([*parameters, kinds("kwargs", kinds.VAR_KEYWORD)])
    table: dict[str, Field] = cls.__fields__  # type: ignore[attr-defined]
    written = (c.__dict__["__init__"] for c in cls.__mro__ if "__init__" in c.__dict__)
    base = next(init for init in written if not hasattr(init, "__signature__"))

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(self, *args, **todays_spelling(cls.__name__, kwargs))
        bound.apply_defaults()
        given = {name: bound.arguments[name] for name in defaults}
        own = {name: given.pop(name) for name in table}
        base(self, **given, **bound.arguments["kwargs"])
        for name, field in table.items():
            setattr(self, name, field.read(self, own[name]))
        self.__post_init__()

    __init__.__signature__ = signature  # type: ignore[attr-defined]
    __init__.__qualname__ = f"{cls.__qualname__}.__init__"
    return __init__


# Kinds of particular arguments.


def _epsilon(value: Any) -> float:
    # Keras 2 scripts write `epsilon=None` for "the default"
    return 1e-7 if value is None else _number(value)


def _number(value: Any) -> float:
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
        raise ValueError(f"expected a number, got {brief(value)}.")
    return value if isinstance(value, int) else float(value)


def _beta(value: Any) -> float:
    if not 0 <= _number(value) <= 1:
        raise ValueError(f"expected a number between 0 and 1, got {brief(value)}.")
    return _number(value)


NUMBER = Kind(_number)
EPSILON = Kind(_epsilon)
BETA = Kind(_beta)
