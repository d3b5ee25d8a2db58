"""What TensorFlow 1 does to its graph: nothing to do here, or refused."""

import warnings
from typing import Any

from torchkeras._tensorflow import _scopes
from torchkeras._tensorflow._rows import Function, own, publish

Graph = _scopes.Graph
get_default_graph = _scopes.get_default_graph
variable_scope = _scopes.variable_scope


def _nothing(what: str) -> Function:
    def initializer(*args: Any, **kwargs: Any) -> None:
        return None

    initializer.__doc__ = f"None: {what}."
    return own(initializer)


global_variables_initializer = _nothing("variables have their value from the beginning")
initialize_all_variables = global_variables_initializer
local_variables_initializer = global_variables_initializer
variables_initializer = global_variables_initializer
tables_initializer = _nothing("tables are filled when they are made")
enable_eager_execution = _nothing("everything runs eagerly")
enable_v2_behavior = _nothing("everything runs eagerly")
enable_v2_tensorshape = _nothing("sizes are integers that know `.value`")
disable_v2_tensorshape = _nothing("sizes are integers that know `.value`")
enable_resource_variables = _nothing("variables are objects with values")
disable_resource_variables = _nothing("variables are objects with values")
enable_control_flow_v2 = _nothing("control flow is Python's")
disable_control_flow_v2 = _nothing("control flow is Python's")
add_to_collection = _nothing("there is no graph that keeps collections")


def _stays_eager(name: str) -> Function:
    def disable() -> None:
        warnings.warn(
            f"tf.{name}: torchkeras runs everything eagerly, also after this. tf.keras models work the same; graphs "
            "of placeholders are not served.",
            stacklevel=3,
        )

    disable.__doc__ = "Warn: everything stays eager."
    return own(disable)


disable_eager_execution = _stays_eager("disable_eager_execution")
disable_v2_behavior = _stays_eager("disable_v2_behavior")


@own
def reset_default_graph() -> None:
    """Nothing: what nobody holds any more is freed."""


@own
def executing_eagerly_outside_functions() -> bool:
    """True."""
    return True


def _refusal(name: str, instead: str) -> Function:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"tf.{name} builds a graph of TensorFlow 1, which torchkeras has not. {instead}")

    refuse.__doc__ = f"Not served: raises a NotImplementedError. {instead}"
    return own(refuse)


_BY_LISTS = "Take the variables from the model: model.trainable_variables."
get_collection = _refusal("get_collection", _BY_LISTS)
global_variables = _refusal("global_variables", _BY_LISTS)
placeholder = _refusal("placeholder", "Use tf.keras.Input, or tf.keras.backend.placeholder, and a tf.keras.Model.")
placeholder_with_default = _refusal("placeholder_with_default", "Use tf.keras.Input and a tf.keras.Model.")
trainable_variables = _refusal("trainable_variables", _BY_LISTS)
wrap_function = _refusal("wrap_function", "Call the function.")

publish(globals(), "Graph", "get_default_graph", "variable_scope")
