"""Layers around what other frameworks made, which torch cannot run: they say so."""

from typing import Any

from torchkeras import _registry
from torchkeras.layers._layer import Layer

__all__ = ["FlaxLayer", "JaxLayer", "TFSMLayer"]


class _ForeignLayer(Layer):
    _holds = ""
    _advice = ""

    def _refuse(self) -> NotImplementedError:
        return NotImplementedError(f"{type(self).__name__}: {self._holds}, which cannot run on torch. {self._advice}")


class JaxLayer(_ForeignLayer):
    """Keras' wrapper of a JAX function; refused, as torch can neither run nor differentiate it.

    Raises:
        NotImplementedError: always.
    """

    _holds = "it wraps a JAX function"
    _advice = "Write it with `torch` or `keras.ops` in a layer's `call`."

    def __init__(
        self,
        call_fn: Any,
        init_fn: Any = None,
        params: Any = None,
        state: Any = None,
        seed: Any = None,
        native_serialization_platforms: Any = None,
        **kwargs: Any,
    ) -> None:
        raise self._refuse()


class FlaxLayer(_ForeignLayer):
    """Keras' wrapper of a Flax module; refused, as torch can neither run nor differentiate it.

    Raises:
        NotImplementedError: always.
    """

    _holds = "it wraps a Flax module"
    _advice = "Write it as a layer, or as a `torch.nn.Module`, which stands where a layer can."

    def __init__(self, module: Any, method: Any = None, variables: Any = None, **kwargs: Any) -> None:
        raise self._refuse()


class TFSMLayer(_ForeignLayer):
    """Keras' layer around a TensorFlow SavedModel; refused, as its graph runs in TensorFlow alone.

    Raises:
        NotImplementedError: always.
    """

    _holds = "it loads a TensorFlow SavedModel"
    _advice = "Save the model in the `.keras` format where TensorFlow is, and load that file."

    def __init__(
        self,
        filepath: Any,
        call_endpoint: str = "serve",
        call_training_endpoint: str | None = None,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        raise self._refuse()


_registry.catalogue("layers", JaxLayer, FlaxLayer, TFSMLayer)
