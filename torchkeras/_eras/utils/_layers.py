"""``keras.utils.layer_utils`` and ``multi_gpu_utils``: summaries, counts, kernels of other backends, several GPUs."""

import warnings
from typing import Any

import numpy as np

from torchkeras import layers
from torchkeras._eras._marks import tell
from torchkeras._eras.utils._classes import convert_kernel
from torchkeras.models._plot import plot_model
from torchkeras.models._summary import print_summary as print_table
from torchkeras.saving._legacy_config import modern_config

__all__ = [
    "convert_all_kernels_in_model",
    "convert_dense_weights_data_format",
    "count_params",
    "layer_from_config",
    "model_summary",
    "multi_gpu_model",
    "plot",
    "print_summary",
]


def print_summary(
    model: Any, line_length: int | None = None, positions: Any = None, print_fn: Any = None, **kwargs: Any
) -> None:
    """``model.summary()``."""
    print_table(model, line_length=line_length, positions=positions, print_fn=print_fn, **kwargs)


model_summary = print_summary


def plot(model: Any, to_file: str = "model.png", show_shapes: bool = False, show_layer_names: bool = True) -> Any:
    """``plot_model``, as ``keras.utils.visualize_util`` of Keras 1 called it."""
    tell("visualize_util.plot", "utils.plot_model")
    return plot_model(model, to_file=to_file, show_shapes=show_shapes, show_layer_names=show_layer_names)


def count_params(weights: Any) -> int:
    """The number of elements of all these weights; each counts once."""
    return sum(int(np.prod(weight.shape)) for weight in {id(weight): weight for weight in weights}.values())


def layer_from_config(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """A new layer out of a config of any Keras; Keras 1's name of ``layers.deserialize``."""
    modern = config if config.get("module") else modern_config(config)
    return layers.deserialize(modern, custom_objects=custom_objects)


_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose", "SeparableConv2D")


def convert_all_kernels_in_model(model: Any) -> None:
    """Turn the kernels of all convolutions round: weights of Theano become TensorFlow's and torch's, and back."""
    for layer in model._flatten_layers():
        if type(layer).__name__ in _CONVOLUTIONS:
            for weight in layer.weights:
                if len(weight.shape) > 2:
                    weight.assign(convert_kernel(weight.numpy()))


def convert_dense_weights_data_format(
    dense: Any, previous_feature_map_shape: Any, target_data_format: str = "channels_first"
) -> None:
    """Reorder the kernel of a ``Dense`` behind a ``Flatten``, for feature maps whose channels are now elsewhere.

    Args:
        dense: the layer.
        previous_feature_map_shape: the shape of one feature map before ``Flatten``, in the target's order.
        target_data_format: the order that the feature maps have from now on.
    """
    shape = tuple(previous_feature_map_shape)
    old, axes = (
        ((*shape[1:], shape[0]), (2, 0, 1, 3))
        if target_data_format == "channels_first"
        else ((shape[-1], *shape[:-1]), (1, 2, 0, 3))
    )
    kernel = dense.kernel.numpy()
    units = kernel.shape[1]
    dense.kernel.assign(kernel.reshape(*old, units).transpose(axes).reshape(-1, units))


def multi_gpu_model(model: Any, gpus: Any = None, cpu_merge: bool = True, cpu_relocation: bool = False) -> Any:
    """The model itself, which trains on several GPUs where the script is started by ``torchrun``."""
    warnings.warn(
        "`multi_gpu_model` returns the model as it is: to train on several GPUs, start the script with "
        "`torchrun --nproc-per-node=GPUS -m torchkeras script.py`; `fit` then shares each batch out among them.",
        UserWarning,
        stacklevel=2,
    )
    return model
