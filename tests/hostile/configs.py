"""Hostile configs in good archives: code, names of what must not be called, paths, sizes, depth."""

import base64
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.hostile.good import (
    TENSOR,
    Hostile,
    called,
    config,
    function,
    functional,
    lambda_code,
    lambda_value,
    layer,
    sequential,
    with_config,
    zipped,
)


class _Touch:
    """Pickled, it leaves a marker when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def hostile_configs(folder: Path) -> Iterator[Hostile]:
    marker = folder / "marker"
    for rows in (_lambdas, _foreign_names, _public_functions, _graphs, _identities, _paths, _pickles):
        for row, name, made in rows(marker):
            yield Hostile(row, name, with_config(made))
    yield from _entry_points(marker)
    yield from _sizes()
    yield from _depths()


def _lambdas(marker: Path) -> Iterator[tuple[str, str, Any]]:
    code, value = lambda_code(marker), lambda_value(marker)
    yield "P1", "code", sequential(layer("Lambda", function=code, arguments={}))
    yield "P1", "value", sequential(layer("Lambda", function=value))
    yield (
        "P1",
        "bare-code",
        sequential(layer("Lambda", function={"class_name": "__lambda__", "config": value["config"]})),
    )
    yield (
        "P1",
        "output-shape",
        sequential(layer("Lambda", function=function("keras.activations", "relu"), output_shape=value)),
    )
    yield "P1", "mask", sequential(layer("Lambda", function=function("keras.activations", "relu"), mask=value))
    yield "P1", "nested", sequential(layer("TimeDistributed", layer=layer("Lambda", function=value)))
    yield "P1", "in-graph", functional(called(layer("Lambda", function=value), TENSOR))
    for slot in ("activation", "kernel_initializer", "kernel_regularizer", "bias_constraint"):
        yield "P1", slot, sequential(layer("Dense", units=3, **{slot: value}))
    yield "P1b", "no-module", sequential({"class_name": "Lambda", "config": {"name": "l", "function": code}})
    for slot in ("loss", "metrics", "optimizer"):
        made = config()
        made["compile_config"][slot] = [value] if slot == "metrics" else value
        yield "P1", f"compile-{slot}", made


_FOREIGN = [("os", "system"), ("builtins", "exec"), ("builtins", "eval"), ("subprocess", "call"), ("posix", "system")]
_FOREIGN += [("torch", "load"), ("numpy", "load"), ("importlib", "import_module"), ("webbrowser", "open")]


def _foreign_names(marker: Path) -> Iterator[tuple[str, str, Any]]:
    command = f"touch {marker}"
    root = {
        "module": "subprocess",
        "class_name": "Popen",
        "registered_name": None,
        "config": {"args": ["touch", str(marker)]},
    }
    yield "P2", "root", root
    yield "P2", "layer", sequential(root)
    for module, name in _FOREIGN:
        yield (
            "P2",
            f"{module}-{name}",
            sequential(layer("Lambda", function=function(module, name), arguments={"x": command})),
        )
    for slot in ("activation", "kernel_initializer", "kernel_regularizer", "bias_constraint"):
        yield "P2", slot, sequential(layer("Dense", units=3, **{slot: function("os", "system")}))
        yield "P2", f"{slot}-class", sequential(layer("Dense", units=3, **{slot: root}))
    made = config()
    made["compile_config"]["loss"] = function("os", "system")
    yield "P2", "compile-loss", made
    made = config()
    made["compile_config"]["optimizer"] = root
    yield "P2", "compile-optimizer", made


def _public_functions(marker: Path) -> Iterator[tuple[str, str, Any]]:
    url = f"file://{marker}"
    names = [("P3", "keras.utils", "get_file"), ("P3", "keras.src.utils.file_utils", "get_file")]
    names += [("P3", "keras.models", "load_model"), ("P3", "torchkeras.saving", "load_model")]
    names += [("P4", "keras.config", "enable_unsafe_deserialization"), ("P4", "keras.config", "set_floatx")]
    names += [("P4", "keras.src.backend.common.global_state", "set_global_attribute")]
    names += [("P5", "keras.visualization", "plot_image_gallery"), ("P5", "keras.datasets.mnist", "load_data")]
    names += [("P5", "keras.applications.mobilenet", "MobileNet"), ("P5", "keras.utils", "plot_model")]
    for row, module, name in names:
        made = layer("Lambda", function=function(module, name), arguments={"origin": url, "safe_mode": False})
        yield row, f"{name}-{module}", sequential(made)
    for name in ("enable_unsafe_deserialization", "set_floatx"):
        entry = layer(name, module="keras.config", value="float16")
        yield "P4", f"class-{name}", sequential(entry)
    made = layer("Lambda", function=function("keras.config", "set_floatx"))
    yield "P5", "literal-argument", functional(called(made, inputs="float16"))


def _operation(name: str, module: str, **arguments: Any) -> dict[str, Any]:
    made = {"name": "op", **arguments}
    return {"module": module, "class_name": name, "registered_name": name, "config": made}


def _graphs(marker: Path) -> Iterator[tuple[str, str, Any]]:
    dense = called(layer("Dense", units=3), TENSOR)
    switch = _operation("Switch", "keras.src.ops.core")
    call = called(switch, 0, [function("keras.config", "set_floatx")], "float16")
    yield "P5b", "switch", functional(call, output="in")
    yield "P5b", "switch-beside", functional(dense, call)
    yield "P5b", "switch-with-tensor", functional(dense, called(switch, 0, [function("os", "system")], TENSOR))
    yield "P5b", "torch-function", functional(dense, called(_torch("torch.zeros_like"), str(marker)))
    yield "P5b", "torch-unknown", functional(called(_torch("torch.load"), TENSOR), output="op")
    yield "P5b", "torch-hook", functional(called(_torch("torch.Tensor.register_hook"), TENSOR), output="op")
    yield "P5b", "unconnected-layer", functional(dense, {**layer("Dense", units=3), "name": "m", "inbound_nodes": []})
    other = called({**layer("Dense", units=3), "config": {"name": "m", "units": 3}}, TENSOR)
    yield "P5b", "leads-nowhere", functional(dense, other)
    yield "P5b", "not-a-layer", functional(called(layer("Zeros", module="keras.initializers"), TENSOR))
    yield (
        "P5b",
        "function-as-layer",
        functional(called({**function("keras.activations", "relu"), "config": {"name": "l"}}, TENSOR)),
    )
    yield (
        "P5b",
        "unknown-source",
        functional(called(layer("Dense", units=3), {**TENSOR, "config": {"keras_history": ["no", 0, 0]}})),
    )


def _torch(name: str) -> dict[str, Any]:
    return {
        "module": "torch",
        "class_name": "function",
        "registered_name": None,
        "config": {"name": "op", "function": name},
    }


def _identities(marker: Path) -> Iterator[tuple[str, str, Any]]:
    yield "P6", "eval", sequential({**layer("Dense", units=3), "registered_name": "builtins.eval"})
    yield "P6", "other-package", sequential({**layer("Dense", units=3), "registered_name": "Mine>Dense"})
    yield "P6", "dense-of-os", sequential(layer("Dense", module="os", units=3))
    yield "P6", "unknown", sequential(layer("Mine", module=None))
    yield "P6", "name-is-a-list", sequential({**layer("Dense", units=3), "class_name": ["Dense"]})
    yield "P6", "initializer-as-layer", sequential(layer("Zeros", module="keras.initializers"))
    yield "P6", "loss-as-layer", sequential(layer("MeanSquaredError", module="keras.losses"))
    yield "P6", "optimizer-as-root", layer("Adam", module="keras.optimizers")


def _paths(marker: Path) -> Iterator[tuple[str, str, Any]]:
    places = {"file": str(marker), "url": f"http://127.0.0.1:9/{marker.name}", "share": r"\\127.0.0.1\share\x"}
    for name in ("StringLookup", "IntegerLookup", "TextVectorization"):
        for kind, place in places.items():
            yield "P7", f"{name}-{kind}", sequential(layer(name, vocabulary=place))
    yield "P8b", "saved-model", sequential(layer("TFSMLayer", filepath=str(marker)))
    yield "P8b", "jax", sequential(layer("JaxLayer", call_fn=function("os", "system")))
    yield "P8b", "flax", sequential(layer("FlaxLayer", module=function("os", "system")))


def _pickles(marker: Path) -> Iterator[tuple[str, str, Any]]:
    text = base64.b64encode(pickle.dumps(_Touch(marker))).decode()
    yield "P8", "torch-module", sequential(layer("TorchModuleWrapper", module=text))
    yield "P8", "no-module", sequential({"class_name": "TorchModuleWrapper", "config": {"name": "l", "module": text}})
    yield "P8", "in-graph", functional(called(layer("TorchModuleWrapper", module=text), TENSOR))


def _entry_points(marker: Path) -> Iterator[Hostile]:
    """The same configs given to everything else that reads configs, outside of any load."""
    made = {
        "lambda": layer("Lambda", function=lambda_code(marker)),
        "pickle": layer("TorchModuleWrapper", module=base64.b64encode(pickle.dumps(_Touch(marker))).decode()),
        "name": layer("Lambda", function=function("os", "system")),
    }
    for name, entry in made.items():
        text = json.dumps(entry).encode()
        yield Hostile("P1b", f"{name}-layer", text, "layer")
        yield Hostile("P1b", f"{name}-sequential", text, "sequential")
        yield Hostile("P1b", f"{name}-json", json.dumps(sequential(entry)).encode(), "json")


def _sizes() -> Iterator[Hostile]:
    made = {
        "units": layer("Dense", units=2**44),
        "negative": layer("Dense", units=-3),
        "text": layer("Dense", units="3"),
        "embedding": layer("Embedding", input_dim=2**25, output_dim=4),
        "filters": layer("EinsumDense", equation="ab,bc->ac", output_shape=2**40),
        "lstm": layer("LSTM", units=2**30),
    }
    for name, entry in made.items():
        yield Hostile("P14c", name, with_config(sequential(entry)))
    for name, number in {"6000-digits": "1" * 6000, "infinity": "1e999", "nan": "NaN", "65-bits": str(2**64)}.items():
        text = json.dumps(sequential(layer("Dense", units=0))).replace('"units": 0', f'"units": {number}')
        yield Hostile("P14c", name, zipped({"config.json": text.encode()}))
    wide = json.dumps(sequential(layer("Dense", units=3, rest=[0] * 500_000)))
    yield Hostile("P14c", "many-values", zipped({"config.json": wide.encode()}))


def _depths() -> Iterator[Hostile]:
    yield Hostile("P18", "lists", zipped({"config.json": b"[" * 200_000}))
    yield Hostile("P18", "dicts", zipped({"config.json": b'{"a":' * 200_000}))
    yield Hostile("P18", "text", zipped({"config.json": b"not json"}))
    yield Hostile("P18", "no-model", zipped({"config.json": b"[1, 2]"}))
    nested: Any = sequential(layer("Dense", units=3))
    for _ in range(300):
        nested = {**sequential(), "config": {"name": "s", "layers": [nested]}}
    yield Hostile("P18", "sequentials", zipped({"config.json": json.dumps(nested).encode()}))
