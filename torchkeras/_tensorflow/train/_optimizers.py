"""The optimizers of TensorFlow 1, which early scripts give to ``model.compile``: those of Keras."""

import types
import warnings
from collections.abc import Callable
from typing import Any

from torchkeras import optimizers

# Their arguments, in order, with their defaults -> Keras' names.
_NAMES = {"beta1": "beta_1", "beta2": "beta_2", "decay": "rho", "learning_rate_power": "learning_rate_power"}
_NAMES |= {"l1_regularization_strength": "l1_regularization_strength", "use_nesterov": "nesterov"}
_IGNORED = {"use_locking", "name", "accumulator_name", "linear_name"}


def _row(optimizer: Callable[..., Any], parameters: str, **defaults: Any) -> Callable[..., Any]:
    names = parameters.split()

    def make(*args: Any, **kwargs: Any) -> Any:
        given = {**defaults, **dict(zip(names, args)), **kwargs}
        return optimizer(**{_NAMES.get(name, name): item for name, item in given.items() if name not in _IGNORED})

    make.__doc__ = f"``tf.keras.optimizers.{optimizer.__name__}``, with TensorFlow 1's arguments: {parameters}."
    return make


AdadeltaOptimizer = _row(
    optimizers.Adadelta, "learning_rate decay epsilon", learning_rate=0.001, decay=0.95, epsilon=1e-8
)
AdagradOptimizer = _row(optimizers.Adagrad, "learning_rate initial_accumulator_value")
AdamOptimizer = _row(
    optimizers.Adam, "learning_rate beta1 beta2 epsilon", learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8
)
FtrlOptimizer = _row(optimizers.Ftrl, "learning_rate learning_rate_power initial_accumulator_value")
GradientDescentOptimizer = _row(optimizers.SGD, "learning_rate")
MomentumOptimizer = _row(optimizers.SGD, "learning_rate momentum use_locking name use_nesterov")
RMSPropOptimizer = _row(
    optimizers.RMSprop, "learning_rate decay momentum epsilon", decay=0.9, momentum=0.0, epsilon=1e-10
)


def _enable_mixed_precision_graph_rewrite(opt: Any, loss_scale: Any = "dynamic") -> Any:
    """The optimizer as it is, with a warning: TensorFlow rewrote its graphs for this."""
    warnings.warn(
        "tf.train.experimental.enable_mixed_precision_graph_rewrite changes nothing here: the model computes as its "
        "dtype policy says. For mixed precision call tf.keras.mixed_precision.set_global_policy('mixed_float16') "
        "before the model is made.",
        stacklevel=2,
    )
    return opt


experimental = types.SimpleNamespace(enable_mixed_precision_graph_rewrite=_enable_mixed_precision_graph_rewrite)

__all__ = [name for name in list(globals()) if name.endswith("Optimizer")] + ["experimental"]
