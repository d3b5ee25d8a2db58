"""What the names of a script stand for, line by line and scope by scope."""

import ast
import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class Bindings(ast.NodeVisitor):
    """Follows the names that are bound to modules and objects of some packages.

    Args:
        roots: the packages.
        public: gives the public names of a module, for ``from keras.layers import *``.
    """

    def __init__(self, roots: tuple[str, ...], public: Callable[[str], Iterable[str]]) -> None:
        self._roots = roots
        self._public = public
        self._names: dict[str, str] = {}  # the script's names -> dotted paths

    def path_of(self, node: ast.AST) -> str | None:
        """The dotted path that a name or a chain of attributes stands for."""
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.path_of(node.value)
            return None if owner is None else f"{owner}.{node.attr}"
        return None

    def imported(self, path: str, line: int) -> None:
        """Called for each import from the packages."""

    # Imports.

    def visit_Import(self, node: ast.Import) -> None:
        for name in node.names:
            root = name.name.partition(".")[0]
            if root not in self._roots:
                self._names.pop(name.asname or root, None)
                continue
            self.imported(name.name, node.lineno)
            self._names[name.asname or root] = name.name if name.asname else root

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        ours = not node.level and module.partition(".")[0] in self._roots
        for name in node.names:
            if not ours:
                self._names.pop(name.asname or name.name, None)
            elif name.name == "*":
                self.imported(module, node.lineno)
                self._names.update((public, f"{module}.{public}") for public in self._public(module))
            else:
                self._names[name.asname or name.name] = path = f"{module}.{name.name}"
                self.imported(path, node.lineno)

    # Other bindings.

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        path = self.path_of(node.value)
        for target in node.targets:
            self.visit(target)
            self._rebind(target)
            if path is not None and isinstance(target, ast.Name):
                self._names[target.id] = path

    def visit_For(self, node: Any) -> None:
        self.visit(node.iter)
        self._rebind(node.target)
        for statement in [*node.body, *node.orelse]:
            self.visit(statement)

    visit_AsyncFor = visit_For

    def visit_withitem(self, node: ast.withitem) -> None:
        self.visit(node.context_expr)
        if node.optional_vars is not None:
            self._rebind(node.optional_vars)

    def _rebind(self, target: ast.AST) -> None:
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                self._names.pop(part.id, None)

    # Scopes.

    @contextlib.contextmanager
    def _scope(self, own: Iterable[str]) -> Iterator[None]:
        """Names bound inside are forgotten afterwards; `own` are the scope's from its beginning."""
        outer = dict(self._names)
        for name in own:
            self._names.pop(name, None)
        yield
        self._names = outer

    def visit_FunctionDef(self, node: Any) -> None:
        self._names.pop(node.name, None)
        for outside in [*node.decorator_list, node.args, *filter(None, [node.returns])]:
            self.visit(outside)
        with self._scope(_parameters(node.args)):
            for statement in node.body:
                self.visit(statement)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        with self._scope(_parameters(node.args)):
            self.visit(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._names.pop(node.name, None)
        with self._scope(()):
            self.generic_visit(node)

    def _comprehension(self, node: Any) -> None:
        own = [part.id for item in node.generators for part in ast.walk(item.target) if isinstance(part, ast.Name)]
        for item in node.generators:
            self.visit(item.iter)
        with self._scope(own):
            for item in node.generators:
                for condition in item.ifs:
                    self.visit(condition)
            for name in ("key", "value", "elt"):
                if hasattr(node, name):
                    self.visit(getattr(node, name))

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension


def _parameters(arguments: ast.arguments) -> list[str]:
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [item.arg for item in [*found, *filter(None, [arguments.vararg, arguments.kwarg])]]
