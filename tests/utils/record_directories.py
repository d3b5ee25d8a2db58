"""Writes fixtures/directories.json: what Keras on TensorFlow makes of the directories of `directories.py`.

Run it where Keras and TensorFlow are: ``python tests/utils/record_directories.py``. The tests only read the file.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


def plain(value: Any) -> Any:
    """An element in JSON."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if hasattr(value, "to_list"):
        return {"ragged": value.to_list()}
    array = np.asarray(value.numpy())
    if array.dtype.kind in "OS":
        return {"shape": list(array.shape), "text": [item.decode(errors="replace") for item in array.ravel().tolist()]}
    numbers = np.round(array.astype("float64"), 3).ravel().tolist()
    return {"dtype": str(array.dtype), "shape": list(array.shape), "value": numbers}


def recorded(dataset: Any, root: Path, order: bool) -> dict[str, Any]:
    """All that is compared of a data set from a directory."""
    return {
        "files": [Path(path).relative_to(root).as_posix() for path in getattr(dataset, "file_paths", [])],
        "classes": getattr(dataset, "class_names", None),
        "elements": [] if order else [plain(element) for element in dataset],
    }


def main() -> None:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    from directories import MAKERS, ROWS, SERIES_ROWS

    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        roots = {what: make(Path(folder) / what) for what, make in MAKERS.items()}
        for name, (what, arguments) in ROWS.items():
            make = getattr(keras.utils, f"{what}_dataset_from_directory")
            dataset = make(roots[what], verbose=False, **arguments)
            found[name] = recorded(dataset, roots[what], name.startswith("order"))
    for name, (series, arguments) in SERIES_ROWS.items():
        dataset = keras.utils.timeseries_dataset_from_array(series, **arguments)
        found[f"series {name}"] = [plain(element) for element in dataset]
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in found.items()]
    (HERE / "fixtures").mkdir(exist_ok=True)
    (HERE / "fixtures" / "directories.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
