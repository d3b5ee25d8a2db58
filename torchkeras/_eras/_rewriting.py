"""What a script says in TensorFlow's words that torch's tensors take otherwise, said so that they take it alike.

- ``x.shape.as_list()``, ``x.shape[1].value`` and ``x.shape.ndims`` are TensorFlow's; ``torch.Size`` is closed, and a
  ``shape`` of our own on every tensor would cost each step of everybody. ``x.shape`` is read through a function there.
- ``x *= y`` names a new tensor ``x`` in TensorFlow; in torch it changes the old one, which others hold as well, such as
  autograd or the other branch of a network. It becomes ``x = x * y`` where ``x`` is a tensor.
- ``x[..., ::-1]`` is an error of torch's; ``x`` is read through a function there that lets it count backwards.
- ``K.backend() == "tensorflow"`` asks, in a script that knows of no torch, for the way that is not Theano's: it holds.

Only these expressions of a script are compiled anew; its text and line numbers stay. A script that imports torch itself
means what torch does.
"""

import ast
import re
from typing import Any

from torch import Tensor

from torchkeras import ops
from torchkeras._tensorflow._tensor_shape import TensorShape

_ATTRIBUTES = {"as_list", "value", "ndims", "rank", "dims", "num_elements", "is_fully_defined", "is_compatible_with"}
_KERAS = re.compile(r"\b(keras|tensorflow)")


def shape_of(value: Any) -> Any:
    """``value.shape``, with TensorFlow's methods."""
    shape = value.shape
    return TensorShape(shape) if isinstance(shape, tuple) and not isinstance(shape, TensorShape) else shape


def backwards(value: Any) -> Any:
    """`value`, or of a tensor what takes slices with negative steps."""
    return _Backwards(value) if isinstance(value, Tensor) else value


class _Backwards:
    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def __getitem__(self, key: Any) -> Any:
        return ops.get_item(self.tensor, key)


# The names under which compiled scripts find what they need.
SHAPE_OF, TENSOR, BACKWARDS = "__torchkeras_shape_of__", "__torchkeras_tensor__", "__torchkeras_backwards__"
NAMES: dict[str, Any] = {SHAPE_OF: shape_of, TENSOR: Tensor, BACKWARDS: backwards}


def rewritten(source: str | bytes, path: str) -> Any:
    """What `compile` shall compile: the source, or its syntax tree where it says such things.

    Raises:
        SyntaxError: it is not Python.
    """
    text = source.decode(errors="replace") if isinstance(source, bytes) else source
    if not _KERAS.search(text):
        return source
    tree = ast.parse(source, path)
    rewriting = _Rewriting(not any(_imports_torch(node) for node in ast.walk(tree)), "torch" not in text)
    tree = rewriting.visit(tree)
    return ast.fix_missing_locations(tree) if rewriting.changed else source


def _imports_torch(node: ast.AST) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return any(name.partition(".")[0] == "torch" for name in names)


class _Rewriting(ast.NodeTransformer):
    def __init__(self, rebinds: bool, before_torch: bool) -> None:
        self.rebinds = rebinds
        self.before_torch = before_torch
        self.changed = False

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        names = [each for each in node.comparators if isinstance(each, ast.Constant) and each.value == "tensorflow"]
        if self.before_torch and names and _asks_for_the_backend(node.left):
            self.changed = True
            for name in names:
                name.value = "torch"
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr in _ATTRIBUTES:
            if _is_shape(node.value):
                node.value = self._read(node.value)
            elif isinstance(node.value, ast.Subscript) and _is_shape(node.value.value):
                node.value.value = self._read(node.value.value)
        return node

    def _read(self, shape: Any) -> ast.Call:
        self.changed = True
        return ast.copy_location(ast.Call(ast.Name(SHAPE_OF, ast.Load()), [shape.value], []), shape)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if isinstance(node.ctx, ast.Load) and any(_counts_backwards(part) for part in parts):
            self.changed = True
            value = ast.copy_location(ast.Call(ast.Name(BACKWARDS, ast.Load()), [node.value], []), node.value)
            return ast.copy_location(ast.Subscript(value, node.slice, node.ctx), node)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not self.rebinds or not isinstance(node.target, ast.Name):
            return node
        self.changed = True
        name = ast.Name(node.target.id, ast.Load())
        kind = ast.Attribute(name, "__class__", ast.Load())
        is_tensor = ast.Compare(kind, [ast.Is()], [ast.Name(TENSOR, ast.Load())])
        new = ast.Assign([node.target], ast.BinOp(name, node.op, node.value))
        return ast.copy_location(ast.If(is_tensor, [ast.copy_location(new, node)], [node]), node)


def _counts_backwards(part: ast.AST) -> bool:
    return isinstance(part, ast.Slice) and isinstance(part.step, ast.UnaryOp) and isinstance(part.step.op, ast.USub)


def _asks_for_the_backend(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or node.args:
        return False
    return getattr(node.func, "attr", getattr(node.func, "id", None)) == "backend"


def _is_shape(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "shape" and isinstance(node.ctx, ast.Load)
