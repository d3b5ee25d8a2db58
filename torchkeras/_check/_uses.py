"""What a script uses of Keras and TensorFlow, read from its syntax tree: nothing of it runs."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

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


class Reader(ast.NodeVisitor):
    """Collects the uses of a tree.

    Args:
        public: gives the public names of a module, for ``from keras.layers import *``.
    """

    def __init__(self, public: Callable[[str], Iterable[str]]) -> None:
        self.uses: list[Use] = []
        self.calls: list[CallUse] = []
        self._public = public
        self._names: dict[str, str] = {}  # the script's names -> dotted paths
        self._tried = 0

    # What names stand for.

    def visit_Import(self, node: ast.Import) -> None:
        for name in node.names:
            if not _is_ours(name.name):
                continue
            self._add(name.name, node)
            root = name.name.partition(".")[0]
            self._names[name.asname or root] = name.name if name.asname else root

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level or not _is_ours(node.module or ""):
            return
        for name in node.names:
            if name.name == "*":
                self._add(f"{node.module}", node)
                self._names.update((public, f"{node.module}.{public}") for public in self._public(f"{node.module}"))
                continue
            self._names[name.asname or name.name] = path = f"{node.module}.{name.name}"
            self._add(path, node)

    def visit_Assign(self, node: ast.Assign) -> None:
        path = self._path(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._names.pop(target.id, None)
                if path is not None:
                    self._names[target.id] = path
        self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> None:
        forgiving = any(_catches_imports(handler) for handler in node.handlers)
        self._tried += forgiving
        for tried in node.body:
            self.visit(tried)
        self._tried -= forgiving
        for statement in [*node.handlers, *node.orelse, *node.finalbody]:
            self.visit(statement)

    # What is used.

    def visit_Attribute(self, node: ast.Attribute) -> None:
        path = self._path(node)
        if path is None:
            self.generic_visit(node)
        else:
            self._add(path, node)

    def visit_Call(self, node: ast.Call) -> None:
        path = self._path(node.func)
        if path is None and isinstance(node.func, ast.Attribute):
            path = f".{node.func.attr}"
        if path is not None:
            args = tuple(_value(argument) for argument in node.args)
            kwargs = {item.arg: _value(item.value) for item in node.keywords if item.arg is not None}
            starred = any(isinstance(argument, ast.Starred) for argument in node.args)
            unpacks = starred or len(kwargs) < len(node.keywords)
            self.calls.append(CallUse(path, node.lineno, () if starred else args, kwargs, unpacks))
        self.generic_visit(node)

    def _add(self, path: str, node: Any) -> None:
        self.uses.append(Use(path, node.lineno, self._tried > 0))

    def _path(self, node: ast.AST) -> str | None:
        """The dotted path that a name or a chain of attributes stands for."""
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self._path(node.value)
            return None if owner is None else f"{owner}.{node.attr}"
        return None


def _is_ours(path: str) -> bool:
    return path.partition(".")[0] in ROOTS


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
