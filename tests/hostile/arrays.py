"""Hostile HDF5: links and storage outside of the file, circles, sizes, types; in weights, archives and legacy files."""

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.hostile.good import KERNEL, Hostile, function, lambda_code, legacy, members, payload, weights, zipped


def _changed(good: bytes, change: Callable[[Any], None]) -> bytes:
    buffer = io.BytesIO(good)
    with h5py.File(buffer, "r+") as file:
        change(file)
    return buffer.getvalue()


def hostile_arrays(folder: Path) -> Iterator[Hostile]:
    secret, pipe = folder / "secret.h5", folder / "pipe.keras"
    with h5py.File(secret, "w") as file:
        file["0"] = np.ones((4, 3), "f4")
        file["dense/vars/0"] = np.ones((4, 3), "f4")
    os.mkfifo(pipe)
    plain = folder / "secret.txt"
    plain.write_bytes(bytes(48))
    for row, name, change in _changes(secret, pipe, plain):
        yield Hostile(row, f"{name}.weights.h5", _changed(weights(), _at(change, lambda _: KERNEL)), "weights")
        inner = _changed(members()["model.weights.h5"], _at(change, lambda _: KERNEL))
        yield Hostile(row, f"{name}.keras", zipped({"model.weights.h5": inner}))
        yield Hostile(row, f"{name}.h5", _changed(legacy(), _at(change, _legacy_kernel)))
    yield from _legacy_configs(folder / "marker")
    yield Hostile("P11", "pipe", b"", "pipe")


def _at(change: Callable[[Any, str], None], place: Callable[[Any], str]) -> Callable[[Any], None]:
    return lambda file: change(file, place(file))


def _legacy_kernel(file: Any) -> str:
    group = file["model_weights/dense"]
    name = group.attrs["weight_names"][0]
    return f"model_weights/dense/{name.decode() if isinstance(name, bytes) else name}"


def _replace(make: Callable[[Any, str], None]) -> Callable[[Any, str], None]:
    def change(file: Any, path: str) -> None:
        del file[path]
        make(file, path)

    return change


def _group_of(path: str) -> str:
    return path.rpartition("/")[0]


def _changes(secret: Path, pipe: Path, plain: Path) -> Iterator[tuple[str, str, Callable[[Any, str], None]]]:
    def external(file: Any, path: str) -> None:
        file.create_dataset(path, (4, 3), "f4", external=[(str(plain), 0, 48)])

    def virtual(file: Any, path: str) -> None:
        layout = h5py.VirtualLayout((4, 3), "f4")
        layout[:] = h5py.VirtualSource(str(secret), "0", (4, 3))
        file.create_virtual_dataset(path, layout)

    def link(target: Any) -> Callable[[Any, str], None]:
        return _replace(lambda file, path: file.__setitem__(path, target))

    def group_link(file: Any, path: str) -> None:
        del file[_group_of(path)]
        file[_group_of(path)] = h5py.ExternalLink(str(secret), "/")

    def top_link(file: Any, path: str) -> None:
        top = path.partition("/")[0]
        del file[top]
        file[top] = h5py.ExternalLink(str(secret), "/")

    def circle(file: Any, path: str) -> None:
        del file[path]
        file[path] = file[_group_of(path)]

    yield "P10", "external-storage", _replace(external)
    yield "P13", "virtual", _replace(virtual)
    yield "P11", "link-to-data", link(h5py.ExternalLink(str(secret), "/0"))
    yield "P11", "link-to-pipe", link(h5py.ExternalLink(str(pipe), "/0"))
    yield "P11", "link-of-group", group_link
    yield "P11", "link-at-top", top_link
    yield "P12", "soft-link", link(h5py.SoftLink("/optimizer"))
    yield "P12", "dangling-link", link(h5py.SoftLink("/nowhere"))
    yield "P12", "circle", circle
    yield from _sizes()
    yield from _types()


def _sizes() -> Iterator[tuple[str, str, Callable[[Any, str], None]]]:
    def made(shape: Any, **kwargs: Any) -> Callable[[Any, str], None]:
        return _replace(lambda file, path: file.create_dataset(path, shape, **{"dtype": "f4", **kwargs}))

    def chunk_bomb(file: Any, path: str) -> None:
        chunks = {"maxshape": (None, None), "chunks": (2500, 2500), "compression": "gzip"}
        file.create_dataset(path, (4, 3), "f4", **chunks)[:] = 1

    def zeros(file: Any, path: str) -> None:
        file.create_dataset(path, (1 << 23,), "f4", chunks=(1 << 18,), compression="gzip")[:] = 0

    yield "P14", "petabytes", made((2**50,), dtype="f8", chunks=(1024,), compression="gzip")
    yield "P14", "half-gigabyte", made((2**26,), dtype="f8", chunks=(1024,), compression="gzip")
    yield "P14", "never-written", made((4, 2**40))
    yield "P14b", "chunk", _replace(chunk_bomb)
    yield "P14", "zeros", _replace(zeros)
    yield "P21", "other-shape", made((4, 5), data=None, fillvalue=0)


def _types() -> Iterator[tuple[str, str, Callable[[Any, str], None]]]:
    def data(value: Any, **kwargs: Any) -> Callable[[Any, str], None]:
        return _replace(lambda file, path: file.create_dataset(path, data=value, **kwargs))

    yield "P21", "texts", data(np.full((4, 3), b"abcd"))
    yield "P21", "variable-texts", data(np.full((4, 3), "text", dtype=object), dtype=h5py.string_dtype())
    yield "P21", "compound", data(np.zeros((4, 3), [("a", "f4"), ("b", "f4")]))
    yield "P21", "complex", data(np.zeros((4, 3), "c8"))
    yield "P21", "references", _replace(lambda file, path: file.create_dataset(path, (4, 3), h5py.ref_dtype))
    yield "P21", "wrong-shape", data(np.zeros((3, 4), "f4"))
    yield "P21", "missing", lambda file, path: file.__delitem__(path)
    yield "P21", "a-group", _replace(lambda file, path: file.create_group(path))
    yield "P21", "lzf", data(np.zeros((4, 3), "f4"), compression="lzf", chunks=(4, 3))


def _legacy_configs(marker: Path) -> Iterator[Hostile]:
    code = lambda_code(marker)
    old = {"name": "x", "function": [payload(marker), None, None], "function_type": "lambda"}
    named = {"name": "x", "function": "system", "function_type": "function", "module": "os"}
    layers = {
        "lambda": {"class_name": "Lambda", "config": old},
        "today's-lambda": {"class_name": "Lambda", "config": {"name": "x", "function": code}},
        "function": {"class_name": "Lambda", "config": named},
        "operator": {"class_name": "TFOpLambda", "config": {"name": "x", "function": "io.write_file"}},
        "popen": {"class_name": "Popen", "module": "subprocess", "config": {"args": ["touch", str(marker)]}},
        "pickle": {"class_name": "TorchModuleWrapper", "config": {"name": "x", "module": "gASV"}},
    }
    for name, entry in layers.items():
        yield Hostile("P9", f"{name}.h5", _with_attribute("model_config", _append(entry)))
    for key, value in {"loss": code, "metrics": [code], "optimizer_config": {**function("os", "system")}}.items():
        yield Hostile("P9", f"training-{key}.h5", _with_attribute("training_config", _set(key, value)))
    wrapped = {"class_name": "LossFunctionWrapper", "config": {"fn": "system"}}
    yield Hostile("P9", "training-wrapper.h5", _with_attribute("training_config", _set("loss", wrapped)))
    yield Hostile("P9", "compile-config.h5", _with_attribute("compile_config", _set("loss", code)))
    yield Hostile(
        "P9", "no-layers.h5", _with_attribute("model_config", lambda config: {"class_name": "Sequential", "config": 3})
    )


def _append(entry: Any) -> Callable[[Any], Any]:
    def change(config: Any) -> Any:
        config["config"]["layers"].append(entry)
        return config

    return change


def _set(key: str, value: Any) -> Callable[[Any], Any]:
    return lambda config: {**config, key: value}


def _with_attribute(name: str, change: Callable[[Any], Any]) -> bytes:
    def edit(file: Any) -> None:
        text = json.dumps(change(json.loads(file.attrs[name])))
        file.attrs[name] = text
        if name == "training_config":
            del file.attrs["compile_config"]

    return _changed(legacy(), edit)
