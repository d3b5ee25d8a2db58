"""Losses that name a function: the class' constructor, config and `call` follow from the function's signature."""

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torch import Tensor

from torchkeras._registry import to_snake_case
from torchkeras.losses._constructor import constructor
from torchkeras.losses._loss import Loss

_COMMON = {"reduction": "sum_over_batch_size", "name": None, "dtype": None}

# public function -> the class that names it
CLASSES: dict[Callable[..., Any], type["FunctionLoss"]] = {}


def loss_object(function: Any) -> Any:
    """The object for one of our functions, which reduces in fewer kernels than the function and a mean; else None."""
    cls = CLASSES.get(function) if callable(function) and getattr(function, "__hash__", None) else None
    return None if cls is None else cls(name=function.__name__)


class FunctionLoss(Loss):
    """Base of ``class Huber(FunctionLoss, function=huber)``.

    What the function takes beside ``y_true`` and ``y_pred`` become the first arguments of the constructor,
    followed by ``reduction, name, dtype``.

    Class arguments:
        function: a ``loss_function``.
        name: the default name; the class' name in snake case if not given.
        order: the constructor's arguments, in Keras' order where it is another one.
        defaults: defaults that differ from the function's.
        unwritten: arguments that Keras leaves out of its config; ours has them where they are not the default.
    """

    _function: Callable[..., Tensor]
    _defaults: dict[str, Any] = {}
    _unwritten: tuple[str, ...] = ()
    _options: dict[str, Any]

    def __init_subclass__(
        cls,
        function: Callable[..., Any] | None = None,
        name: str | None = None,
        order: tuple[str, ...] = (),
        defaults: dict[str, Any] | None = None,
        unwritten: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if function is None:
            return  # a user's subclass of one of the classes below
        own = {p.name: p.default for p in list(inspect.signature(function).parameters.values())[2:]} | (defaults or {})
        own = {key: value for key, value in own.items() if not order or key in order}
        table = own | _COMMON | {"name": name or to_snake_case(cls.__name__)}
        cls._function = staticmethod(function.__wrapped__)  # type: ignore[attr-defined]
        CLASSES[function] = cls
        cls._defaults, cls._unwritten = own, unwritten
        cls.__init__ = constructor(cls, {key: table[key] for key in order or table})  # type: ignore[method-assign]

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self._function(y_true, y_pred, **self._options)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for name, value in self._options.items():
            if name not in self._unwritten or value != self._defaults[name]:
                config[name] = value
        return config

    def _setup(self, values: dict[str, Any]) -> None:
        name = values["name"] or to_snake_case(type(self).__name__)
        Loss.__init__(self, name=name, reduction=values["reduction"], dtype=values["dtype"])
        self._options = {key: values[key] for key in self._defaults}
        self.__dict__.update(self._options)

    if TYPE_CHECKING:  # the options are attributes as well

        def __getattr__(self, name: str) -> Any: ...
