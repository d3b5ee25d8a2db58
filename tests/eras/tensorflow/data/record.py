"""Writes fixtures/*.json: what TensorFlow gives for the rows beside this file.

Run it where TensorFlow is: ``python tests/eras/tensorflow/data/record.py [strings files ...]``. The tests only read.
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent


def plain(value: Any) -> Any:
    """A result in JSON."""
    if isinstance(value, dict):
        return {"dict": {key: plain(item) for key, item in sorted(value.items())}}
    if isinstance(value, (tuple, list)):
        return {"list": [plain(item) for item in value]}
    if hasattr(value, "row_splits"):
        return {"ragged": _texts(value.to_list())}
    if hasattr(value, "dense_shape"):
        shape = [int(size) for size in np.asarray(value.dense_shape)]
        return {"sparse": [np.asarray(value.indices).tolist(), plain(value.values), shape]}
    array = np.asarray(value.numpy() if hasattr(value, "numpy") else value)
    if array.dtype.kind in "OS":
        return {"shape": list(array.shape), "text": _texts(array.ravel().tolist())}
    numbers = array.astype("float64").round(5) if array.dtype.kind == "f" else array
    return {"dtype": str(array.dtype), "shape": list(array.shape), "value": numbers.ravel().tolist()}


def _texts(value: Any) -> Any:
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value.decode("latin-1") if isinstance(value, bytes) else value


def rows_of(name: str) -> dict[str, Any]:
    """The rows of a module, functions of ``tf`` alone."""
    module = importlib.import_module(name)
    if name != "files":
        return getattr(module, name.upper())
    folder = module.make(Path(tempfile.mkdtemp()))
    return {row: lambda tf, make=make: make(tf, folder) for row, make in module.FILES.items()}


def main(names: list[str]) -> None:
    import tensorflow as tf

    sys.path.insert(0, str(HERE))
    (HERE / "fixtures").mkdir(exist_ok=True)
    for name in names or ["strings", "files", "images", "kinds"]:
        lines = [f"{json.dumps(row)}: {json.dumps(plain(make(tf)))}" for row, make in rows_of(name).items()]
        (HERE / "fixtures" / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
