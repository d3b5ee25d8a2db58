"""Where a graph begins."""

import warnings
from typing import Any

from torchkeras import _registry
from torchkeras._dtypes import standardize_dtype
from torchkeras._errors import brief
from torchkeras._shapes import Shape, standardize
from torchkeras._symbolic import KerasTensor, Node
from torchkeras.layers._layer import Layer

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """The first node of a graph; ``layer.output`` is the symbolic tensor to go on from.

    Args:
        shape: the input's shape without the batch axis, ``None`` for axes of any size.
        batch_size: the size of the batch axis, if it is fixed.
        dtype: the input's dtype; ``floatx()`` by default.
        sparse, ragged: only False, as torch's layers take dense tensors.
        batch_shape: the shape with the batch axis, in place of `shape` and `batch_size`.
        input_tensor: a symbolic tensor that becomes the input, in place of a new one.
        optional: whether None may be passed for it.
        name: the name; automatic if not given.

    Raises:
        ValueError: no shape, or two that may differ.
    """

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Any = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if "input_shape" in kwargs:
            warnings.warn("Argument `input_shape` is deprecated. Use `shape` instead.", UserWarning, stacklevel=2)
            shape = kwargs.pop("input_shape")
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        super().__init__(name=name, **kwargs)
        if input_tensor is not None:
            given = {"shape": shape, "batch_size": batch_size, "dtype": dtype, "sparse": sparse, "ragged": ragged}
            self.batch_shape, dtype = _shape_and_dtype_of(input_tensor, **given, batch_shape=batch_shape)
        else:
            _check_dense(sparse, ragged)
            self.batch_shape = _batch_shape(shape, batch_size, batch_shape)
        self._input_dtype = standardize_dtype(dtype)
        self._takes_text = self._input_dtype == "string"
        self.sparse, self.ragged, self.optional = False, False, optional
        self.built = True
        Node(self, (), {}, input_tensor if input_tensor is not None else self._new_tensor())

    @property
    def input(self) -> Any:
        """The symbolic tensor that is also the output, as in Keras 2 (Keras 3: an empty list)."""
        return self.output

    def _new_tensor(self) -> KerasTensor:
        tensor = KerasTensor(self.batch_shape, self._input_dtype, name=self.name)
        tensor.optional = self.optional
        return tensor

    @property
    def dtype(self) -> str:
        """The input's dtype."""
        return self._input_dtype

    def call(self) -> None:
        """Nothing: a graph puts the given value in this place."""

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
            "optional": self.optional,
        }


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
    **kwargs: Any,
) -> KerasTensor:
    """A symbolic tensor from which a model's graph begins; the arguments are those of :class:`InputLayer`.

    >>> Input((32, 32, 3), name="photo").shape
    (None, 32, 32, 3)
    """
    layer = InputLayer(
        shape=shape,
        batch_size=batch_size,
        dtype=dtype,
        sparse=sparse,
        ragged=ragged,
        batch_shape=batch_shape,
        input_tensor=tensor,
        optional=optional,
        name=name,
        **kwargs,
    )
    return layer.output


def _check_dense(sparse: bool | None, ragged: bool | None) -> None:
    for name, value in {"sparse": sparse, "ragged": ragged}.items():
        if value:
            raise ValueError(f"`{name}=True` is not supported with torch: pass a dense tensor instead.")


def _batch_shape(shape: Any, batch_size: int | None, batch_shape: Any) -> Shape:
    if batch_shape is not None:
        for name, value in {"shape": shape, "batch_size": batch_size}.items():
            if value is not None:
                raise ValueError(f"You cannot pass both `{name}` and `batch_shape` at the same time.")
        return standardize(batch_shape)
    if shape is None:
        raise ValueError("You must pass a `shape` argument, such as `shape=(28, 28, 1)`: the shape of one sample.")
    return (batch_size, *standardize(shape))


def _shape_and_dtype_of(tensor: Any, **given: Any) -> tuple[Shape, str]:
    if not isinstance(tensor, KerasTensor):
        raise ValueError(
            f"Argument `input_tensor` must be a KerasTensor. Received invalid type: input_tensor={brief(tensor)} "
            f"(of type {type(tensor)})"
        )
    found = {
        "shape": tensor.shape[1:],
        "batch_size": tensor.shape[0] if tensor.shape else None,
        "dtype": tensor.dtype,
        "sparse": False,
        "ragged": False,
        "batch_shape": tensor.shape,
    }
    read = {"shape": standardize, "batch_shape": standardize, "dtype": standardize_dtype}
    for name, value in given.items():
        if value is not None and read.get(name, bool if name in ("sparse", "ragged") else int)(value) != found[name]:
            raise ValueError(
                "When providing the `input_tensor` argument, you cannot provide an incompatible "
                f"`{name}` argument: it is {found[name]}, got {name}={value}."
            )
    return tensor.shape, tensor.dtype


_registry.catalogue("layers", InputLayer, Input)
_registry.catalogue("", Input)
