"""The base of all layers: an ``nn.Module`` that builds itself and can be called on symbolic tensors (D1)."""

from typing import TYPE_CHECKING, Any

from torch import nn

from torchkeras import _registry, dtype_policies, regularizers
from torchkeras._errors import brief
from torchkeras._fields import unexpected_arguments
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras._symbolic import Operation
from torchkeras.layers._building import Building
from torchkeras.layers._calling import Calling
from torchkeras.layers._configs import Configs, input_shape_argument
from torchkeras.layers._masks import Masks
from torchkeras.layers._precision import Precision
from torchkeras.layers._recording import Recording
from torchkeras.layers._tracking import Tracking
from torchkeras.layers._weights import Weights


class Layer(Calling, Recording, Building, Masks, Precision, Configs, Weights, Tracking, Operation):
    """A part of a model: it makes its weights when it first sees an input, and computes with them.

    Subclasses write ``call(self, inputs)``, and ``build(self, input_shape)`` if weights depend on shapes.
    ``call`` may ask for ``training`` (the flag) and ``mask``. Each base class is one concern, in a file of
    its own; ``nn.Module`` comes with them.

    Args:
        activity_regularizer: a function of the output whose value is added to the training loss.
        trainable: whether training changes the weights.
        dtype: the dtype policy or its name (``"float32"``, ``"mixed_bfloat16"``); by default the global one.
        autocast: whether floating inputs are cast to the policy's compute dtype.
        name: the name; automatic if not given.
    """

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

    if TYPE_CHECKING:
        # A subclass' fields are its parameters, which no type checker can follow.
        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    else:

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
            self._input_shape_argument = input_shape_argument(kwargs)
            if kwargs:
                raise unexpected_arguments(self, kwargs)
            if not isinstance(trainable, bool):
                raise ValueError(
                    f'{type(self).__name__} "{self.name}": expected argument `trainable` to be a boolean, '
                    f"got {trainable!r}."
                )
            self.__dict__["_trainable"] = bool(trainable)
            self.autocast = autocast
            self.activity_regularizer = regularizers.get(activity_regularizer)
            self.dtype_policy = dtype if dtype is not None else dtype_policies.dtype_policy()

    def __getattr__(self, name: str) -> Any:
        modules = self.__dict__.get("_modules")
        if modules is not None and name in modules:
            return modules[name]  # first, as every call of a wrapped module comes along here
        found: Any = getattr(type(self), name, None)
        if hasattr(type(found), "__get__") and not callable(found):
            # torch looks here when a property or its like fails with an AttributeError: let it say why itself
            return found.__get__(self, type(self))
        return super().__getattr__(name)

    def __getstate__(self) -> dict[str, Any]:
        # a copied or pickled layer leaves the graph it stood in behind; a model takes its graph along itself
        return {**self.__dict__, "_inbound_nodes": [], "_casts": None}


def serialize(layer: Layer) -> dict[str, Any]:
    """The layer's config, with its class."""
    return serialize_keras_object(layer)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """A new layer out of what :func:`serialize` returned.

    Raises:
        ValueError: the config is of something else.
    """
    found = deserialize_keras_object(config, custom_objects=custom_objects)
    if not isinstance(found, Layer):
        raise ValueError(f"`layers.deserialize`: expected the config of a layer, got one of {brief(found)}.")
    return found


_registry.catalogue("layers", Layer)
_registry.catalogue("", Layer)
