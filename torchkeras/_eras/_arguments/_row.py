"""What a row of the table is: arguments of the time, what stands for them today, and how one becomes the other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from torchkeras._errors import brief, deprecated


@dataclass
class Call:
    """A call on its way from the old spelling to today's: rows edit it."""

    owner: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    subject: Any = None  # whose method it is
    old_name: bool = False  # called by a name that only Keras 1 gave it, as `Convolution2D`
    finish: list[Callable[[Any], Any]] = field(default_factory=list)  # what remains to be done to the result

    def set(self, name: str, value: Any, old: str) -> None:
        """Give today's argument; `old` is where it comes from."""
        if name in self.kwargs:
            raise ValueError(f"{self.owner}: got both `{name}` and `{old}`, its old name.")
        self.kwargs[name] = value


Taken = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """Arguments of one meaning.

    Attributes:
        old: the words of the time; the row is for calls with any of them.
        today: what the warning says of them, from its verb on.
        change: edits the call, given the old arguments, which are out of it already.
        new: today's argument, where there is just one.
        when: for which values of the (then only) old argument; it stays where it is with others.
    """

    old: tuple[str, ...]
    today: str
    change: Callable[[Call, Taken], None]
    new: str = ""
    when: Callable[[Any], bool] | None = None

    def apply(self, call: Call, quiet: bool = False) -> None:
        """Rewrite the old arguments of `call`, if it has any."""
        taken = {word: call.kwargs[word] for word in self.old if word in call.kwargs}
        if not taken or (self.when is not None and not all(map(self.when, taken.values()))):
            return
        for word in taken:
            del call.kwargs[word]
        self.change(call, taken)
        if not quiet:
            deprecated(f"{call.owner}: {self.said_of(taken)}.")

    def said_of(self, names: Iterable[str]) -> str:
        """The warning, but for whose arguments they are."""
        names = list(names)
        verb, _, rest = self.today.partition(" ")
        return f"{words(names)} {_PLURAL[verb] if len(names) > 1 else verb} {rest}"


_PLURAL = {"is": "are", "has": "have"}


def words(names: Iterable[str]) -> str:
    """The arguments as a warning names them.

    >>> words(["nb_row", "nb_col"])
    '`nb_row=` and `nb_col=`'
    """
    return " and ".join(f"`{name}=`" for name in names)


# Kinds of rows.


def renamed(
    old: str, new: str, convert: Callable[[Any], Any] | None = None, when: Callable[[Any], bool] | None = None
) -> Row:
    """`old` is called `new` today; `convert` makes today's value."""

    def change(call: Call, taken: Taken) -> None:
        value = taken[old]
        call.set(new, value if convert is None else convert(value), old)

    return Row((old,), f"is now called `{new}=`", change, new, when)


def respelled(name: str, convert: Callable[[Any], Any], when: Callable[[Any], bool], today: str) -> Row:
    """The argument is called as it was, but some of its values are not; `today` names those that stand for them."""
    return Row((name,), f"is now written {today}", renamed(name, name, convert).change, name, when)


def joined(olds: tuple[str, ...], new: str) -> Row:
    """Several numbers of the time are one tuple today."""

    def change(call: Call, taken: Taken) -> None:
        missing = [name for name in olds if name not in taken]
        if missing:
            raise TypeError(f"{call.owner}: {words(taken)} without {words(missing)}; today write `{new}=`.")
        call.set(new, tuple(taken[name] for name in olds), olds[0])

    return Row(olds, f"is now `{new}=({', '.join(olds)})`", change, new)


def dropped(old: str, reason: str) -> Row:
    """`old` changes nothing today."""
    return Row((old,), f"has no effect: {reason}", lambda call, taken: None)


def refused(old: str, reason: str, allowed: tuple[Any, ...] = (None, False)) -> Row:
    """`old` cannot be had, except with a value that asks for nothing."""

    def change(call: Call, taken: Taken) -> None:
        value = taken[old]
        if not any(value is item or (type(value) is type(item) and value == item) for item in allowed):
            raise ValueError(f"{call.owner}: `{old}={brief(value)}` is not supported: {reason}.")

    return Row((old,), "has no effect: it asks for what happens anyway", change)


def rule(olds: tuple[str, ...], today: str, change: Callable[[Call, Taken], None]) -> Row:
    """Anything else: `change` edits the call."""
    return Row(olds, today, change)


# Positional arguments.


@dataclass(frozen=True)
class Form:
    """An order of positional arguments that is no longer today's.

    Attributes:
        names: the arguments in the order of the time, by the names of the time.
        is_old: whether the call is in that order; asked where it has at least `least` positional arguments.
        least: see there.
    """

    names: tuple[str, ...]
    is_old: Callable[[Call], bool]
    least: int = 2

    def apply(self, call: Call, rows: Iterable[Row], quiet: bool = False) -> None:
        """Rewrite the positional arguments of `call` as keywords of today, if they are in the old order."""
        if not self.least <= len(call.args) <= len(self.names) or not self.is_old(call):
            return
        named = Call(call.owner, (), dict(zip(self.names, call.args)))
        both = named.kwargs.keys() & call.kwargs.keys()
        if both:
            raise TypeError(f"{call.owner}: got several values for {words(sorted(both))}.")
        for row in rows:
            if any(word in named.kwargs for word in row.old):  # of several words some may stand as keywords
                named.kwargs |= {word: call.kwargs.pop(word) for word in row.old if word in call.kwargs}
            row.apply(named, quiet=True)
        call.args = ()
        for name, value in named.kwargs.items():
            call.set(name, value, f"a positional {name}")
        call.finish += named.finish
        if not quiet:
            today = ", ".join(f"{name}={_shown(value)}" for name, value in named.kwargs.items())
            deprecated(f"{call.owner}: an old order of positional arguments; today write `{today}`.")


def _shown(value: Any) -> str:
    """A value as one would write it, if it is short."""
    text = repr(value) if isinstance(value, (tuple, list, dict)) else brief(value)
    return "..." if len(text) > 40 or text.startswith("<") else text
