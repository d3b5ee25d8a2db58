"""What a script says of shapes that torch's own shapes cannot answer, said so that they can.

``x.shape.as_list()``, ``x.shape[1].value`` and ``x.shape.ndims`` are TensorFlow's; ``torch.Size`` is closed, and a
``shape`` of our own on every tensor would cost each step of everybody. So only these expressions of a script are
compiled anew, with ``x.shape`` read through a function; the text and the line numbers stay.
"""

import ast
import re
from typing import Any

from torchkeras._tensorflow._tensor_shape import TensorShape

# The name under which compiled scripts find `shape_of`.
NAME = "__torchkeras_shape_of__"
_ATTRIBUTES = {"as_list", "value", "ndims", "rank", "dims", "num_elements", "is_fully_defined", "is_compatible_with"}
_MENTIONED = re.compile(rf"\.shape\s*(\[[^\]\n]*\]\s*)?\.\s*({'|'.join(sorted(_ATTRIBUTES))})\b")


def shape_of(value: Any) -> Any:
    """``value.shape``, with TensorFlow's methods."""
    shape = value.shape
    return TensorShape(shape) if isinstance(shape, tuple) and not isinstance(shape, TensorShape) else shape


def rewritten(source: str | bytes, path: str) -> Any:
    """What `compile` shall compile: the source, or its syntax tree where it says such a thing.

    Raises:
        SyntaxError: it is not Python.
    """
    text = source.decode(errors="replace") if isinstance(source, bytes) else source
    if not _MENTIONED.search(text):
        return source
    return ast.fix_missing_locations(_Shapes().visit(ast.parse(source, path)))


class _Shapes(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr in _ATTRIBUTES:
            if _is_shape(node.value):
                node.value = _read(node.value)
            elif isinstance(node.value, ast.Subscript) and _is_shape(node.value.value):
                node.value.value = _read(node.value.value)
        return node


def _is_shape(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "shape" and isinstance(node.ctx, ast.Load)


def _read(shape: Any) -> ast.Call:
    return ast.copy_location(ast.Call(ast.Name(NAME, ast.Load()), [shape.value], []), shape)
