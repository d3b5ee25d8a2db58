"""Arguments of optimizers, regularizers, constraints, initializers, losses, callbacks and functions."""

from typing import Any

from torchkeras._eras._arguments._layer_rows import data_format
from torchkeras._eras._arguments._row import Call, Form, Row, Taken, dropped, renamed, respelled, rule
from torchkeras._eras._arguments._wrapping import Table

# Optimizers. `lr`, `decay` and `schedule_decay` are the core's own rows: torchkeras.optimizers._legacy_arguments.


def _decay_at(position: int) -> Any:
    def is_old(call: Call) -> bool:
        value = call.args[position]
        return isinstance(value, float) and (call.owner != "SGD" or not isinstance(call.args[1], bool))

    return is_old


_ORDERS = {
    "SGD": ("learning_rate", "momentum", "decay", "nesterov"),
    "Adam": ("learning_rate", "beta_1", "beta_2", "epsilon", "decay", "amsgrad"),
}
OPTIMIZERS: dict[str, Table] = {
    name: Table((), (Form(order, _decay_at(order.index("decay")), order.index("decay") + 1),))
    for name, order in _ORDERS.items()
}

# Regularizers, constraints, initializers.


def _uniform(call: Call, taken: Taken) -> None:
    call.set("minval", -taken["scale"], "scale")
    call.set("maxval", taken["scale"], "scale")


_STEPS = "the bar counts batches"
OBJECTS: dict[str, Table] = {
    "regularizers.L1": Table((renamed("l", "l1"),)),
    "regularizers.L2": Table((renamed("l", "l2"),)),
    "callbacks.ProgbarLogger": Table(
        (dropped("count_mode", _STEPS), dropped("stateful_metrics", "metrics know it themselves")),
        (Form(("count_mode", "stateful_metrics"), lambda call: True, least=1),),
    ),
    "constraints.MaxNorm": Table((renamed("m", "max_value"),)),
    "initializers.RandomUniform": Table((rule(("scale",), "is now `minval=-scale, maxval=scale`", _uniform),)),
    "initializers.RandomNormal": Table((renamed("scale", "stddev"),)),
    "initializers.Orthogonal": Table((renamed("scale", "gain"),)),
    "initializers.Identity": Table((renamed("scale", "gain"),)),
    "initializers.VarianceScaling": Table(
        (
            respelled(
                "distribution", lambda value: "truncated_normal", lambda value: value == "normal", '"truncated_normal"'
            ),
        )
    ),
}

# Functions.


def _one_hot_dtype(call: Call, taken: Taken) -> None:
    def cast(result: Any) -> Any:
        return result.astype(taken["dtype"]) if hasattr(result, "astype") else result

    call.finish.append(cast)


def _grayscale(call: Call, taken: Taken) -> None:
    if taken["grayscale"]:
        call.kwargs["color_mode"] = "grayscale"


_GRAY: Row = rule(("grayscale",), 'is now `color_mode="grayscale"`', _grayscale)


def _is_flag(call: Call) -> bool:
    return isinstance(call.args[1], bool)


_GRAY_SECOND = (
    # Keras 2.2 put the colour mode between; either way the second one is a truth value
    Form(("path", "grayscale", "color_mode", "target_size", "interpolation"), lambda c: _is_flag(c) and _has_mode(c)),
    Form(("path", "grayscale", "target_size"), _is_flag),
)


def _has_mode(call: Call) -> bool:
    return len(call.args) > 2 and isinstance(call.args[2], str)


_DENSE_CATEGORIES = (
    renamed("nb_classes", "num_classes"),
    renamed("y", "x"),
    rule(("dtype",), "is now `.astype(dtype)` of the result", _one_hot_dtype),
)
ORDERING = renamed("dim_ordering", "data_format", data_format)
FUNCTIONS: dict[str, Table] = {
    **dict.fromkeys(("img_to_array", "array_to_img", "save_img"), Table((ORDERING,))),
    "to_categorical": Table(_DENSE_CATEGORIES, (Form(("y", "num_classes", "dtype"), lambda call: True, least=3),)),
    "load_img": Table((_GRAY,), _GRAY_SECOND),
}
# where else the functions of `keras.utils` are bound
NAMESPACES = ("utils", "preprocessing.image", "preprocessing.sequence")
LOADERS: dict[str, Table] = {"load_model": Table((dropped("options", "it was for TensorFlow"),))}
