"""The names that only Keras 1 gave to layers, with its order of arguments: ``Convolution2D(32, 3, 3)``."""

from typing import Any

from torchkeras._eras._arguments._forms import FORMS
from torchkeras._eras._arguments._layer_rows import layer_rows
from torchkeras._eras._arguments._row import Call
from torchkeras._eras._arguments._wrapping import Table
from torchkeras._errors import deprecated


class _SecondName(type):
    """Makes objects of the class itself, so that names, configs and files hold today's."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        real = cls.__dict__.get("_stands_for")
        if real is None:  # a user's subclass
            return super().__call__(*args, **kwargs)
        today = cls.__dict__["_today"]
        call = Call(cls.__name__, args, kwargs, old_name=True)
        if today:
            deprecated(f"`{cls.__name__}` is an old name: today it is `{today}`.")
        Table(layer_rows(real), FORMS.get(real.__name__, ())).translate(call, quiet=bool(today))
        made = real(*call.args, **call.kwargs)
        for step in call.finish:
            step(made)
        return made

    def __instancecheck__(cls, instance: Any) -> bool:
        real = cls.__dict__.get("_stands_for")
        return super().__instancecheck__(instance) if real is None else isinstance(instance, real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        real = cls.__dict__.get("_stands_for")
        return super().__subclasscheck__(subclass) if real is None else issubclass(subclass, real)


def second_name(name: str, real: type, today: str = "") -> Any:
    """A class that stands for `real` under a name of Keras 1; with `today`, using it warns and names that."""
    body = {"_stands_for": real, "_today": today, "__doc__": real.__doc__, "__module__": real.__module__}
    return _SecondName(name, (real,), body)
