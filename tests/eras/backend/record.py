"""``python tests/eras/backend/record.py``, with tf-keras: its results for the rows, and its signatures."""

import inspect
import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


def tensors(value):
    import tensorflow as tf

    if isinstance(value, list) and any(isinstance(item, np.ndarray) for item in value):
        return [tensors(item) for item in value]
    return tf.constant(value) if isinstance(value, np.ndarray) else value


def plain(value):
    """Tensors as arrays, tuples as lists."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.numpy() if hasattr(value, "numpy") else value


def arrays(value) -> list:
    """The arrays of a result, in order."""
    return [array for item in value for array in arrays(item)] if isinstance(value, list) else [np.asarray(value)]


def record_results() -> None:
    from rows import ROWS
    from tf_keras.src import backend as K

    found = {}
    for index, row in enumerate(ROWS):
        args = row.args if row.name == "cast_to_floatx" else [tensors(item) for item in row.args]
        result = arrays(plain(getattr(K, row.name)(*args, **row.kwargs)))
        for part, array in enumerate(result):
            found[f"{index}.{part}.{row.name}"] = array
    np.savez_compressed(FOLDER / "recorded.npz", **found)
    print(f"{len(ROWS)} rows")


def record_signatures() -> None:
    from tf_keras import backend as public

    found = {}
    for name in sorted(name for name in dir(public) if not name.startswith("_")):
        function = getattr(public, name)
        if inspect.ismodule(function):
            continue
        parameters = inspect.signature(function).parameters.values()
        found[name] = [
            [p.name, "required" if p.default is p.empty else repr(p.default)]
            for p in parameters
            if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
        ]
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(rows)}" for name, rows in found.items())
    (FOLDER / "signatures.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    record_results()
    record_signatures()
