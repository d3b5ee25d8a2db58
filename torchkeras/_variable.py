"""A weight: stored once, in torch's layout; seen and assigned in Keras' layout (D2).

A :class:`Variable` never holds a weight of a layer: it names the module and the attribute where the
``Parameter`` or buffer lives and looks there each time, so ``.to()``, ``parametrize``,
``functional_call`` and ``load_state_dict`` need not know about it. Only a variable made by a user,
outside any layer, keeps its own tensor until a layer adopts it.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from torchkeras import _registry
from torchkeras._cast import HasCast
from torchkeras._dtypes import standardize_dtype, to_torch_dtype
from torchkeras._errors import brief
from torchkeras._initial import initial_value
from torchkeras._layout import SAME, Layout
from torchkeras._probing import is_probing, to_meta
from torchkeras._structures import map_leaves

# the open ``keras.StatelessScope``, which takes what is assigned
stateless: Any = None


class Variable(HasCast):
    """A value that training changes, or a state that a layer keeps, in Keras' layout.

    Args:
        initializer: a tensor-like value, or a function ``(shape, dtype) -> tensor`` (then `shape` is needed).
        shape: the shape, if `initializer` is a function.
        dtype: the dtype's name; by default the value's own, or ``floatx()``.
        trainable: whether gradients flow to it and optimizers change it.
        autocast: whether mixed precision may read it in the compute dtype.
        aggregation: how replicas are joined: ``"none"``, ``"mean"``, ``"sum"``, ``"only_first_replica"``.
        name: the name, without slashes; automatic if not given.
        layout: accepted for compatibility.
    """

    _tensor: Tensor | None
    _make: Callable[[], Tensor] | None  # the first value of a variable that has none yet

    def __init__(
        self,
        initializer: Any,
        shape: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = "none",
        synchronization: str | None = "auto",
        name: str | None = None,
        layout: Any = None,
        **kwargs: Any,
    ) -> None:
        for extra in kwargs:
            raise TypeError(f"Variable: unexpected argument {extra!r}.")
        _check_name(name)
        self._setup(None, "", SAME, name, bool(trainable), autocast, aggregation, synchronization)
        make = functools.partial(initial_value, unwrap(initializer), shape, dtype)
        if stateless is None:
            self._tensor = self._stored(make())
            return
        if not (callable(initializer) or isinstance(initializer, str)):
            raise ValueError(
                "You are attempting to create a variable while in a stateless scope. This is disallowed: create all "
                f"variables before, or from an initializer. Got the value {brief(initializer)}."
            )
        self._make = make
        stateless.deferred.append(self)

    def _stored(self, data: Tensor) -> Tensor:
        """A parameter, so that gradients may flow to it, if the dtype lets them."""
        floating = data.is_floating_point() or data.is_complex()
        return nn.Parameter(data, requires_grad=self._trainable) if floating else data

    def _deferred_initialize(self) -> None:
        """Take the first value now: a variable made in a ``StatelessScope`` has none until that is left."""
        if self._make is None:
            raise ValueError(f"Variable {self.path} is already initialized.")
        if stateless is not None:
            raise ValueError(
                "You are attempting to initialize a variable while in a stateless scope. This is disallowed: "
                f"leave the scope first ({self.path})."
            )
        self._tensor, self._make = self._stored(self._make()), None

    @classmethod
    def over(
        cls, owner: nn.Module, attribute: str, layout: Layout = SAME, name: str | None = None, trainable: bool = True
    ) -> "Variable":
        """The Keras view of ``owner.attribute``, a ``Parameter`` or buffer."""
        self = cls.__new__(cls)
        self._setup(owner, attribute, layout, name or attribute, trainable)
        return self

    def _setup(
        self,
        owner: nn.Module | None,
        attribute: str,
        layout: Layout,
        name: str | None,
        trainable: bool,
        autocast: bool = True,
        aggregation: str | None = None,
        synchronization: str | None = "auto",
    ) -> None:
        _check_name(name)
        if aggregation not in (None, "none", "mean", "sum", "only_first_replica"):
            raise ValueError(
                f"Variable: `aggregation` must be 'none', 'mean', 'sum' or 'only_first_replica', got {aggregation!r}."
            )
        if synchronization not in (None, "none", "on_read", "on_write", "auto"):
            raise ValueError(
                f"Variable: `synchronization` must be 'none', 'on_read', 'on_write' or 'auto', got {synchronization!r}."
            )
        self._owner = owner
        self._tensor = None
        self._make = None
        self._attribute = attribute
        self._layout = layout
        self._trainable = trainable
        self._in_trainable_list = trainable  # Keras lists weights by what they were made as
        self.auto_named = name is None
        self.name = name or _registry.auto_name("variable")
        self._path = "/".join([*_registry.name_scopes, self.name])
        self.autocast = autocast
        self.aggregation = aggregation or "none"
        self.synchronization = synchronization
        self._regularizer: Any = None
        self._constraint: Any = None
        self._overwrite_with_gradient = False

    # Where it lives.

    @property
    def tensor(self) -> Tensor:
        """The tensor itself, in torch's layout: what optimizers and ``state_dict`` hold."""
        owner = self._owner
        if owner is None:
            return self._tensor if self._tensor is not None else self._make()  # type: ignore[misc]
        stored: Tensor | None = owner._parameters.get(self._attribute)
        if stored is None:
            stored = owner._buffers.get(self._attribute)
        # neither table holds a weight that torch.nn.utils.parametrize took over: the property does
        return stored if stored is not None else getattr(owner, self._attribute)

    @property
    def _value(self) -> Tensor | None:
        return (
            self._tensor if self._owner is None else self.tensor
        )  # the name under which users' code finds it in Keras

    def _put(self, tensor: Tensor | None) -> None:
        """Replace the stored tensor, in torch's layout, by another one."""
        if self._owner is None:
            self._tensor = tensor
        elif self._attribute in self._owner._parameters:
            self._owner._parameters[self._attribute] = tensor  # type: ignore[assignment]
        else:
            self._owner._buffers[self._attribute] = tensor
        self._cast_anew()

    def move_into(self, owner: nn.Module, attribute: str) -> None:
        """Let `owner` keep the tensor, under the key `attribute` of its ``state_dict``."""
        tensor = self.tensor
        if self._owner is not None:
            self._owner._parameters.pop(self._attribute, None)
            self._owner._buffers.pop(self._attribute, None)
        self._owner, self._attribute, self._tensor = owner, attribute, None
        if isinstance(tensor, nn.Parameter):
            owner._parameters[attribute] = tensor
        else:
            owner._buffers[attribute] = tensor

    # What Keras sees.

    @property
    def value(self) -> Tensor:
        """The value in Keras' layout, connected to the stored tensor (a view where the layout allows); its grad too."""
        if self._cast is not None:
            return self._layout.to_keras(self._cast)
        stored = self.tensor
        found = self._layout.to_keras(stored)
        if found is not stored and not torch.compiler.is_compiling() and stored.is_leaf and stored.grad is not None:
            found.grad = self._layout.to_keras(stored.grad)  # Keras' guides for torch read `weight.value.grad`
        return found

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.value.shape)

    @property
    def dtype(self) -> str:
        return standardize_dtype(self.tensor.dtype)

    @property
    def ndim(self) -> int:
        return self.tensor.ndim

    @property
    def path(self) -> str:
        """Names from the outermost layer in: ``"sequential/dense/kernel"``."""
        return self._path

    @path.setter
    def path(self, path: str) -> None:
        self._path = path

    @property
    def trainable(self) -> bool:
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        tensor = self.tensor
        if isinstance(tensor, nn.Parameter):
            tensor.requires_grad_(self._trainable)

    @property
    def regularizer(self) -> Any:
        """A function of the value whose result ``fit`` adds to the loss, or None."""
        return self._regularizer

    @regularizer.setter
    def regularizer(self, value: Any) -> None:
        if value is not None and not callable(value):
            raise ValueError(
                f"Invalid value for attribute `regularizer` of {self.path}: expected a function, got {brief(value)}."
            )
        self._regularizer = value

    @property
    def constraint(self) -> Any:
        """A function that projects the value after each optimizer step, or None."""
        return self._constraint

    @constraint.setter
    def constraint(self, value: Any) -> None:
        if value is not None and not callable(value):
            raise ValueError(
                f"Invalid value for attribute `constraint` of {self.path}: expected a function, got {brief(value)}."
            )
        self._constraint = value

    @property
    def overwrite_with_gradient(self) -> bool:
        """Whether optimizers store the gradient itself as the new value."""
        return self._overwrite_with_gradient

    @overwrite_with_gradient.setter
    def overwrite_with_gradient(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise TypeError(f"`overwrite_with_gradient` must be a boolean, got {brief(value)}.")
        self._overwrite_with_gradient = value

    # Change.

    @torch.no_grad()
    def assign(self, value: Any) -> Tensor:
        """Store a new value of the same shape (Keras' layout), cast to the variable's dtype."""
        if is_probing():
            return self.value  # a layer is run for its shapes alone: states stay as they are
        source = _as_tensor(value, self.tensor)
        if tuple(source.shape) != self.shape:
            raise ValueError(
                f"The shape of the target variable and the shape of the value assigned to it do not match: variable "
                f"{self.path} has shape {self.shape}, the value has shape {tuple(source.shape)}."
            )
        if stateless is not None:
            stateless.add_update((self, source))
        else:
            self._store(self._layout.to_torch(source))
            self._cast_anew()
        return self.value

    def _store(self, value: Tensor) -> None:
        if self._attribute in getattr(self._owner, "parametrizations", ()):
            setattr(self._owner, self._attribute, value)  # what it is computed from follows
        else:
            self.tensor.copy_(value)

    def _initialize(self, value: Any) -> None:
        self.assign(value)

    def _convert_to_tensor(self, value: Any, dtype: Any = None) -> Tensor:
        """`value` as a tensor beside this variable; the hook of Keras' subclasses of variables."""
        value = value.value if isinstance(value, Variable) else torch.as_tensor(value, device=self.tensor.device)
        return value if dtype is None else value.to(to_torch_dtype(dtype))

    def assign_add(self, value: Any) -> Tensor:
        """Add `value` in place."""
        return self.assign(self.value.detach() + _as_tensor(value, self.tensor))

    def assign_sub(self, value: Any) -> Tensor:
        """Subtract `value` in place."""
        return self.assign(self.value.detach() - _as_tensor(value, self.tensor))

    # Reading it as a number, an array, a tensor.

    def numpy(self) -> np.ndarray:
        """A copy on the host, as an array."""
        value = self.value.detach().cpu()
        # NumPy has no bfloat16 of its own
        return value.float().numpy() if value.dtype == torch.bfloat16 else value.numpy().copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def __float__(self) -> float:
        return float(self._scalar())

    def __int__(self) -> int:
        return int(self._scalar())

    def _scalar(self) -> Tensor:
        if self.ndim:
            raise TypeError(f"Only scalar arrays can be converted to Python scalars. Got: shape={self.shape}")
        return self.value.detach()

    def __index__(self) -> int:
        return self.value.detach().__index__()

    def __bool__(self) -> bool:
        if self.ndim:
            raise TypeError(
                f"A Keras Variable cannot be used as a boolean. Its shape is {self.shape}: use `keras.ops.any`."
            )
        return bool(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Any:
        return iter(self.value)

    def __getitem__(self, index: Any) -> Tensor:
        return self.value[index]

    def __getattr__(self, name: str) -> Any:
        # tensor methods (``w.sum()``, ``w.device``), which DESIGN D2 wants to work on weights
        if name.startswith("_") or not hasattr(Tensor, name):
            raise AttributeError(f"Variable has no attribute {name!r}.")
        return getattr(self.value, name)

    @classmethod
    def __torch_function__(
        cls, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        args, kwargs = unwrap(args), unwrap(kwargs or {})
        if is_probing():  # what puts tensors on the meta device did not see those inside of variables
            args, kwargs = map_leaves(to_meta, args), map_leaves(to_meta, kwargs)
        return function(*args, **kwargs)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        value = "" if self._value is None else f", value={self.numpy()}"
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}{value}>"


def unwrap(value: Any) -> Any:
    """`value` with every :class:`Variable` in tuples, lists and dicts replaced by its tensor."""
    if isinstance(value, Variable):
        return value.value
    if isinstance(value, tuple):
        items = [unwrap(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, list):
        return [unwrap(item) for item in value]
    if isinstance(value, dict):
        return {key: unwrap(item) for key, item in value.items()}
    return value


def _as_tensor(value: Any, like: Tensor) -> Tensor:
    if isinstance(value, Variable):
        value = value.value
    if isinstance(value, Tensor):
        return value.detach().to(device=like.device, dtype=like.dtype)
    array = np.asarray(value)
    if array.dtype.kind == "V":  # bfloat16 and kin, which NumPy has from elsewhere
        array = array.astype("float32")
    return torch.as_tensor(array, device=like.device).to(like.dtype)


def _check_name(name: Any) -> None:
    if name is not None and (not isinstance(name, str) or "/" in name):
        raise ValueError(f"Argument `name` must be a string and cannot contain character `/`. Received: name={name}")
