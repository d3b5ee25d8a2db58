"""``tf.flags`` of TensorFlow 1: ``DEFINE_integer("batch", 32, "…")``, then ``FLAGS.batch``, from the command line."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from torchkeras._errors import nearest
from torchkeras._tensorflow import _refused


class _Flags:
    """The values of the flags; the command line is read when the first one is asked for."""

    def __init__(self) -> None:
        vars(self).update(_parser=argparse.ArgumentParser(allow_abbrev=False), _values=None, _set={}, rest=[])

    def __call__(self, argv: Any = None, known_only: bool = False) -> list[str]:
        """Read the arguments after ``argv[0]``; returns what no flag took."""
        argv = sys.argv if argv is None else argv
        values, rest = self._parser.parse_known_args(list(argv)[1:])
        vars(self).update(_values=values, rest=[*list(argv)[:1], *rest])
        return self.rest

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._set:
            return self._set[name]
        if self._values is None or not hasattr(self._values, name):
            self()
        if not hasattr(self._values, name):
            raise AttributeError(f"Unknown flag {name!r}.{nearest(name, vars(self._values))}", name=name)
        return getattr(self._values, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._set[name] = value

    def flag_values_dict(self) -> dict[str, Any]:
        """All flags."""
        self()
        return {**vars(self._values), **self._set}


FLAGS = _Flags()


def _boolean(text: str) -> bool:
    return text.lower() in ("1", "t", "true", "y", "yes")


def _row(kind: Callable[[str], Any], what: str) -> Callable[..., None]:
    def define(name: str, default: Any, help: str | None = None, **kwargs: Any) -> None:
        extra: dict[str, Any] = {"nargs": "?", "const": True} if kind is _boolean else {}
        FLAGS._parser.add_argument(f"--{name}", f"-{name}", dest=name, default=default, type=kind, help=help, **extra)
        if kind is _boolean:
            FLAGS._parser.add_argument(f"--no{name}", dest=name, action="store_false", help=argparse.SUPPRESS)
        vars(FLAGS)["_values"] = None

    define.__doc__ = f"Define the flag ``--name``, {what}."
    return define


DEFINE_string = _row(str, "a text")
DEFINE_integer = _row(int, "a whole number")
DEFINE_float = _row(float, "a number")
DEFINE_bool = DEFINE_boolean = _row(_boolean, "a truth value, also ``--noname``")
DEFINE_list = _row(lambda text: text.split(","), "texts with commas between")


def DEFINE_enum(name: str, default: Any, enum_values: Any, help: str | None = None, **kwargs: Any) -> None:
    """Define the flag ``--name``, one of several texts."""
    FLAGS._parser.add_argument(f"--{name}", dest=name, default=default, choices=list(enum_values), help=help)
    vars(FLAGS)["_values"] = None


__all__ = ["DEFINE_bool", "DEFINE_boolean", "DEFINE_enum", "DEFINE_float", "DEFINE_integer", "DEFINE_list"]
__all__ += ["DEFINE_string", "FLAGS"]
__getattr__ = _refused.lookup("tf.compat.v1.flags", globals())
