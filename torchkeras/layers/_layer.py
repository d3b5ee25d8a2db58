"""The base of all layers: an ``nn.Module`` that builds itself and can be called on symbolic tensors (D1, D6)."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from torchkeras import _registry, _settings, dtype_policies, regularizers
from torchkeras._dtypes import is_float_dtype, to_torch_dtype
from torchkeras._errors import brief
from torchkeras._fields import Fields, unexpected_arguments
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._symbolic import (
    KerasTensor,
    Node,
    Operation,
    any_symbolic,
    infer,
    is_probing,
    join_probes,
    leaves,
    map_leaves,
    off_meta,
)
from torchkeras._shapes import is_shape
from torchkeras._variable import Variable
from torchkeras.layers._input_spec import check_input_spec
from torchkeras.layers._signature import CallSignature, build_shapes, call_signature, holds_tensor, tensor_arguments
from torchkeras.layers._tracking import Tracking
from torchkeras.layers._weights import Weights

_module_call = nn.Module.__call__


class Layer(Weights, Tracking, Fields, Operation):  # nn.Module comes with Weights and Tracking
    """A part of a model: it makes its weights when it first sees an input, and computes with them.

    Subclasses write ``call(self, inputs)``, and ``build(self, input_shape)`` if weights depend on shapes.
    ``call`` may ask for ``training`` (the flag) and ``mask``.

    Args:
        activity_regularizer: a function of the output whose value is added to the training loss.
        trainable: whether training changes the weights.
        dtype: the dtype policy or its name (``"float32"``, ``"mixed_bfloat16"``); by default the global one.
        autocast: whether floating inputs are cast to the policy's compute dtype.
        name: the name; automatic if not given.
    """

    _signature = CallSignature((), frozenset(), False, None, False, {}, True)
    _direct = nn.Module.__call__  # for graphs: the call without what a recorded call has settled
    supports_masking = False
    _takes_structures = False  # whether `call` itself sees to the dtypes and order of several inputs
    produces_mask = False  # whether outputs carry a mask although no input does

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        self = super().__new__(cls)
        nn.Module.__init__(self)  # here, so that scripts may set attributes before `super().__init__()`
        self.__dict__.update(
            training=False,
            built=False,
            _ready=False,
            _locked=False,
            _building=False,
            _own=[],
            _losses=[],
            _metrics=[],
            _seed_generators=[],
            _trainable=True,
            _path="",
            _build_arguments=None,
            _inbound_nodes=[],
            input_spec=None,
        )
        if not hasattr(cls.__init__, "_generated"):
            self.__dict__["_constructed_with"] = (args, kwargs)
        return self

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        Operation.__init__(self, name)
        self._path = self.name
        self._input_shape_argument = _input_shape_argument(self, kwargs)
        if kwargs:
            raise unexpected_arguments(self, kwargs)
        self.__dict__["_trainable"] = bool(trainable)
        self.autocast = autocast
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.dtype_policy = dtype if dtype is not None else dtype_policies.dtype_policy()

    def __init_subclass__(cls, tracks_build: bool = True, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if tracks_build and "build" in cls.__dict__:
            cls.build = _tracked_build(cls.build)  # type: ignore[method-assign]
        if "forward" in cls.__dict__ and "call" not in cls.__dict__:
            cls.call = cls.__dict__["forward"]  # type: ignore[method-assign]
        if "call" in cls.__dict__:
            cls._signature = call_signature(cls.call)
            takes_training = cls._signature.training
            cls.forward = _forward_with_training if takes_training else _forward  # type: ignore[method-assign]
        if "compute_mask" in cls.__dict__ and "produces_mask" not in cls.__dict__:
            cls.produces_mask = True

    # Calling.

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # the way of every step: built, one plain tensor of the right dtype, nothing to decide
        if self._ready and not kwargs and len(args) == 1:
            x = args[0]
            if type(x) is Tensor and x.dtype is self._compute and getattr(x, "_keras_mask", None) is None:
                try:
                    return _module_call(self, x)
                except (RuntimeError, IndexError):
                    check_input_spec(self, x)  # a wrong shape gets our words, everything else stays as it is
                    raise
            if self._takes_structures and not isinstance(x, Tensor) and all(type(leaf) is Tensor for leaf in leaves(x)):
                return _module_call(self, x)
        return self._general_call(args, kwargs)

    def _general_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        signature = self._signature
        given = kwargs
        args, kwargs, training = self._standardize(signature, args, kwargs)
        self._route_masks(signature, args, kwargs)
        if any_symbolic(args, kwargs):
            alone = len(args) == 1 and is_tensor_like(args[0])
            recorded = self._recorded(signature, given, kwargs, alone)
            if training is not None and signature.training and training is not signature.training_default:
                kwargs["training"] = training
            return self._symbolic_call(args, kwargs, recorded)
        self._build_from(signature, args, kwargs)
        if self.input_spec is not None and args:
            check_input_spec(self, args[0])
        with self._modes(training):
            outputs = _module_call(self, *args, **kwargs)
        self._finish(args, kwargs, outputs)
        return outputs

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """The computation, on tensors; subclasses write it."""
        raise NotImplementedError(f'Layer "{self.name}" ({type(self).__name__}) does not have a `call()` method implemented.')

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What ``nn.Module`` runs: :meth:`call`, given the training flag if it asks for it."""
        return self.call(*args, **kwargs)

    def _standardize(
        self, signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any], bool | None]:
        """Arrays become tensors, floating tensors get the compute dtype; ``training`` is taken out."""
        training = kwargs.get("training")
        if "training" in kwargs:
            kwargs = {key: value for key, value in kwargs.items() if key != "training"}
        elif signature.training and len(args) > signature.names.index("training") if "training" in signature.names else False:
            position = signature.names.index("training")
            training, args = args[position], args[:position]
        args = tuple(map_leaves(self._as_input, arg) for arg in args)
        kwargs = {key: map_leaves(self._as_input, value) for key, value in kwargs.items()}
        if args and not holds_tensor(args[0]):
            args = (self._from_numbers(args[0]), *args[1:])
        return args, kwargs, None if training is None else bool(training)

    def _as_input(self, value: Any) -> Any:
        if isinstance(value, Variable):
            value = value.value
        if isinstance(value, np.ndarray):
            value = self._to_tensor(value)
        if isinstance(value, Tensor) and value.is_floating_point() and self.autocast and value.dtype is not self._compute:
            mask = getattr(value, "_keras_mask", None)
            value = value.to(self._compute)
            if mask is not None:
                value._keras_mask = mask  # type: ignore[attr-defined]
        if isinstance(value, KerasTensor) and self.autocast and is_float_dtype(value.dtype) and value.dtype != self.compute_dtype:
            value = value.to(self._compute)
        return value

    def _to_tensor(self, array: np.ndarray) -> Tensor:
        if array.dtype == object or array.dtype.kind in "USOMm":
            raise ValueError(
                f'{type(self).__name__} "{self.name}": expected numbers, got an array of dtype {array.dtype}. '
                "Convert text and objects to numbers first."
            )
        return torch.as_tensor(array, device=_settings.device())

    def _from_numbers(self, value: Any) -> Any:
        """A first argument of Python numbers, as a tensor; anything else is left to ``call``."""
        if isinstance(value, (int, float, list, tuple)) and not isinstance(value, bool):
            with contextlib.suppress(ValueError, TypeError):
                array = np.asarray(value)
                if array.dtype.kind in "fiub" and array.size:
                    return self._as_input(array.astype(_settings.floatx) if array.dtype.kind == "f" else array)
        return value

    @contextlib.contextmanager
    def _modes(self, training: bool | None) -> Iterator[None]:
        """The training flag for the length of a call, and torch's autocast if the policy is a mixed one."""
        with contextlib.ExitStack() as stack:
            if self._mixed:
                device = _settings.device().type
                stack.enter_context(torch.autocast(device, self._compute, cache_enabled=True))
            if training is None or training == self.training:
                yield
                return
            before = [(module, module.training) for module in self.modules()]
            self.train(training)
            try:
                yield
            finally:
                for module, flag in before:
                    module.training = flag

    # Masks.

    def _route_masks(self, signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Pass the masks that arguments carry to a ``call`` that asks for them."""
        if signature.mask and kwargs.get("mask") is None and args and len(args) <= _position(signature, "mask"):
            mask = mask_of(args[0])
            if mask is not None:
                kwargs["mask"] = mask
        for name, parameter in signature.masks.items():
            position = signature.names.index(name)
            value = args[position] if position < len(args) else kwargs.get(name)
            if kwargs.get(parameter) is None and isinstance(getattr(value, "_keras_mask", None), (Tensor, KerasTensor)):
                kwargs[parameter] = value._keras_mask  # type: ignore[union-attr]

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of the output: the input's own, for layers that keep the axes of time and batch."""
        return previous_mask

    def _set_masks(self, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        previous = kwargs.get("mask")
        if previous is None and args:
            previous = mask_of(args[0])
        if not self.supports_masking and not self.produces_mask:
            return
        if previous is None and not self.produces_mask:
            return
        masks = self.compute_mask(args[0] if args else None, previous)
        if masks is None:
            return
        flat = [masks] if is_tensor_like(masks) else list(_mask_leaves(masks))
        for output, mask in zip(leaves(outputs), flat, strict=False):
            if mask is not None and isinstance(output, (Tensor, KerasTensor)) and getattr(output, "_keras_mask", None) is None:
                output._keras_mask = mask  # type: ignore[union-attr]

    def _finish(self, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        """What follows a call that is not of the plain kind: masks and activity losses; then look whether the next is."""
        if self.activity_regularizer is not None:
            for output in leaves(outputs):
                if isinstance(output, Tensor):
                    self.add_loss(self.activity_regularizer(output) / max(len(output) if output.ndim else 1, 1))
        self._set_masks(args, kwargs, outputs)
        if not self._ready and not is_probing():
            self._ready = (
                self.built and self.activity_regularizer is None and not self.produces_mask and not self._mixed and self.autocast
            )

    # Symbolic calls.

    def _recorded(
        self, signature: Any, given: dict[str, Any], kwargs: dict[str, Any], alone: bool
    ) -> dict[str, Any]:
        """The keyword arguments that Keras writes into a config: those given; for one tensor alone mask and training flag."""
        if given or not alone:
            return given
        recorded: dict[str, Any] = {}
        if isinstance(signature.training_default, bool):
            recorded["training"] = signature.training_default
        if signature.mask:
            recorded["mask"] = kwargs.get("mask")
        return recorded

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs for symbolic arguments; the call becomes a node of the graph."""
        return self._symbolic_call(args, kwargs, kwargs)

    def _symbolic_call(self, args: tuple[Any, ...], kwargs: dict[str, Any], recorded: dict[str, Any]) -> Any:
        self._build_from(self._signature, args, kwargs)
        if self.input_spec is not None and args:
            check_input_spec(self, args[0])
        outputs = self.compute_output_spec(*args, **kwargs)
        if any(outputs is arg for arg in args):
            outputs = KerasTensor(outputs.shape, outputs.dtype, probes=outputs._probes)
        Node(self, args, recorded, outputs, running={key: value for key, value in kwargs.items() if value is not None})
        self._set_masks(args, kwargs, outputs)
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Symbolic outputs: from ``compute_output_shape`` if the class has it, else by running ``call`` on meta tensors."""
        if type(self).compute_output_shape is not Layer.compute_output_shape:
            return self._spec_from_shape(args, kwargs)
        return self._spec_by_running(args, kwargs)

    def _spec_by_running(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not self._signature.training:
            kwargs = {name: value for name, value in kwargs.items() if name != "training"}
        with self._modes(kwargs.get("training")):
            return infer(self.forward, args, kwargs)

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """The output's shape for an input's shape."""
        shapes = [*args, *kwargs.values()]
        symbolic = [_map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), shape) for shape in shapes]
        if type(self).compute_output_spec is not Layer.compute_output_spec:
            spec = self.compute_output_spec(*symbolic)
        else:
            spec = self._spec_by_running(tuple(symbolic), {})
        return map_leaves(lambda tensor: tensor.shape, spec)

    def _spec_from_shape(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        arguments = tensor_arguments(self._signature, args, kwargs)
        probed = []
        for index in range(max((len(leaf._probes) for leaf in leaves(list(arguments.values())) if isinstance(leaf, KerasTensor)), default=1)):

            def probe_shape(leaf: Any, index: int = index) -> Any:
                return leaf._probes[min(index, len(leaf._probes) - 1)] if isinstance(leaf, KerasTensor) else tuple(leaf.shape)

            shapes = {name: map_leaves(probe_shape, value) for name, value in arguments.items()}
            result = self.compute_output_shape(**_shape_arguments(type(self).compute_output_shape, shapes))
            dtype = to_torch_dtype(self.compute_output_dtype(*args))
            probed.append(_map_shapes(lambda shape, d=dtype: torch.empty(tuple(shape), dtype=d, device="meta"), result))
        return join_probes(probed)

    def compute_output_dtype(self, *args: Any) -> str:
        """The outputs' dtype, where it does not come out of running ``call``."""
        return self.compute_dtype

    # Building.

    def build(self, input_shape: Any) -> None:
        """Make the weights; called once, with the first input's shape (``None`` for unknown sizes)."""
        self.built = True

    def _build_at_init(self) -> None:
        """For layers without weights: built from the start, unless a subclass has a ``build`` of its own."""
        self.built = type(self).build is Layer.build

    def _build_from(self, signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self.built:
            return
        shapes = build_shapes(type(self).build, tensor_arguments(signature, args, kwargs))
        self._build(shapes)

    def _build(self, shapes: dict[str, Any]) -> None:
        with self._as_building(shapes):
            self.build(**shapes)

    @contextlib.contextmanager
    def _as_building(self, shapes: dict[str, Any]) -> Iterator[None]:
        """What surrounds the outermost ``build``, whoever calls it."""
        self.__dict__["_building"] = True
        try:
            with off_meta():  # weights are made for good, on the real device, also while shapes are being probed
                yield
        finally:
            self.__dict__["_building"] = False
        self.__dict__["built"] = True
        if type(self).build is not Layer.build:
            self._build_arguments = shapes
        self._set_paths()
        if not self._trainable:
            self.trainable = False

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build as :meth:`get_build_config` of another layer says."""
        if not config or self.built:
            return
        if "input_shape" in config:
            shapes = {self._only_build_parameter(): _shape_from_config(config["input_shape"])}
        else:
            shapes = {name: _shape_from_config(shape) for name, shape in config.get("shapes_dict", config).items()}
        self._build(shapes)

    def _only_build_parameter(self) -> str:
        return next(iter(inspect.signature(self.build).parameters))

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes that the layer was built with."""
        shapes = self._build_arguments
        if not shapes:
            return None
        return {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else {"shapes_dict": dict(shapes)}

    @property
    def path(self) -> str:
        """Names from the outermost layer in."""
        return self._path

    def _set_paths(self, prefix: str = "") -> None:
        """Give this layer, its weights and its sub-layers their paths."""
        self.__dict__["_path"] = f"{prefix}/{self.name}" if prefix else self.name
        for variable in self._own:
            variable.path = f"{self._path}/{variable.name}"
        for child in self._children():
            if isinstance(child, Layer):
                child._set_paths(self._path)

    # Dtypes.

    @property
    def dtype_policy(self) -> Any:
        """The policy that says in which dtype weights are kept and in which one is computed."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        policy = dtype_policies.get(value)
        if isinstance(policy, dtype_policies.DTypePolicyMap):
            policy = policy[self._path]
        self._dtype_policy = policy
        self._ready = False
        name = policy.compute_dtype or _settings.floatx
        self._compute = to_torch_dtype(name) if name != "string" else None
        self._mixed = policy.compute_dtype != policy.variable_dtype

    @property
    def dtype(self) -> str:
        """The dtype of the weights."""
        return self._dtype_policy.variable_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of the weights."""
        return self._dtype_policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype of the computation."""
        return self._dtype_policy.compute_dtype

    @property
    def input_dtype(self) -> str:
        """The dtype to which floating inputs are cast."""
        return self._dtype_policy.compute_dtype

    def _apply(self, function: Callable[[Tensor], Tensor], recurse: bool = True) -> Any:
        """``.half()``, ``.double()``, ``.to(dtype)``: the policy follows the weights."""
        result = super()._apply(function, recurse)
        before = to_torch_dtype(self.variable_dtype)
        after = function(torch.empty(0, dtype=before, device=_settings.device())).dtype
        if after is not before:
            ready = self._ready
            self.dtype_policy = str(after).removeprefix("torch.")
            self._ready = ready
        return result

    # Configs.

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as Keras writes them."""
        config = {"name": self.name, **self._base_config()}
        if type(self).get_config is Layer.get_config and "_constructed_with" in self.__dict__:
            return {**self._constructor_config(), **self._base_config()}
        return {**config, **Fields.get_config(self)}

    def _base_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"trainable": self.trainable, "dtype": dtype_policies.serialize(self.dtype_policy)}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config

    def _constructor_config(self) -> dict[str, Any]:
        """The arguments the user's class was made with, if they are plain values."""
        args, kwargs = self._constructed_with
        given = inspect.signature(type(self).__init__).bind(self, *args, **kwargs)
        given.apply_defaults()
        config: dict[str, Any] = {}
        for name, value in list(given.arguments.items())[1:]:
            kind = given.signature.parameters[name].kind
            if kind is inspect.Parameter.VAR_KEYWORD:
                config.update(value)
            elif kind is not inspect.Parameter.VAR_POSITIONAL:
                config[name] = value
        config = {name: value for name, value in config.items() if name not in _BASE_ARGUMENTS}
        bad = [name for name, value in config.items() if not _is_plain(value)]
        if bad:
            raise NotImplementedError(
                f"Object {type(self).__name__} was created by passing non-serializable argument values in `__init__()`, and "
                f"therefore the object must override `get_config()` in order to be serializable. Please implement "
                f"`get_config()`; the argument {bad[0]!r} is {brief(config[bad[0]])}."
            )
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A new layer out of what :meth:`get_config` returned; weights are new."""
        config = dict(config)
        if isinstance(config.get("dtype"), dict):
            config["dtype"] = dtype_policies.deserialize(config["dtype"])
        if isinstance(config.get("activity_regularizer"), dict):
            config["activity_regularizer"] = regularizers.get(config["activity_regularizer"])
        try:
            return cls(**config)
        except TypeError as error:
            raise TypeError(
                f"Error when deserializing class '{cls.__name__}' using config={config}.\n\nException encountered: {error}"
            ) from error

    def extra_repr(self) -> str:
        """The fields, for torch's nested print of modules."""
        shown = [f"name={self.name}", self._field_text(), "" if self.built else "built=False"]
        return ", ".join(filter(None, shown))

    __repr__ = nn.Module.__repr__

    def __getattr__(self, name: str) -> Any:
        found = getattr(type(self), name, None)
        if isinstance(found, property):
            # torch looks here when a property fails with an AttributeError: let the property say why itself
            return found.__get__(self)
        return super().__getattr__(name)

    def __getstate__(self) -> dict[str, Any]:
        # a copied or pickled layer leaves the graph it stood in behind; a model takes its graph along itself
        return {**self.__dict__, "_inbound_nodes": []}


def _tracked_build(build: Callable[..., None]) -> Callable[..., None]:
    """``layer.build(shape)`` by hand leaves the layer as a first call would."""

    @functools.wraps(build)
    def tracked(self: Any, *args: Any, **kwargs: Any) -> None:
        if self._building:
            return build(self, *args, **kwargs)
        given = inspect.signature(build).bind(self, *args, **kwargs).arguments
        with self._as_building({name: shape for name, shape in list(given.items())[1:]}):
            return build(self, *args, **kwargs)

    return tracked


def _forward(self: Layer, *args: Any, **kwargs: Any) -> Any:
    return self.call(*args, **kwargs)


def _forward_with_training(self: Layer, *args: Any, **kwargs: Any) -> Any:
    if "training" in kwargs:
        return self.call(*args, **kwargs)
    return self.call(*args, training=self.training, **kwargs)


def mask_of(value: Any) -> Any:
    """The mask a tensor carries; for a structure, a structure of masks, or None if no tensor has one."""
    if not isinstance(value, (list, tuple, dict)):
        return getattr(value, "_keras_mask", None)
    masks = map_leaves(lambda leaf: getattr(leaf, "_keras_mask", None), value)
    return masks if any(mask is not None for mask in leaves(masks)) else None


def is_tensor_like(value: Any) -> bool:
    """Whether `value` is one tensor, symbolic or not."""
    return isinstance(value, (Tensor, KerasTensor))


def _mask_leaves(masks: Any) -> Iterator[Any]:
    yield from leaves(masks)


def _position(signature: Any, name: str) -> int:
    return signature.names.index(name) if name in signature.names else len(signature.names)


def _map_shapes(function: Callable[[Any], Any], value: Any) -> Any:
    if is_shape(value) or isinstance(value, torch.Size):
        return function(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_map_shapes(function, item) for item in value)
    if isinstance(value, dict):
        return {key: _map_shapes(function, item) for key, item in value.items()}
    return value


def _shape_arguments(function: Callable[..., Any], shapes: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments for ``compute_output_shape``: by name (``query_shape``), or the first one alone."""
    names = list(inspect.signature(function).parameters)[1:]
    by_name = {f"{name}_shape": shape for name, shape in shapes.items()}
    found = {name: by_name[name] for name in names if name in by_name}
    return found if len(names) > 1 and found else {names[0]: next(iter(shapes.values()))}


def _shape_from_config(shape: Any) -> Any:
    return _map_shapes(tuple, shape)


_BASE_ARGUMENTS = ("trainable", "dtype", "activity_regularizer", "autocast")


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    return value is None or isinstance(value, (str, int, float, bool, bytes))


def _input_shape_argument(layer: Any, kwargs: dict[str, Any]) -> Any:
    """The batch shape that ``input_shape=``, ``input_dim=`` or ``batch_input_shape=`` name, or None."""
    for name in ("batch_input_shape", "batch_shape"):
        if name in kwargs:
            return tuple(kwargs.pop(name))
    if "input_dim" in kwargs and "input_shape" not in kwargs:
        kwargs["input_shape"] = (kwargs.pop("input_dim"),)
    batch = kwargs.pop("batch_size", None) if "input_shape" in kwargs else None
    shape = kwargs.pop("input_shape", None)
    kwargs.pop("input_dtype", None)
    if shape is None:
        return None
    return (batch, shape) if isinstance(shape, int) else (batch, *shape)


serialize: Any = serialize_keras_object
deserialize: Any = deserialize_keras_object
_registry.catalogue("layers", Layer)
_registry.catalogue("", Layer)
