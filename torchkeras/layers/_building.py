"""Making the weights, once, when the input's shape is known; and the names they get."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import torch

from torchkeras import _registry, _shapes
from torchkeras._probing import off_meta
from torchkeras.layers import _casting
from torchkeras.layers._part import Part
from torchkeras.layers._recording import map_shapes
from torchkeras.layers._signature import build_shapes, tensor_arguments


class Building(Part):
    """The part of :class:`Layer` that is built."""

    def __init_subclass__(cls, tracks_build: bool = True, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if tracks_build and "build" in cls.__dict__:
            cls.build = _tracked_build(cls.build)  # type: ignore[method-assign]

    def build(self, input_shape: Any) -> None:
        """Make the weights; called once, with the first input's shape (``None`` for unknown sizes)."""
        self.built = True

    # Whether a layer without weights counts as built from its first call on, as Keras' has a `build`.
    _keeps_shape = False

    def _build_at_init(self) -> None:
        """For layers without weights: built from the start, unless a subclass has a ``build`` of its own."""
        self.built = type(self).build is Building.build and not self._keeps_shape

    def _build_from(self, signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self.built:
            return
        self._build(build_shapes(type(self).build, tensor_arguments(signature, args, kwargs)))

    def _build(self, shapes: dict[str, Any]) -> None:
        with self._as_building(shapes):
            hand = functools.partial(_shapes.handed, type(self).build)
            self.build(**{name: map_shapes(hand, shape) for name, shape in shapes.items()})

    @contextlib.contextmanager
    def _as_building(self, shapes: dict[str, Any]) -> Iterator[None]:
        """What surrounds the outermost ``build``, whoever calls it."""
        scopes = _registry.name_scopes
        self.__dict__.update(_building=True, _path="/".join([*scopes, self.name]))
        self._settle_policy()
        scopes.append(self.name)
        try:
            # weights are made for good: on the real device while shapes are probed, fit for training within `predict`
            with off_meta(), torch.inference_mode(False):
                yield
        finally:
            self.__dict__["_building"] = False
            scopes.pop()
        self.__dict__["built"] = True
        if self._first_weights is not None:
            self.start_from(self._first_weights)
        _casting.changed()
        if type(self).build is not Building.build or self._keeps_shape:
            self._build_arguments = shapes
            self.__dict__["_locked"] = self._locks
        if not self._trainable:
            self.trainable = False

    _first_weights: Any = None  # what the weights begin as, in place of what initializers give

    def start_from(self, weights: Any) -> None:
        """Let the weights begin as `weights`, in the order of :meth:`get_weights`: now, or once they are made."""
        self.__dict__["_first_weights"] = None if self.built else weights
        if self.built:
            self.set_weights(weights)

    _locks = True  # whether new weights and sub-layers are refused once `build` has run

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build as :meth:`get_build_config` of another layer says."""
        if not config or self.built:
            return
        if "input_shape" in config:
            shapes = {next(iter(inspect.signature(self.build).parameters)): map_shapes(tuple, config["input_shape"])}
        else:
            shapes = {name: map_shapes(tuple, shape) for name, shape in config.get("shapes_dict", config).items()}
        self._build(shapes)

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes that the layer was built with."""
        shapes = self._build_arguments
        if not shapes:
            return None
        return {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else {"shapes_dict": dict(shapes)}

    @property
    def path(self) -> str:
        """Names from the layer in whose ``call`` or ``build`` this one was built, to its own."""
        return self._path


def _tracked_build(build: Callable[..., None]) -> Callable[..., None]:
    """``layer.build(shape)`` by hand leaves the layer as a first call would."""

    @functools.wraps(build)
    def tracked(self: Any, *args: Any, **kwargs: Any) -> None:
        if self._building:
            return build(self, *args, **kwargs)
        given = inspect.signature(build).bind(self, *args, **kwargs).arguments
        with self._as_building(dict(list(given.items())[1:])):
            return build(self, *args, **kwargs)

    return tracked
