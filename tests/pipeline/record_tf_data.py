"""Writes fixtures/tf_data.json: what TensorFlow's ``tf.data`` gives for the rows.

Run it where TensorFlow is: ``python tests/pipeline/record_tf_data.py``. The tests only read the file.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

HERE = Path(__file__).parent


def plain(value: Any) -> Any:
    """An element in JSON, with the dtype of every leaf."""
    if isinstance(value, dict):
        return {"dict": {key: plain(item) for key, item in sorted(value.items())}}
    if isinstance(value, tuple):
        return {"tuple": [plain(item) for item in value]}
    array = np.asarray(value)
    if array.dtype.kind in "OS":
        return {
            "dtype": "string",
            "shape": list(array.shape),
            "value": [item.decode() for item in array.ravel().tolist()],
        }
    return {"dtype": str(array.dtype), "shape": list(array.shape), "value": array.ravel().tolist()}


def plain_spec(spec: Any) -> Any:
    """An element's spec in JSON."""
    if isinstance(spec, dict):
        return {"dict": {key: plain_spec(item) for key, item in sorted(spec.items())}}
    if isinstance(spec, tuple):
        return {"tuple": [plain_spec(item) for item in spec]}
    shape = None if spec.shape is None or getattr(spec.shape, "rank", 0) is None else list(spec.shape)
    return {"dtype": str(getattr(spec.dtype, "name", spec.dtype)).removeprefix("torch."), "shape": shape}


def recorded(dataset: Any) -> dict[str, Any]:
    """All that is compared of a data set."""
    return {
        "elements": [plain(element) for element in dataset.as_numpy_iterator()],
        "cardinality": int(dataset.cardinality()),
        "spec": plain_spec(dataset.element_spec),
    }


def main() -> None:
    import tensorflow as tf
    from rows import ROWS

    found = {name: recorded(make(tf.data.Dataset)) for name, make in ROWS.items()}
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in found.items()]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (HERE / "fixtures").mkdir(exist_ok=True)
    (HERE / "fixtures" / "tf_data.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
