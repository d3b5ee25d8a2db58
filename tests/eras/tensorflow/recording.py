"""``python tests/eras/tensorflow/recording.py``: evaluates the rows with TensorFlow and writes ``recorded.json``.

Run it with a Python that has tensorflow (2.21 was used). A row is an expression of ``tf``, ``np`` and the arrays below,
or a function of ``cases.py``; what is recorded is the dtype, shape and elements of each tensor of the result.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))
import cases  # noqa: E402

sys.path.remove(str(FOLDER))
_random = np.random.RandomState(7)
A = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]], "float32")
B = np.array([[2.0, 0.25, -3.0], [0.5, -1.5, 1.0]], "float32")
P = np.abs(A) + 0.5
_factor = _random.randn(3, 3)
ARRAYS = {
    "A": A,
    "B": B,
    "P": P,
    "U": (A / 5).astype("float32"),
    "I": np.array([[3, 1, 2], [0, 5, 4]], "int32"),
    "J": np.array([[3, 2, 2], [1, 0, 4]], "int32"),
    "T": np.array([[True, False, True], [True, True, True]]),
    "F": np.array([[False, False, True], [True, False, False]]),
    "S": (_factor @ _factor.T + 2 * np.eye(3)).astype("float32"),
    "X": _random.randn(2, 6, 6, 3).astype("float32"),
    "K": _random.randn(3, 3, 3, 4).astype("float32"),
    "L": _random.randn(2, 3).astype("float32"),
    "Y": np.array([[0, 0, 1], [1, 0, 0]], "float32"),
    "V": _random.randn(2, 6, 3).astype("float32"),
    "W": _random.randn(40).astype("float32"),
}


def rows() -> list[str]:
    """All rows, in order."""
    lines = [line for path in sorted((FOLDER / "rows").glob("*.txt")) for line in path.read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")] + [f"case {name}" for name in cases.CASES]


def evaluated(row: str, tf: object) -> object:
    """What the expression gives, with `tf` for TensorFlow."""
    if row.startswith("case "):
        return cases.CASES[row.removeprefix("case ")](tf)
    return eval(row, {"tf": tf, "np": np, **ARRAYS})


def parts(value: object) -> list[object]:
    """The tensors of a result, as arrays."""
    if isinstance(value, (list, tuple)) and not hasattr(value, "dtype"):
        return [part for item in value for part in parts(item)]
    if isinstance(value, dict):
        return [part for key in sorted(value) for part in parts(value[key])]
    return [value]


def _written(value: object) -> dict[str, object]:
    array = np.asarray(value)
    flat = array.reshape(-1)
    if array.dtype.kind == "c":
        flat = np.stack([flat.real, flat.imag], -1).reshape(-1)
    numbers = [float(f"{item:.7g}") for item in flat.tolist()] if flat.dtype.kind == "f" else flat.tolist()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "values": numbers}


def main() -> None:
    import tensorflow as tf

    found, failed = {}, 0
    for row in rows():
        try:
            found[row] = [_written(part) for part in parts(evaluated(row, tf))]
        except Exception as error:
            failed += 1
            print(f"{row}\n    {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
    text = ",\n".join(f"{json.dumps(row)}: {json.dumps(value)}" for row, value in found.items())
    (FOLDER / "recorded.json").write_text("{\n" + text + "\n}\n", encoding="utf-8")
    print(f"TensorFlow {tf.__version__}: {len(found)} rows, {failed} failed")


if __name__ == "__main__":
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_USE_LEGACY_KERAS="1")
    main()
