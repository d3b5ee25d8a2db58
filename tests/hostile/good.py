"""Good files, of which hostile ones are made by changing one thing."""

import base64
import functools
import io
import json
import marshal
import tempfile
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import torchkeras as keras

KERNEL = "layers/dense/vars/0"  # (4, 3) float32


class Hostile(NamedTuple):
    """One file: the row of the list of attacks it stands for, its name, its content, and what reads it."""

    row: str
    name: str
    content: bytes
    reader: str = "model"  # or weights, json, layer, sequential

    def __str__(self) -> str:
        return f"{self.row}-{self.name}"


def model() -> Any:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="dense")], name="s")


def _written(suffix: str, compiled: bool = False, weights: bool = False) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"good{suffix}"
        made = model()
        if compiled:
            made.compile("adam", "mean_squared_error", metrics=["mae"])
            made.optimizer.build(made.trainable_variables)
        made.save_weights(path) if weights else made.save(path)
        return path.read_bytes()


@functools.cache
def archive() -> bytes:
    return _written(".keras", compiled=True)


@functools.cache
def weights() -> bytes:
    return _written(".weights.h5", weights=True)


@functools.cache
def legacy() -> bytes:
    return _written(".h5", compiled=True)


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive())) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(changed: dict[str, bytes | None], compression: int = zipfile.ZIP_STORED) -> bytes:
    """The good archive with other or further members; None leaves one out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as opened:
        for name, content in {**members(), **changed}.items():
            if content is not None:
                opened.writestr(name, content)
    return buffer.getvalue()


def with_config(config: Any) -> bytes:
    return zipped({"config.json": json.dumps(config).encode()})


def config() -> dict[str, Any]:
    return json.loads(members()["config.json"])


INPUT = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "in"}}


def layer(name: str, module: str | None = "keras.layers", **arguments: Any) -> dict[str, Any]:
    return {"module": module, "class_name": name, "registered_name": None, "config": {"name": "l", **arguments}}


def sequential(*layers: Any) -> dict[str, Any]:
    return {
        "module": "keras",
        "class_name": "Sequential",
        "registered_name": None,
        "config": {"name": "s", "layers": [INPUT, *layers]},
    }


def functional(*layers: Any, output: str = "l") -> dict[str, Any]:
    first = {**INPUT, "name": "in", "inbound_nodes": []}
    inner = {"name": "f", "layers": [first, *layers], "input_layers": [["in", 0, 0]], "output_layers": [[output, 0, 0]]}
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": inner,
    }


def called(entry: dict[str, Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """A layer or operation of a graph with one call."""
    node = {"args": list(args), "kwargs": kwargs}
    return {**entry, "name": entry["config"].get("name", "l"), "inbound_nodes": [node]}


TENSOR = {
    "class_name": "__keras_tensor__",
    "config": {"shape": [None, 4], "dtype": "float32", "keras_history": ["in", 0, 0]},
}


def function(module: str, name: str) -> dict[str, Any]:
    return {"module": module, "class_name": "function", "config": name, "registered_name": "function"}


def payload(marker: Path) -> Any:
    """The code of a lambda that would leave `marker` behind, as Keras writes it."""
    code = compile(f"lambda x: open({str(marker)!r}, 'w') and x", "payload", "eval").co_consts[0]
    return base64.b64encode(marshal.dumps(code)).decode()


def lambda_code(marker: Path) -> dict[str, Any]:
    config = {"code": payload(marker), "defaults": None, "closure": None}
    return {"class_name": "__lambda__", "config": config}


def lambda_value(marker: Path) -> dict[str, Any]:
    return {"class_name": "__lambda__", "config": {"value": [payload(marker), None, None]}}
