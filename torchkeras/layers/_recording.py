"""Calls on symbolic tensors: the outputs' shapes, and the node that the graph keeps (D4, D5)."""

import contextlib
import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras import _shapes
from torchkeras._dtypes import to_torch_dtype
from torchkeras._probing import probes_of
from torchkeras._shapes import is_shape
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor, Node, infer, join_probes
from torchkeras.layers._input_spec import check_input_spec
from torchkeras.layers._part import Part
from torchkeras.layers._signature import tensor_arguments


class Recording(Part):
    """The part of :class:`Layer` that works on symbols."""

    def _recorded(self, signature: Any, given: dict[str, Any], kwargs: dict[str, Any], alone: bool) -> dict[str, Any]:
        """The keyword arguments of Keras' configs: those given; for one tensor alone mask and training flag."""
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
        running = {key: value for key, value in kwargs.items() if value is not None}
        args, kwargs, recorded, running = map_leaves(_stood_for, (args, kwargs, recorded, running))
        Node(self, args, recorded, outputs, running=running)  # type: ignore[arg-type]  # a layer is an Operation
        self._set_masks(args, kwargs, outputs)
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Symbolic outputs: from the class' own ``compute_output_shape``, else by running ``call`` on meta tensors."""
        if type(self).compute_output_shape is not Recording.compute_output_shape:
            try:
                return self._spec_from_shape(args, kwargs)
            except AttributeError:  # of Keras 2's layers some formulas read what `call` has set, which ran before
                with contextlib.suppress(Exception):
                    return self._spec_by_running(args, kwargs)
                raise
        return self._spec_by_running(args, kwargs)

    def _spec_by_running(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not self._signature.training:
            kwargs = {name: value for name, value in kwargs.items() if name != "training"}
        with self._modes(kwargs.get("training")):
            return infer(self.forward, args, kwargs)

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """The output's shape for an input's shape."""
        shapes = [*args, *kwargs.values()]
        symbolic = [map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), shape) for shape in shapes]
        try:
            if type(self).compute_output_spec is not Recording.compute_output_spec:
                spec = self.compute_output_spec(*symbolic)
            else:
                spec = self._spec_by_running(tuple(symbolic), {})
        except NotImplementedError as error:
            raise NotImplementedError(
                f'Layer "{self.name}" of class {type(self).__name__} does not have a `compute_output_shape` method '
                f"implemented, and its `call` cannot be run on symbols: {error}"
            ) from error
        return map_leaves(lambda tensor: tensor.shape, spec)

    def _spec_from_shape(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The outputs by the layer's own formula, once for each stand-in for unknown sizes."""
        arguments = tensor_arguments(self._signature, args, kwargs)
        given = [leaf for leaf in leaves(list(arguments.values())) if isinstance(leaf, KerasTensor)]
        dtype, formula = to_torch_dtype(self.compute_output_dtype(*args)), type(self).compute_output_shape
        probed: list[Any] = []
        wanted = max((len(leaf._probes) for leaf in given), default=1)
        while len(probed) < wanted:
            run = _Run(len(probed), dtype, formula)
            shapes = {name: map_leaves(run.shape_of, value) for name, value in arguments.items()}
            result = formula(self, **_shape_arguments(formula, shapes))
            probed.append(map_shapes(run.make, result))
            wanted = 2 if run.unknown else wanted  # `(None, 4)`, said of an input whose sizes are all known
        return join_probes(probed)

    def compute_output_dtype(self, *args: Any) -> str:
        """The outputs' dtype, where it does not come out of running ``call``."""
        return self.compute_dtype


def stand_in(symbol: KerasTensor, dtype: str) -> KerasTensor:
    """The symbol as the layer will see it, cast. The graph keeps the symbol itself: as in Keras, a cast is no node."""
    cast = KerasTensor(symbol.shape, dtype, probes=symbol._probes)
    cast._stands_for = symbol
    cast._keras_mask = getattr(symbol, "_keras_mask", None)
    return cast


def _stood_for(leaf: Any) -> Any:
    return leaf.__dict__.get("_stands_for", leaf) if isinstance(leaf, KerasTensor) else leaf


class _Run:
    """One run of a formula for shapes: its stand-ins for unknown sizes, of the inputs and of what it gives."""

    def __init__(self, index: int, dtype: torch.dtype, formula: Callable[..., Any]) -> None:
        self.index, self.dtype, self.formula, self.unknown = index, dtype, formula, False

    def shape_of(self, leaf: Any) -> Any:
        probes = leaf._probes if isinstance(leaf, KerasTensor) else [tuple(leaf.shape)]
        return _shapes.handed(self.formula, probes[min(self.index, len(probes) - 1)])

    def make(self, shape: Any) -> Tensor:
        self.unknown = self.unknown or None in shape
        probes = probes_of(tuple(shape))
        return torch.empty(probes[min(self.index, len(probes) - 1)], dtype=self.dtype, device="meta")


def map_shapes(function: Callable[[Any], Any], value: Any) -> Any:
    """`value`, a shape or a structure of shapes, with `function` applied to each shape."""
    if is_shape(value) or isinstance(value, torch.Size):
        return function(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map_shapes(function, item) for item in value)
    if isinstance(value, dict):
        return {key: map_shapes(function, item) for key, item in value.items()}
    return value


def _shape_arguments(function: Callable[..., Any], shapes: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments for ``compute_output_shape``: by name (``query_shape``), or the first one alone."""
    names = list(inspect.signature(function).parameters)[1:]
    by_name = {f"{name}_shape": shape for name, shape in shapes.items()}
    found = {name: by_name[name] for name in names if name in by_name}
    return {names[0]: next(iter(shapes.values())), **found}  # the first one is `input_shape` by any name
