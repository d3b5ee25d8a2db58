"""What a script uses of Keras and TensorFlow, read from its syntax tree: nothing of it runs."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from torchkeras._check._bindings import Bindings

ROOTS = ("keras", "tensorflow", "tf_keras", "keras_applications", "keras_preprocessing")
UNKNOWN = object()  # an argument whose value only running the script would tell


@dataclass(frozen=True)
class Use:
    """One name of Keras, at one line; `optional` if the script is prepared for its absence."""

    path: str
    line: int
    optional: bool = False


@dataclass(frozen=True)
class CallUse:
    """One call, of a path of Keras or, if `path` begins with a dot, of a method of something unknown."""

    path: str
    line: int
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(hash=False)
    unpacks: bool = False  # has arguments that only running the script would tell


class Reader(Bindings):
    """Collects the uses of a tree.

    Args:
        public: gives the public names of a module, for ``from keras.layers import *``.
    """

    def __init__(self, public: Callable[[str], Iterable[str]]) -> None:
        super().__init__(ROOTS, public)
        self.uses: list[Use] = []
        self.calls: list[CallUse] = []
        self._uncertain: set[str] = set()  # what an `except` gives a value to: `except ValueError: tpu = None`
        self._prepared = 0  # how many tries and conditions around guard against absence

    # Where the script is prepared for the absence of things.

    def visit_Try(self, node: ast.Try) -> None:
        forgiving = any(_catches_imports(handler) for handler in node.handlers)
        self._prepared += forgiving
        for tried in node.body:
            self.visit(tried)
        self._prepared -= forgiving
        stored = [part for handler in node.handlers for part in ast.walk(handler) if isinstance(part, ast.Name)]
        self._uncertain |= {part.id for part in stored if isinstance(part.ctx, ast.Store)}
        for statement in [*node.handlers, *node.orelse, *node.finalbody]:
            self.visit(statement)

    def visit_If(self, node: ast.If) -> None:
        guards = any(self._asks(part) for part in ast.walk(node.test))
        self._prepared += guards
        self.generic_visit(node)
        self._prepared -= guards

    def _asks(self, node: ast.AST) -> bool:
        """Whether a condition is about what is there: a version, an attribute, what a `try` came to."""
        name = getattr(node, "attr", None) or getattr(node, "id", None)
        return name in ("__version__", "VERSION", "hasattr", "backend") or name in self._uncertain

    # What is used.

    def visit_Attribute(self, node: ast.Attribute) -> None:
        path = self.path_of(node)
        if path is None:
            self.generic_visit(node)
        elif isinstance(node.ctx, ast.Load):
            self._add(path, node.lineno)

    def visit_Call(self, node: ast.Call) -> None:
        path = self.path_of(node.func)
        if path is None and isinstance(node.func, ast.Attribute):
            path = f".{node.func.attr}"
        if path is not None:
            args = tuple(_value(argument) for argument in node.args)
            kwargs = {item.arg: _value(item.value) for item in node.keywords if item.arg is not None}
            starred = any(isinstance(argument, ast.Starred) for argument in node.args)
            unpacks = starred or len(kwargs) < len(node.keywords)
            self.calls.append(CallUse(path, node.lineno, () if starred else args, kwargs, unpacks))
        self.generic_visit(node)

    def imported(self, path: str, line: int) -> None:
        """Note an import."""
        self._add(path, line)

    def _add(self, path: str, line: int) -> None:
        self.uses.append(Use(path, line, self._prepared > 0))


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {getattr(kind, "id", None) for kind in kinds}
    return bool(names & {None, "ImportError", "ModuleNotFoundError", "AttributeError", "Exception"})


def _value(node: ast.AST) -> Any:
    """What a literal says; UNKNOWN for all else."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return UNKNOWN


def read(tree: ast.Module, public: Callable[[str], Iterable[str]]) -> tuple[list[Use], list[CallUse]]:
    """The uses and the calls of a script."""
    reader = Reader(public)
    reader.visit(tree)
    return reader.uses, reader.calls


def lines_of(uses: Iterable[Use]) -> Iterator[tuple[str, list[int], bool]]:
    """Each path with the lines it is used at, and whether all of them are optional."""
    found: dict[str, list[Use]] = {}
    for use in uses:
        found.setdefault(use.path, []).append(use)
    for path, group in found.items():
        yield path, sorted({use.line for use in group}), all(use.optional for use in group)
