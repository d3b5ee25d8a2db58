"""Orders of positional arguments that are no longer today's, told from today's by what the values are."""

from typing import Any

from torchkeras._eras._arguments._layer_rows import ORDERINGS, is_four_sided
from torchkeras._eras._arguments._row import Call, Form
from torchkeras._registry import names
from torchkeras.saving._legacy_keras1 import ARGUMENTS, INITIALIZERS

# Keras 1.


def _names_initializer(value: Any) -> bool:
    return isinstance(value, str) and value in INITIALIZERS and value not in names("activations")


def _starts_with_initializer(call: Call) -> bool:
    return _names_initializer(call.args[1])


def _has_sizes(count: int) -> Any:
    """Whether `count` numbers after the first argument are the kernel's sizes.

    ``Conv2D(32, 3, 3)`` has a stride of 3 in tf.keras and today, and a kernel (3, 3) in Keras 1: so it has where
    another argument is a word of Keras 1, or the class is called by its name of Keras 1.
    """

    def is_old(call: Call) -> bool:
        sizes = call.args[1 : 1 + count]
        if len(sizes) < count or not all(isinstance(size, int) for size in sizes):
            return False
        more = call.args[1 + count :]
        surely = count == 3 or (more and _names_initializer(more[0]))
        return bool(surely or call.old_name or not ARGUMENTS.keys().isdisjoint(call.kwargs))

    return is_old


def _has_one_size(call: Call) -> bool:
    return isinstance(call.args[1], int) and "nb_col" in call.kwargs


def _starts_with_epsilon(call: Call) -> bool:
    return isinstance(call.args[0], float) and 0 < call.args[0] < 1


_CONV = ("init", "activation", "weights", "border_mode", "subsample")
_WEIGHTS = ("W_regularizer", "b_regularizer", "activity_regularizer", "W_constraint", "b_constraint", "bias")
_CONV_2D = ("nb_filter", "nb_row", "nb_col", *_CONV, "dim_ordering", *_WEIGHTS)
_CONV_3D = ("nb_filter", "kernel_dim1", "kernel_dim2", "kernel_dim3", *_CONV, "dim_ordering", *_WEIGHTS)

FORMS: dict[str, tuple[Form, ...]] = {
    "Conv2D": (Form(_CONV_2D, _has_sizes(2)), Form(("nb_filter", "nb_row"), _has_one_size)),
    "Conv3D": (Form(_CONV_3D, _has_sizes(3)),),
    "Dense": (Form(("output_dim", "init", "activation", "weights", *_WEIGHTS), _starts_with_initializer),),
    "Conv1D": (
        Form(
            ("nb_filter", "filter_length", "init", "activation", "weights", "border_mode", "subsample_length"),
            lambda call: isinstance(call.args[2], str),
            least=3,
        ),
    ),
    "LSTM": (
        Form(
            ("output_dim", "init", "inner_init", "forget_bias_init", "activation", "inner_activation"),
            _starts_with_initializer,
        ),
    ),
    "GRU": (Form(("output_dim", "init", "inner_init", "activation", "inner_activation"), _starts_with_initializer),),
    "SimpleRNN": (Form(("output_dim", "init", "inner_init", "activation"), _starts_with_initializer),),
    "BatchNormalization": (Form(("epsilon", "mode", "axis", "momentum", "weights"), _starts_with_epsilon, least=1),),
}
# Keras 0: the size of the input came first.
_INPUT_FIRST = Form(("input_dim", "output_dim", "init", "activation"), lambda call: type(call.args[1]) is int)
for _name in ("Dense", "LSTM", "GRU", "SimpleRNN"):
    FORMS[_name] = (*FORMS[_name], _INPUT_FIRST)
FORMS["ConvLSTM2D"] = FORMS["SeparableConv2D"] = FORMS["LocallyConnected2D"] = FORMS["Conv2D"]
FORMS["LocallyConnected1D"] = FORMS["Conv1D"]
FORMS["ZeroPadding2D"] = (Form(("padding",), lambda call: is_four_sided(call.args[0]), least=1),)
FORMS["Conv2DTranspose"] = (Form((*_CONV_2D[:3], "output_shape", *_CONV_2D[3:]), _has_sizes(2)),)
FORMS["Conv3DTranspose"] = (Form((*_CONV_3D[:4], "output_shape", *_CONV_3D[4:]), _has_sizes(3)),)
_POOLING = (
    Form(("pool_size", "strides", "border_mode", "dim_ordering"), lambda call: call.args[3] in ORDERINGS, least=4),
)
FORMS |= dict.fromkeys(("MaxPooling2D", "AveragePooling2D", "MaxPooling3D", "AveragePooling3D"), _POOLING)
