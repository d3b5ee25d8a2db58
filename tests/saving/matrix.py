"""Every layer of the rows in tests/layers/rows as a small model, here and in real Keras; also for legacy files."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch

from torchkeras import tree


def _rows() -> list[dict[str, Any]]:
    rows = []
    for path in sorted((Path(__file__).parents[1] / "layers" / "rows").glob("*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        rows += module.ROWS
    return [row for row in rows if row.get("graph", True) and "config" not in row.get("differs", ())]


def title(row: dict[str, Any]) -> str:
    """The same in every worker."""
    args = row.get("args", {})
    return re.sub(r" at 0x[0-9a-f]+", "", f"{row['layer']}-{'...' if callable(args) else args}")


def inputs(row: dict[str, Any]) -> list[torch.Tensor]:
    """All tensors that the layer's call takes: the inputs, then those among its keyword arguments."""
    draw = np.random.default_rng(0)

    def one(shape: tuple[int, ...]) -> torch.Tensor:
        if "integers" in row:
            return torch.as_tensor(draw.integers(0, row["integers"], shape))
        return torch.as_tensor(draw.normal(size=shape).astype("float32"))

    shapes = row["inputs"]
    first = [one(shape) for shape in shapes] if isinstance(shapes, list) else [one(shapes)]
    return first + [value for value in tree.flatten(_call(row)) if isinstance(value, torch.Tensor)]


def _call(row: dict[str, Any]) -> dict[str, Any]:
    found = row.get("call", {})
    return dict(found() if callable(found) else found)


def fits(row: dict[str, Any]) -> bool:
    """Whether all tensors of the call have the same batch, so that they can be inputs of a model."""
    sizes = {len(value) if value.ndim else None for value in inputs(row)}
    return len(sizes) == 1 and None not in sizes and not any(value is None for value in tree.flatten(_call(row)))


ROWS = [row for row in _rows() if fits(row)]
# a row for each class of layer: what differs among the others is not in the weights
ONE_EACH = list({row["layer"]: row for row in ROWS}.values())


def model(package: Any, row: dict[str, Any]) -> Any:
    """A functional model of the layer, with weights drawn anew."""
    args = row.get("args", {})
    args = args(package.layers) if callable(args) else args
    layer = getattr(package.layers, row["layer"])(**args, name="it")
    symbols = [package.Input(tuple(x.shape[1:]), dtype=str(x.dtype).removeprefix("torch.")) for x in inputs(row)]
    many = isinstance(row["inputs"], list)
    count = len(row["inputs"]) if many else 1
    rest = iter(symbols[count:])
    call = tree.map_structure(lambda value: next(rest) if isinstance(value, torch.Tensor) else value, _call(row))
    outputs = layer(symbols[:count] if many else symbols[0], **call)
    made = package.Model(symbols, outputs, name="model")
    draw = np.random.default_rng(1)
    made.set_weights([draw.uniform(0.1, 0.9, w.shape).astype(str(w.dtype)) for w in made.weights])
    return made


def run(made: Any, row: dict[str, Any]) -> list[np.ndarray]:
    """The outputs on fixed inputs."""
    with torch.no_grad():
        return [value.detach().numpy() for value in tree.flatten(made(inputs(row), training=False))]


def assert_same(found: Any, wanted: Any, row: dict[str, Any]) -> None:
    """Two models: the same weights, bit for bit, and the same outputs."""
    for got, expected in zip(found.weights, wanted.weights, strict=True):
        np.testing.assert_array_equal(_numpy(got), _numpy(expected))
    if "outputs" in row.get("differs", ()):
        return
    for got, expected in zip(run(found, row), run(wanted, row), strict=True):
        tolerance = row.get("tolerance", 1e-5)
        np.testing.assert_allclose(got, expected, rtol=tolerance, atol=1e-6 if tolerance <= 1e-5 else tolerance)


def _numpy(variable: Any) -> np.ndarray:
    return variable.value.detach().numpy()
