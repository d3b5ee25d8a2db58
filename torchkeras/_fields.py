"""Annotated class attributes that are the constructor, the config and the repr.

    @fields
    class Dropout(Layer):
        rate: Rate
        noise_shape: Any = None
        seed: int | None = None

gives ``Dropout(rate, noise_shape=None, seed=None, **kwargs)``; keyword arguments that are no field go
to the nearest written ``__init__`` above. An annotation may carry a :class:`Kind`, which converts the
argument and writes it into the config. ``__post_init__`` runs last.
"""

import inspect
from collections.abc import Callable
from numbers import Real
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_origin

from torchkeras._errors import brief, nearest
from torchkeras._file_errors import FileError
from torchkeras._shapes import normalize_tuple

C = TypeVar("C", bound=type)
MISSING: Any = inspect.Parameter.empty


class Kind:
    """How a field's argument is converted, and how its value is written into a config.

    `convert(value)` raises ValueError with a text that says what was expected; ``{field}`` in it is the field's name.
    """

    def __init__(
        self,
        convert: Callable[[Any], Any] | None = None,
        write: Callable[[Any], Any] | None = None,
        hidden: bool = False,
        inherited: bool = False,
    ) -> None:
        self.convert = convert
        self.write = write
        self.hidden = hidden  # taken as a keyword, but no part of the signature
        self.inherited = inherited  # only its place in the signature is new: the constructor above takes it


class Field:
    """One field: its name, default and kind."""

    def __init__(self, name: str, default: Any, kind: Kind) -> None:
        self.name = name
        self.default = default
        self.kind = kind

    def read(self, owner: "Fields", value: Any) -> Any:
        if self.kind.convert is None:
            return value
        try:
            return self.kind.convert(value)
        except FileError:  # a part of it, in a file
            raise
        except (ValueError, TypeError) as error:
            name = getattr(owner, "name", None)
            title = f'{type(owner).__name__} "{name}"' if isinstance(name, str) else type(owner).__name__
            text = str(error).replace("{field}", self.name)
            where = title if f"`{self.name}`" in text else f"{title}: `{self.name}`"
            raise type(error)(f"{where}: {text}") from None


class Fields:
    """Base of what has fields: the config out of them and back."""

    __fields__: dict[str, Field] = {}

    if TYPE_CHECKING:
        # Made by :func:`fields` out of each class' annotations, which no type checker can follow.
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments as plain values, from which :meth:`from_config` rebuilds the object."""
        return {name: self._written(field) for name, field in self.__fields__.items()}

    def _written(self, field: Field) -> Any:
        value = getattr(self, field.name)
        return field.kind.write(value) if field.kind.write is not None else value

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A new object out of what :meth:`get_config` returned."""
        return cls(**config)

    def _field_text(self) -> str:
        """``units=4, activation='relu'``: the fields that differ from their defaults."""
        shown = []
        for name, field in self.__fields__.items():
            value = self._written(field)
            if field.kind.inherited:
                continue
            if value is not field.default and value != field.default:
                shown.append(f"{name}={value['class_name']}" if _is_config(value) else f"{name}={brief(value)}")
        return ", ".join(shown)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._field_text()})"


def _is_config(value: Any) -> bool:
    return isinstance(value, dict) and "class_name" in value


def fields(cls: C) -> C:
    """Class decorator: see the module's text."""
    own = {
        name: Field(name, cls.__dict__.get(name, MISSING), _kind_of(annotation))
        for name, annotation in inspect.get_annotations(cls).items()
        if not name.startswith("_") and "ClassVar" not in str(annotation)
    }
    cls.__fields__ = {**cls.__fields__, **own}  # type: ignore[attr-defined]
    for name in own:
        # a class attribute would hide what nn.Module keeps aside: `activation=ReLU()`, a module
        if name in cls.__dict__:
            delattr(cls, name)
    if "__init__" not in cls.__dict__:
        cls.__init__ = _constructor(cls)  # type: ignore[misc]
    return cls


def _kind_of(annotation: Any) -> Kind:
    if get_origin(annotation) is Annotated:
        for extra in get_args(annotation)[1:]:
            if isinstance(extra, Kind):
                return extra
    return Kind()


def _constructor(cls: type) -> Callable[..., None]:
    """``__init__`` with the fields as real parameters, so that help, signature and TypeErrors are natural."""
    table: dict[str, Field] = cls.__fields__  # type: ignore[attr-defined]
    constructors = (c for c in cls.__mro__[1:] if "__init__" in c.__dict__)
    written = next(c for c in constructors if not hasattr(c.__dict__["__init__"], "_generated"))
    required = [f for f in table.values() if f.default is MISSING]
    optional = [f for f in table.values() if f.default is not MISSING and not f.kind.hidden]
    hidden = [f for f in table.values() if f.kind.hidden]
    parameters = [f.name for f in required] + [f"{f.name}=_default_{f.name}" for f in optional]
    takes_more = written is not object
    source = f"def __init__({', '.join(['self', *parameters, '**kwargs'])}):\n"
    source += "".join(f"    {f.name} = kwargs.pop({f.name!r}, _default_{f.name})\n" for f in hidden)
    given = "".join(f"{f.name}={f.name}, " for f in table.values() if f.kind.inherited)
    hand_on, refuse = f"    _base(self, {given}**kwargs)\n", "    if kwargs: raise _unexpected(self, kwargs)\n"
    source += hand_on if takes_more else refuse
    own = [f.name for f in table.values() if not f.kind.inherited]
    source += "".join(f"    self.{name} = _fields[{name!r}].read(self, {name})\n" for name in own)
    source += "    _post(self)\n" if hasattr(cls, "__post_init__") else ""
    scope: dict[str, Any] = {f"_default_{f.name}": f.default for f in optional + hidden}
    scope |= {"_fields": table, "_base": written.__dict__["__init__"], "_unexpected": unexpected_arguments}
    scope["_post"] = lambda self: self.__post_init__()
    exec(source or "pass", scope)  # as dataclasses does: the text holds only identifiers of the class body
    init = scope["__init__"]
    init._generated = True
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__module__ = cls.__module__
    return init


def unexpected_arguments(owner: Any, kwargs: dict[str, Any]) -> TypeError:
    """The error for keyword arguments that nobody takes, with the nearest known one."""
    name = next(iter(kwargs))
    known = known_arguments(type(owner))
    return TypeError(
        f"{type(owner).__name__}: unexpected argument {name!r}={brief(kwargs[name])}.{nearest(name, known)}"
        f" Known arguments: {', '.join(known)}."
    )


def known_arguments(cls: type) -> list[str]:
    """The names that the constructors of `cls` and its bases take, nearest class first."""
    found: dict[str, None] = {}
    for base in cls.__mro__:
        if "__init__" in base.__dict__ and base is not object:
            parameters = list(inspect.signature(base.__dict__["__init__"]).parameters.values())[1:]
            found |= {p.name: None for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
    return list(found)


# Kinds that many families share.


def _positive_integer(value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__") or value.__index__() < 1:
        raise ValueError(f"expected a positive integer, got {brief(value)}.")
    return value.__index__()


def _rate(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise ValueError(
            "Invalid value received for argument `{field}`. Expected a float value between 0 and 1. "
            f"Received: {{field}}={brief(value)}"
        )
    return value if isinstance(value, (int, float)) else float(value)  # of NumPy


def _choice(*allowed: str, fold: bool = True) -> Kind:
    def convert(value: Any) -> Any:
        found = value.lower() if fold and isinstance(value, str) else value
        if found not in allowed:
            hint = nearest(value, [str(item) for item in allowed]) if isinstance(value, str) else ""
            raise ValueError(f"expected one of {', '.join(map(repr, allowed))}, got {brief(value)}.{hint}")
        return found

    return Kind(convert)


choice = _choice
PositiveInt = Annotated[int, Kind(_positive_integer)]
Rate = Annotated[float, Kind(_rate)]


def sizes(length: int, zero: bool = False) -> Kind:
    """A :class:`Kind` for `length` positive (or, with `zero`, non-negative) integers; one integer is repeated."""
    return Kind(lambda value: normalize_tuple(value, length, "{field}", zero))
