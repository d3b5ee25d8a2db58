"""Lambdas in configs, as Keras writes them: the marshalled code, the defaults, the closure's values.

Loading one runs whatever the text holds, so nothing calls :func:`load` unless the user said so.
"""

import base64
import marshal
import types
from typing import Any

import numpy as np
import torch


def dump(function: Any) -> tuple[str, Any, Any]:
    """The code (base64 text), the defaults and the closure of a Python function."""
    code = base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii")
    closure = tuple(cell.cell_contents for cell in function.__closure__) if function.__closure__ else None
    return code, function.__defaults__, closure


def load(value: Any) -> Any:
    """The function out of what :func:`dump` returned (or only the code). Runs no code yet, but makes it callable."""
    text, defaults, closure = (value, None, None) if isinstance(value, str) else value
    code = marshal.loads(base64.decodebytes(text.encode("ascii")))
    cells = tuple(types.CellType(item) for item in closure) if closure else None
    if isinstance(defaults, list):
        defaults = tuple(tuple(item) if isinstance(item, list) else item for item in defaults)
    return types.FunctionType(
        code, {"np": np, "numpy": np, "torch": torch, "__builtins__": __builtins__}, closure=cells, argdefs=defaults
    )
