"""``tf.Variable``: torchkeras' variable with TensorFlow's constructor and methods."""

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import _variable
from torchkeras._dtypes import TORCH
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras._tensorflow._tensor_shape import TensorShape
from torchkeras._tensorflow._tensors import convert_to_tensor
from torchkeras.ops import scatter_update


class _Kind(type):
    def __instancecheck__(cls, item: Any) -> bool:
        return isinstance(item, _variable.Variable)  # the weights of layers are variables of TensorFlow, too


class DTypeName(str):
    """The name of a data type, equal to the data type itself as well: ``v.dtype == tf.float32``."""

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True or (isinstance(other, torch.dtype) and TORCH[str(self)] is other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    @property
    def name(self) -> str:
        """The name as a plain text."""
        return str(self)


class Variable(_variable.Variable, metaclass=_Kind):
    """A value that training or the script changes; optimizers, tapes and arithmetic take it.

    Args:
        initial_value: a tensor-like value, or a function that gives one.
        trainable: whether tapes watch it.
        name: the name; of a name with slashes the last part counts.
        dtype: the data type; by default that of the value.
        constraint: a function that projects the value after each optimizer step.
        shape: a shape that the value must go with.

    All other arguments of TensorFlow are accepted, and change nothing here.
    """

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        import_scope: Any = None,
        constraint: Any = None,
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
        **kwargs: Any,
    ) -> None:
        if initial_value is None:
            raise ValueError("tf.Variable: `initial_value` is needed, a value or a function that gives one.")
        value = initial_value() if callable(initial_value) and not isinstance(initial_value, Tensor) else initial_value
        value = convert_to_tensor(value, None if dtype is None else as_dtype(dtype))
        if shape is not None and not TensorShape(shape).is_compatible_with(value.shape):
            raise ValueError(f"tf.Variable: the value has shape {tuple(value.shape)}, `shape` is {TensorShape(shape)}.")
        name = name.rstrip("/").rpartition("/")[2].removesuffix(":0") if name else None
        super().__init__(value, trainable=trainable is None or trainable, name=name, autocast=False)
        self.constraint = constraint

    @property
    def dtype(self) -> "DTypeName":
        """The data type: Keras' name for it, which equals TensorFlow's object too."""
        return DTypeName(super().dtype)

    @property
    def shape(self) -> TensorShape:
        """The sizes, as a ``TensorShape``."""
        return TensorShape(self.tensor.shape if self._layout.axes == "" else super().shape)

    def get_shape(self) -> TensorShape:
        """:attr:`shape`."""
        return self.shape

    def assign(self, value: Any, use_locking: bool = False, name: Any = None, read_value: bool = True) -> Any:
        """Store a new value; returns the variable."""
        super().assign(value)
        return self

    def assign_add(self, delta: Any, use_locking: bool = False, name: Any = None, read_value: bool = True) -> Any:
        """Add `delta`; returns the variable."""
        super().assign_add(delta)
        return self

    def assign_sub(self, delta: Any, use_locking: bool = False, name: Any = None, read_value: bool = True) -> Any:
        """Subtract `delta`; returns the variable."""
        super().assign_sub(delta)
        return self

    def _store(self, value: Tensor) -> None:
        if self._owner is None and not self._trainable:
            # a new tensor: what was computed from the old one keeps it, for its gradient
            value = value.to(self.tensor.dtype, copy=True)
            self._tensor = nn.Parameter(value, requires_grad=False) if value.is_floating_point() else value
        else:
            super()._store(value)

    def read_value(self) -> Tensor:
        """The value as a tensor, which later changes do not touch; gradients flow through it."""
        return self.value.clone()

    def scatter_nd_update(self, indices: Any, updates: Any, name: Any = None) -> Any:
        """Store `updates` at the index tuples along the last axis of `indices`."""
        return self.assign(scatter_update(self.value.detach(), indices, updates))

    def scatter_nd_add(self, indices: Any, updates: Any, name: Any = None) -> Any:
        """Add `updates` at the index tuples along the last axis of `indices`."""
        return self.assign(scatter_update(self.value.detach(), indices, updates, "add"))

    def initialized_value(self) -> Tensor:
        """The value: variables have one from the beginning."""
        return self.value

    def eval(self, session: Any = None) -> Any:
        """The value as an array."""
        return self.numpy()

    def ref(self) -> "Reference":
        """A key for sets and dicts, equal to those of the same variable."""
        return Reference(self)

    experimental_ref = ref

    @property
    def initializer(self) -> None:
        """Nothing to run: variables have their value from the beginning."""
        return None

    @property
    def device(self) -> str:
        """Where the value is, in TensorFlow's words."""
        kind, index = self.tensor.device.type, self.tensor.device.index
        return f"/device:{'GPU' if kind == 'cuda' else kind.upper()}:{index or 0}"


class Reference:
    """What ``ref()`` gives: equal and hashed by identity."""

    def __init__(self, item: Any) -> None:
        self.item = item

    def deref(self) -> Any:
        """The variable or tensor."""
        return self.item

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and other.item is self.item

    def __hash__(self) -> int:
        return id(self.item)


class VariableAggregation:
    """How replicas of a variable are joined."""

    NONE, SUM, MEAN, ONLY_FIRST_REPLICA = "none", "sum", "mean", "only_first_replica"


class VariableSynchronization:
    """When replicas of a variable are joined."""

    AUTO, NONE, ON_WRITE, ON_READ = "auto", "none", "on_write", "on_read"


__all__ = ["Variable", "VariableAggregation", "VariableSynchronization"]
