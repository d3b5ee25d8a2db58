"""What a layer expects of its inputs, and the check."""

from typing import Any

from torchkeras._dtypes import of as dtype_of
from torchkeras._fields import Fields, fields
from torchkeras._probing import is_probing
from torchkeras._structures import leaves


@fields
class InputSpec(Fields):
    """Rank, dtype and sizes that an input must have.

    Args:
        dtype: the dtype's name.
        shape: the shape, ``None`` for any size.
        ndim: the number of axes.
        max_ndim, min_ndim: bounds of it.
        axes: ``{axis: size}``.
        allow_last_axis_squeeze: whether a missing or extra last axis of size 1 is fine.
        name: the key under which a dict of inputs holds it.
        optional: whether the input may be None.
    """

    dtype: Any = None
    shape: Any = None
    ndim: int | None = None
    max_ndim: int | None = None
    min_ndim: int | None = None
    axes: Any = None
    allow_last_axis_squeeze: bool = False
    name: str | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        self.shape = None if self.shape is None else tuple(self.shape)
        self.ndim = len(self.shape) if self.shape is not None else self.ndim
        self.axes = {int(axis): size for axis, size in (self.axes or {}).items()}
        limit = self.ndim if self.ndim is not None else self.max_ndim
        if limit is not None and any(axis >= limit for axis in self.axes):
            raise ValueError(f"InputSpec: axis {max(self.axes)} is greater than the maximum allowed value: {limit - 1}")

    def __repr__(self) -> str:
        shown = {
            "dtype": self.dtype,
            "shape": self.shape,
            "ndim": self.ndim,
            "max_ndim": self.max_ndim,
            "min_ndim": self.min_ndim,
            "axes": self.axes,
        }
        return f"InputSpec({', '.join(f'{key}={value}' for key, value in shown.items() if value)})"


def check_input_spec(layer: Any, inputs: Any) -> None:
    """Raise ValueError with the layer's name and both shapes if `inputs` do not fit ``layer.input_spec``."""
    specs = layer.input_spec
    if specs is None:
        return
    if isinstance(specs, dict):
        specs, inputs = list(specs.values()), _in_order(layer, list(specs), inputs)
    specs = specs if isinstance(specs, (list, tuple)) else [specs]
    if isinstance(inputs, dict) and all(spec is not None and spec.name in inputs for spec in specs):
        inputs = [inputs[spec.name] for spec in specs]  # others are nobody's
    values = list(leaves(inputs))
    if len(values) != len(specs):
        raise ValueError(
            f'Layer "{layer.name}" expects {len(specs)} input(s), but it received {len(values)} input tensors.'
        )
    for index, (spec, value) in enumerate(zip(specs, values, strict=True)):
        if spec is None or (value is None and spec.optional):
            continue
        if value is None:
            raise ValueError(f'Input {index} of layer "{layer.name}" is None, but this input is not optional.')
        reason = _mismatch(spec, tuple(value.shape), value)
        if reason is not None:
            raise ValueError(
                f'Input {index} of layer "{layer.name}" is incompatible with the layer: {reason}. '
                f"Full shape received: {tuple(value.shape)}"
            )


def _in_order(layer: Any, names: list[str], inputs: Any) -> Any:
    """The inputs named by `names`, in their order."""
    if isinstance(inputs, dict):
        missing = [name for name in names if name not in inputs]
        if missing:
            raise ValueError(
                f'Missing data for input "{missing[0]}" of "{layer.name}". You passed a data dictionary with keys '
                f"{list(inputs)}. Expected the following keys: {names}"
            )
        return [inputs[name] for name in names]
    if len(list(leaves(inputs))) != len(names):
        raise ValueError(
            f'Layer "{layer.name}" expects {len(names)} named input(s) with keys {names}, but it received '
            f"{len(list(leaves(inputs)))} input(s) without names."
        )
    return inputs


def _mismatch(spec: InputSpec, shape: tuple[Any, ...], value: Any) -> str | None:
    """Why `shape` does not fit, or None if it does."""
    rank = len(shape)
    if spec.ndim is not None and rank != spec.ndim and not spec.allow_last_axis_squeeze:
        return f"expected ndim={spec.ndim}, found ndim={rank}"
    if spec.max_ndim is not None and rank > spec.max_ndim:
        return f"expected max_ndim={spec.max_ndim}, found ndim={rank}"
    if spec.min_ndim is not None and rank < spec.min_ndim:
        return f"expected min_ndim={spec.min_ndim}, found ndim={rank}"
    if spec.dtype is not None and dtype_of(value) != spec.dtype:
        return f"expected dtype={spec.dtype}, found dtype={dtype_of(value)}"
    for axis, size in spec.axes.items():
        if size is not None and -rank <= axis < rank and shape[axis] not in (size, None):
            return f"expected axis {axis} of input shape to have value {size}, but received input with shape {shape}"
    if spec.shape is not None and not is_probing() and not _fits(spec, shape):
        return f"expected shape={spec.shape}, found shape={shape}"
    return None


def _fits(spec: InputSpec, shape: tuple[Any, ...]) -> bool:
    wanted = spec.shape
    if spec.allow_last_axis_squeeze and len(shape) != len(wanted):
        if len(shape) < len(wanted):
            wanted = wanted[:-1] if wanted[-1:] == (1,) else wanted
        else:
            shape = shape[:-1] if shape[-1:] == (1,) else shape
    if len(shape) != len(wanted):
        return False
    return all(a is None or b is None or a == b for a, b in zip(shape, wanted, strict=True))
