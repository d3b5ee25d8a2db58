"""A layer's constructor arguments as plain values, and back."""

import inspect
from typing import Any

from torch import nn

from torchkeras import _registry, dtype_policies, regularizers
from torchkeras._errors import brief
from torchkeras._fields import Fields
from torchkeras._file_errors import FileError
from torchkeras.layers._part import Part

_BASE_ARGUMENTS = ("trainable", "dtype", "activity_regularizer", "autocast")


class Configs(Fields, Part):
    """The part of :class:`Layer` that writes and reads configs."""

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as Keras writes them."""
        if type(self).get_config is Configs.get_config and "_constructed_with" in self.__dict__:
            if type(self).__init__ is not _layer_constructor(type(self)):
                return {**self._constructor_config(), **self._base_config()}
            if type(self) not in _registry.PATHS:  # a user's class without a constructor: all of Layer's arguments
                rest = {"activity_regularizer": None, **self._base_config(), "autocast": self.autocast}
                return {"name": self.name, **rest}
        return {"name": self.name, **self._base_config(), **Fields.get_config(self)}

    def _base_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"trainable": self.trainable, "dtype": dtype_policies.serialize(self.dtype_policy)}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config

    def _constructor_config(self) -> dict[str, Any]:
        """The arguments the user's class was made with, if they are plain values."""
        config = self._given_arguments()
        bad = [name for name, value in config.items() if not _is_plain(value)]
        if bad:
            raise NotImplementedError(
                f"Object {type(self).__name__} was created by passing non-serializable argument values in "
                "`__init__()`, and therefore the object must override `get_config()` in order to be serializable. "
                f"Please implement `get_config()`; the argument {bad[0]!r} is {brief(config[bad[0]])}."
            )
        return config

    def _given_arguments(self) -> dict[str, Any]:
        """The arguments the user's class was made with, but for those of every layer."""
        args, kwargs = self._constructed_with
        given = inspect.signature(type(self).__init__).bind(self, *args, **kwargs)
        given.apply_defaults()
        config: dict[str, Any] = {}
        for name, value in list(given.arguments.items())[1:]:
            kind = given.signature.parameters[name].kind
            if kind is inspect.Parameter.VAR_KEYWORD:
                config.update(value)
            elif kind is not inspect.Parameter.VAR_POSITIONAL:
                config[name] = value
        return {name: value for name, value in config.items() if name not in _BASE_ARGUMENTS}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A new layer out of what :meth:`get_config` returned; weights are new."""
        config = dict(config)
        if isinstance(config.get("dtype"), dict):
            config["dtype"] = dtype_policies.deserialize(config["dtype"])
        if isinstance(config.get("activity_regularizer"), dict):
            config["activity_regularizer"] = regularizers.get(config["activity_regularizer"])
        try:
            return cls(**config)
        except FileError:
            raise
        except TypeError as error:
            raise TypeError(
                f"Error when deserializing class '{cls.__name__}' using config={str(config)[:1000]}.\n\n"
                f"Exception encountered: {error}"
            ) from error

    def extra_repr(self) -> str:
        """The fields, for torch's nested print of modules."""
        shown = [f"name={self.name}", self._field_text(), "" if self.built else "built=False"]
        return ", ".join(filter(None, shown))

    __repr__ = nn.Module.__repr__


def _layer_constructor(cls: type) -> Any:
    """The constructor of :class:`Layer`, which says nothing of a subclass that has none of its own."""
    owners = (base for base in cls.__mro__ if base.__name__ == "Layer" and base.__module__.startswith("torchkeras"))
    return next(owners).__dict__["__init__"]


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    return value is None or isinstance(value, (str, int, float, bool, bytes))


def input_shape_argument(kwargs: dict[str, Any]) -> Any:
    """The batch shape that ``input_shape=``, ``input_dim=`` or ``batch_input_shape=`` names, taken out of `kwargs`."""
    for name in ("batch_input_shape", "batch_shape"):
        if name in kwargs:
            return tuple(kwargs.pop(name))
    if "input_dim" in kwargs and "input_shape" not in kwargs:
        kwargs["input_shape"] = (kwargs.pop("input_dim"),)
    batch = kwargs.pop("batch_size", None) if "input_shape" in kwargs else None
    shape = kwargs.pop("input_shape", None)
    kwargs.pop("input_dtype", None)
    if shape is None:
        return None
    return (batch, shape) if isinstance(shape, int) else (batch, *shape)
