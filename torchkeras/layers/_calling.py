"""The way of a call: what is settled on the first one, and the few lines that every later one runs (D6)."""

import contextlib
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
import torch
from torch import Tensor, nn

from torchkeras import _registry, _settings
from torchkeras._dtypes import is_float_dtype
from torchkeras._probing import is_probing
from torchkeras._strings import StringTensor, is_text
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor, any_symbolic
from torchkeras._variable import Variable
from torchkeras.layers import _casting
from torchkeras.layers._input_spec import check_input_spec
from torchkeras.layers._part import Part
from torchkeras.layers._recording import stand_in
from torchkeras.layers._signature import CallSignature, call_signature, holds_tensor, is_tensor

_module_call = nn.Module.__call__
_depth = 0  # how many calls of the general kind are open
# the training flag that the innermost of them was given: a layer that starts in training mode asks for it
flag_given: bool | None = None


class Calling(Part):
    """The part of :class:`Layer` that is called."""

    _signature = CallSignature((), frozenset(), False, None, False, {}, True)
    _direct = nn.Module.__call__  # for graphs: the call without what a recorded call has settled
    _takes_structures = False  # whether `call` itself sees to the dtypes and order of several inputs
    _adds_losses = False  # whether `call` mentions `add_loss`

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "forward" in cls.__dict__ and "call" not in cls.__dict__:
            cls.call = cls.__dict__["forward"]  # type: ignore[method-assign]
        if "call" in cls.__dict__:
            cls._signature = call_signature(cls.call)
            cls.forward = _forward_with_training if cls._signature.training else _forward  # type: ignore[method-assign]
            cls._adds_losses = "add_loss" in getattr(getattr(cls.call, "__code__", None), "co_names", ())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # the way of every step: built, one plain tensor, nothing to decide
        if self._ready and not kwargs and len(args) == 1:
            x = args[0]
            if type(x) is Tensor and getattr(x, "_keras_mask", None) is None:
                if x.dtype is not self._compute and x.is_floating_point() and self.autocast and self._casts_inputs:
                    x = x.to(self._compute)
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
        if not self.built:
            self._settle_policy()
        args, kwargs, training = self._standardize(signature, args, kwargs)
        self._route_masks(signature, args, kwargs)
        if any_symbolic(args, kwargs):
            alone = len(args) == 1 and isinstance(args[0], (Tensor, KerasTensor))
            recorded = self._recorded(signature, given, kwargs, alone)
            if training is not None and training is not signature.training_default:
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
        raise NotImplementedError(
            f'Layer "{self.name}" of class {type(self).__name__} does not have a `call` method implemented.'
        )

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What ``nn.Module`` runs: :meth:`call`, given the training flag if it asks for it."""
        return self.call(*args, **kwargs)

    # Before.

    def _standardize(
        self, signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any], bool | None]:
        """Arrays become tensors, floating tensors get the compute dtype; ``training`` is taken out."""
        training = kwargs.get("training")
        if "training" in kwargs:
            kwargs = {key: value for key, value in kwargs.items() if key != "training"}
        elif signature.training and "training" in signature.names and len(args) > signature.names.index("training"):
            position = signature.names.index("training")
            training = args[position]
            kwargs = {**kwargs, **dict(zip(signature.names[position + 1 :], args[position + 1 :]))}
            args = args[:position]
        args = tuple(map_leaves(self._as_input, arg) for arg in args)
        kwargs = {key: map_leaves(self._as_input, value) for key, value in kwargs.items()}
        if args and not holds_tensor(args[0]):
            args = (self._from_numbers(args[0]), *args[1:])
        self._refuse_options_by_position(signature, args)
        return args, kwargs, None if training is None else bool(training)

    def _refuse_options_by_position(self, signature: Any, args: tuple[Any, ...]) -> None:
        for name, value in list(zip(signature.names, args))[1:]:  # a `call(*args)` has no names
            if isinstance(value, (bool, str)) or (isinstance(value, (int, float)) and not is_tensor(value)):
                raise ValueError(
                    "Only input tensors may be passed as positional arguments. The following argument value should be "
                    f"passed as a keyword argument: {name}={value!r} (of type {type(value).__name__})"
                )

    def _as_input(self, value: Any) -> Any:
        if isinstance(value, Variable):
            value = value.value
        if isinstance(value, np.ndarray):
            value = self._to_tensor(value)
        if not (self.autocast and self._casts_inputs):
            return value
        if isinstance(value, Tensor) and value.is_floating_point() and value.dtype is not self._compute:
            mask = getattr(value, "_keras_mask", None)
            value = value.to(self._compute)
            if mask is not None:
                value._keras_mask = mask
        elif isinstance(value, KerasTensor) and is_float_dtype(value.dtype) and value.dtype != self.compute_dtype:
            value = stand_in(value, self.compute_dtype)
        return value

    _takes_text = False

    def _accepts_text(self) -> bool:
        """Whether text may be an input: of this layer, or of one inside."""
        return any(layer._takes_text for layer in self._flatten_layers())

    def _to_tensor(self, array: np.ndarray) -> Any:
        if array.dtype == object or array.dtype.kind in "USOMm":
            if is_text(array) and self._accepts_text():
                return StringTensor(array)
            self._refuse_text(array.dtype)
        return torch.as_tensor(array, device=_settings.device())

    def _refuse_text(self, dtype: Any) -> NoReturn:
        raise ValueError(
            f'{type(self).__name__} "{self.name}": expected numbers, got an array of dtype {dtype}. Convert text and '
            "objects to numbers first, text for example with a TextVectorization or StringLookup layer."
        )

    def _from_numbers(self, value: Any) -> Any:
        """A first argument of Python numbers or text, as a tensor; anything else is left to ``call``."""
        if is_text(value) and self._accepts_text():
            return StringTensor(value)
        if isinstance(value, (int, float, list, tuple)) and not isinstance(value, bool):
            with contextlib.suppress(ValueError, TypeError):
                array = np.asarray(value)
                if array.dtype.kind in "fiub" and array.size:
                    return self._as_input(array.astype(_settings.floatx) if array.dtype.kind == "f" else array)
        return value

    @contextlib.contextmanager
    def _modes(self, training: bool | None) -> Iterator[None]:
        """The training flag for the length of a call."""
        global _depth, flag_given
        given_before = flag_given
        flag_given = given_before if training is None else training
        if not _depth:
            self._clear_losses()  # those of the last outermost call
        _depth += 1
        _registry.name_scopes.append(self.name)  # sub-layers that build themselves now get it into their path
        before: list[tuple[nn.Module, bool]] = []
        if training is not None and training != self.training:
            before = [(module, module.training) for module in self.modules()]
            self.train(training)
        try:
            yield
        finally:
            _depth -= 1
            flag_given = given_before
            _registry.name_scopes.pop()
            for module, flag in before:
                module.training = flag

    # After.

    def _finish(self, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        """What follows a call not of the plain kind: masks and activity losses; then look whether the next is."""
        if self.activity_regularizer is not None:
            for output in leaves(outputs):
                if isinstance(output, Tensor):
                    self.add_loss(self.activity_regularizer(output) / max(len(output) if output.ndim else 1, 1))
        self._set_masks(args, kwargs, outputs)
        if not self._ready and not is_probing():
            self._ready = self.built and not self._is_special()

    def _is_special(self) -> bool:
        """Whether every call has to take the long way."""
        return self.activity_regularizer is not None or self._adds_losses or self.produces_mask

    def _has_losses_inside(self) -> bool:
        """Whether some layer adds losses: then calls are counted, so that the outermost one starts them anew."""
        return any(layer._adds_losses or layer.activity_regularizer is not None for layer in self._flatten_layers())


def _forward(self: Any, *args: Any, **kwargs: Any) -> Any:
    return _casting.run(self, args, kwargs) if self._mixed else self.call(*args, **kwargs)


def _forward_with_training(self: Any, *args: Any, **kwargs: Any) -> Any:
    if "training" not in kwargs:
        kwargs["training"] = self.training
    return _casting.run(self, args, kwargs) if self._mixed else self.call(*args, **kwargs)
