"""Writes what Keras on TensorFlow gives for ``cases.py`` into ``recorded.jsonl``.

KERAS_BACKEND=tensorflow python tests/utils/feature_space/record.py
"""

import json
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from cases import TABLE, spaces


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return {"dtype": value.dtype.name, "values": value.numpy().tolist()}


def case(name: str, features: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    space = keras.utils.FeatureSpace(features, **rest)
    table = {key: TABLE[key] for key in features}
    space.adapt(tf.data.Dataset.from_tensor_slices(table))
    row = {key: column[1] for key, column in table.items()}
    return {"name": name, "table": plain(space(table)), "row": plain(space(row))}


if __name__ == "__main__":
    lines = [json.dumps(case(name, *made)) for name, made in spaces(keras.utils.FeatureSpace).items()]
    Path(__file__).with_name("recorded.jsonl").write_text("\n".join(lines) + "\n")
