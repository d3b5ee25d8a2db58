"""What a step must not do, counted: wait for the device, break the graph, copy between layouts."""

import collections
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

import torchkeras as keras
from torchkeras import layers

SYNCS = {
    torch.Tensor.item,
    torch.Tensor.tolist,
    torch.Tensor.numpy,
    torch.Tensor.cpu,
    torch.Tensor.__bool__,
    torch.Tensor.__float__,
    torch.Tensor.__int__,
    torch.Tensor.__index__,
    torch.Tensor.__array__,
}


class CountSyncs(TorchFunctionMode):
    """Counts what would wait for a GPU; the DataLoader's own random seed lives on the host and does not count."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function in SYNCS:
            stack = traceback.extract_stack(limit=12)
            if not any("torch/utils/data" in frame.filename for frame in stack):
                self.found.append("".join(traceback.format_list(stack[-4:-1])))
        return function(*args, **(kwargs or {}))


class CountCopies(TorchDispatchMode):
    """Counts kernels that move a whole tensor into another layout or another memory format."""

    NAMES = ("aten::clone", "aten::contiguous", "aten::_to_copy", "aten::copy_")

    def __init__(self, least: int) -> None:
        super().__init__()
        self.least = least
        self.found: collections.Counter[str] = collections.Counter()

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = function.name().split(".")[0]
        if name in self.NAMES and args[0].numel() >= self.least:
            self.found[name] += 1
        return function(*args, **(kwargs or {}))


def _model() -> Any:
    model = keras.Sequential(
        [
            layers.Input((12, 12, 3)),
            layers.Conv2D(8, 3, padding="same"),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(5, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _data(rows: int = 40) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    return generator.random((rows, 12, 12, 3), dtype="float32"), generator.integers(0, 5, rows)


@pytest.mark.parametrize("epochs", [1, 3])
def test_fit_waits_for_the_device_once_an_epoch(epochs: int) -> None:
    model, (x, y) = _model(), _data()
    model.fit(x, y, verbose=0, batch_size=4)  # checks of the data and building are over
    with CountSyncs() as counted:
        model.fit(x, y, verbose=0, batch_size=4, epochs=epochs)
    in_epochs = [place for place in counted.found if "_checks" not in place]
    assert len(in_epochs) == epochs, "\n---\n".join(in_epochs)


def test_the_checks_before_the_first_step_do_not_grow_with_the_data() -> None:
    waits = []
    for rows in (8, 80):
        model, (x, y) = _model(), _data(rows)
        with CountSyncs() as counted:
            model.fit(x, y, verbose=0, batch_size=4)
        waits.append(len(counted.found))
    assert waits[0] == waits[1]


def test_a_batch_callback_that_reads_no_logs_costs_no_wait() -> None:
    class Silent(keras.callbacks.Callback):
        calls = 0

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.calls += 1

    model, (x, y) = _model(), _data()
    model.fit(x, y, verbose=0, batch_size=4)
    silent = Silent()
    with CountSyncs() as counted:
        model.fit(x, y, verbose=0, batch_size=4, callbacks=[silent])
    assert silent.calls == 10
    assert len([place for place in counted.found if "_checks" not in place]) == 1


def _conv_stack() -> Callable[[torch.Tensor], torch.Tensor]:
    inputs = layers.Input((32, 32, 16))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.ZeroPadding2D()(x)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Add()([layers.Conv2D(32, 1)(x), x])
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x))


@pytest.mark.parametrize("training", [False, True])
def test_a_stack_of_convolutions_copies_no_activation(training: bool) -> None:
    model = _conv_stack()
    x = torch.rand(4, 32, 32, 16)
    model.train(training)
    model(x)
    # weights have at most 9216 elements, activations at least 4 * 16 * 16 * 32
    with CountCopies(least=4 * 16 * 16 * 32) as counted:
        loss = model(x).sum()
        if training:
            loss.backward()
    assert not counted.found, dict(counted.found)


def test_the_count_of_copies_sees_one() -> None:
    x = torch.rand(4, 32, 32, 16)
    with CountCopies(least=100) as counted:
        x.permute(0, 3, 1, 2).contiguous()
    assert sum(counted.found.values()) == 1


def test_whole_models_compile_without_a_graph_break() -> None:
    x = torch.rand(4, 32, 32, 16)
    model = _conv_stack()
    explained = torch._dynamo.explain(model)(x)
    assert explained.graph_break_count == 0, explained.break_reasons
    assert explained.graph_count == 1
