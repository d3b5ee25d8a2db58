"""Arguments of models: how they are made, compiled, trained and asked."""

import itertools
import math
from typing import Any

from torchkeras._eras._arguments._row import Call, Form, Row, Taken, dropped, refused, renamed, respelled, rule
from torchkeras._eras._arguments._wrapping import Table
from torchkeras._errors import brief
from torchkeras._training._generators import with_workers

# Data in batches: Keras 1 counts samples where today counts steps.


def batches_of(data: Any, samples: int) -> tuple[Any, int]:
    """The data, and how many of its batches hold that many samples; a look at the first batch may be needed."""
    size = getattr(data, "batch_size", None)
    if size is None and hasattr(data, "__next__"):
        first = next(data)
        data = itertools.chain([first], data)
        size = _rows(first)
    elif size is None and hasattr(data, "__getitem__"):
        size = _rows(data[0])
    if not isinstance(size, int) or size < 1:
        raise ValueError(f"{samples} samples are asked of {brief(data)}, but its batch size is unknown: give steps.")
    return data, -(-int(samples) // size)


def _rows(batch: Any) -> int | None:
    while isinstance(batch, (tuple, list, dict)) and batch:
        batch = next(iter(batch.values())) if isinstance(batch, dict) else batch[0]
    return len(batch) if hasattr(batch, "__len__") else None


def _steps(call: Call, data: str, steps: str, samples: Any, position: int | None) -> None:
    """Give `call` the steps in which its argument `data` gives so many samples."""
    if samples is None:
        return
    if position is not None and position < len(call.args):
        source, count = batches_of(call.args[position], samples)
        call.args = (*call.args[:position], source, *call.args[position + 1 :])
    else:
        source = call.kwargs.get(data)
        if data == "validation_data" and (source is None or isinstance(source, (tuple, list))):
            return  # arrays: all of them are looked at
        call.kwargs[data], count = batches_of(source, samples)
    call.set(steps, count, "samples")


def _of_generator(old: str, steps: str) -> Row:
    return rule(
        (old,),
        f"is now `{steps}=`, which counts batches",
        lambda call, taken: _steps(call, "generator", steps, taken[old], 0),
    )


_VALIDATION = rule(
    ("nb_val_samples",),
    "is now `validation_steps=`, which counts batches",
    lambda call, taken: _steps(call, "validation_data", "validation_steps", taken["nb_val_samples"], None),
)

# How data is loaded.


def _load(call: Call, taken: Taken) -> None:
    today = {_LOADING.get(name, name): value for name, value in taken.items()}
    settings = [today.get(name, usual) for name, usual in _USUAL.items()]
    if call.args:
        call.args = (with_workers(call.args[0], *settings), *call.args[1:])
    else:
        with_workers(call.kwargs.get("x"), *settings)
    with_workers(call.kwargs.get("validation_data"), *settings)


_LOADING = {"nb_worker": "workers", "pickle_safe": "use_multiprocessing", "max_q_size": "max_queue_size"}
_USUAL = {"workers": 1, "use_multiprocessing": False, "max_queue_size": 10}
LOADING = rule((*_USUAL, *_LOADING), "is now said to the data: `PyDataset(workers=, ...)`", _load)
_LOADING_OF_GENERATORS = tuple(renamed(old, new) for old, new in _LOADING.items())

# Words of `fit` and kin.


def _holds_no_classes(weights: Any) -> bool:
    """Whether these are no dict, nor one dict for each output."""
    if isinstance(weights, (list, tuple)):
        return not any(isinstance(item, dict) for item in weights)
    return isinstance(weights, str) or hasattr(weights, "shape")


_EPOCHS = renamed("nb_epoch", "epochs")


def _show_accuracy(call: Call, taken: Taken) -> None:
    """Measure it in this call alone: without the word, `evaluate` gives the loss alone."""
    model = call.subject
    given = model._compile_arguments
    if not taken["show_accuracy"] or not given or given["metrics"]:
        return

    def restore(result: Any) -> Any:
        model.compile(**given)
        return result

    model.compile(**{**given, "metrics": ["accuracy"]})
    call.finish.append(restore)


_ACCURACY = rule(("show_accuracy",), 'is now `compile(..., metrics=["accuracy"])`', _show_accuracy)
_BALANCE = Row(
    ("class_weight",),
    "has no effect: Keras 1 and 2 looked at dicts alone; give {class: weight}, as `dict(enumerate(weights))`",
    lambda call, taken: None,
    when=_holds_no_classes,
)


def _is_of_keras_1(call: Call) -> bool:
    words = {"nb_epoch", "nb_val_samples", "nb_worker", "pickle_safe", "max_q_size"}
    return isinstance(call.args[1], int) and not words.isdisjoint(call.kwargs)


_SAMPLES_SECOND = Form(
    ("generator", "samples_per_epoch", "nb_epoch", "verbose", "callbacks", "validation_data", "nb_val_samples"),
    _is_of_keras_1,
)


def _whole(name: str) -> Row:
    """Keras 2 went on until so many steps were reached: 2.5 of them are 3."""
    return respelled(name, lambda value: math.ceil(value), lambda value: isinstance(value, float), "as an integer")


# `compile`.


def _holds_no_numbers(value: Any) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else [value]
    return value is not None and not any(isinstance(item, (int, float)) for item in items)


def _is_one(metrics: Any) -> bool:
    return metrics is not None and not isinstance(metrics, (list, tuple, dict))


_METRICS_THIRD = Form(
    ("optimizer", "loss", "metrics", "loss_weights"),
    lambda call: _holds_no_numbers(call.args[2]),
    least=3,
)
_TENSORFLOW = "it was for TensorFlow"
_COMPILE = (
    dropped("class_mode", "the loss says it"),
    dropped("sample_weight_mode", "weights of shape (batch, time) are taken as they are"),
    refused("target_tensors", "targets come with `fit(x, y)`", (None,)),
    refused("distribute", "start the script with `torchrun`", (None,)),
    renamed("experimental_steps_per_execution", "steps_per_execution"),
    *(dropped(word, _TENSORFLOW) for word in ("options", "run_metadata", "experimental_run_tf_function")),
    dropped("theano_mode", "it was for Theano"),
    respelled("metrics", lambda value: [value], _is_one, "as a list: `metrics=[...]`"),
)

# How models are made.

_NAME_SECOND = Form(("layers", "name"), lambda call: isinstance(call.args[1], str))
_ENDS = (renamed("input", "inputs"), renamed("output", "outputs"))

_FIT = (_EPOCHS, _ACCURACY, _BALANCE, LOADING, *map(_whole, ("steps_per_epoch", "validation_steps")))
_ASK = (_ACCURACY, LOADING, _whole("steps"))
METHODS: dict[str, Table] = {
    "compile": Table(_COMPILE, (_METRICS_THIRD,)),
    "fit": Table(_FIT),
    "evaluate": Table(_ASK),
    "predict": Table((LOADING, _whole("steps"))),
    "fit_generator": Table(
        (
            _of_generator("samples_per_epoch", "steps_per_epoch"),
            _VALIDATION,
            _EPOCHS,
            _ACCURACY,
            _BALANCE,
            *_LOADING_OF_GENERATORS,
        ),
        (_SAMPLES_SECOND,),
    ),
    "evaluate_generator": Table((_of_generator("val_samples", "steps"), _ACCURACY, *_LOADING_OF_GENERATORS)),
    "predict_generator": Table((_of_generator("val_samples", "steps"), *_LOADING_OF_GENERATORS)),
    "save_weights": Table((dropped("save_format", "the path's ending says it"), dropped("options", _TENSORFLOW))),
    "save": Table((dropped("options", _TENSORFLOW), dropped("signatures", _TENSORFLOW))),
}
ENDS, STACK = Table(_ENDS), Table((), (_NAME_SECOND,))
