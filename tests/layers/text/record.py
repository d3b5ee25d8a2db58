"""Writes what Keras on TensorFlow gives for ``cases.py``: run with ``KERAS_BACKEND=tensorflow`` where both are there.

    KERAS_BACKEND=tensorflow python tests/layers/text/record.py

writes ``recorded.jsonl`` and ``model.keras`` beside it.
"""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
from cases import CASES, CROSSED, TEXTS

HERE = Path(__file__).parent


def plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def output(value: Any) -> dict[str, Any]:
    return {"dtype": value.dtype.name, "values": plain(value.numpy().tolist())}


def case(name: str, args: dict[str, Any], data: Any, inputs: list[Any]) -> dict[str, Any]:
    layer = getattr(keras.layers, name)(**args, name="it")
    if data is not None:
        layer.adapt(data)
    outputs = [output(layer(keras.ops.convert_to_tensor(value))) for value in inputs]
    found = {"outputs": outputs, "config": json.loads(json.dumps(layer.get_config(), default=plain))}
    if hasattr(layer, "get_vocabulary"):
        found["vocabulary"] = plain(layer.get_vocabulary())
        found["plain_vocabulary"] = plain(layer.get_vocabulary(include_special_tokens=False))
    return found


def model() -> None:
    vectors = [
        keras.layers.TextVectorization(output_sequence_length=4, name="words"),
        keras.layers.TextVectorization(output_mode="tf_idf", name="weighted"),
    ]
    for layer in vectors:
        layer.adapt(TEXTS)
    given = keras.layers.StringLookup(vocabulary=["baz", "qux"], name="given")
    numbers = keras.layers.IntegerLookup(name="numbers")
    numbers.adapt([[5, 7], [7, 9]])
    text, integer = keras.Input((1,), dtype="string", name="text"), keras.Input((1,), dtype="int64", name="integer")
    outputs = [layer(text) for layer in (*vectors, given)]
    keras.Model([text, integer], [*outputs, numbers(integer)]).save(HERE / "model.keras")


if __name__ == "__main__":
    crossing = keras.layers.HashedCrossing
    crossed = [output(crossing(**args)([np.array(part) for part in parts])) for args, parts in CROSSED]
    lines = [json.dumps(row, ensure_ascii=False) for row in [*[case(*row) for row in CASES], *crossed]]
    (HERE / "recorded.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    model()
