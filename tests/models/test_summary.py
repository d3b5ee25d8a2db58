"""The summary is Keras' own, line by line; what only torchkeras shows is checked by hand."""

import logging
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras.models import _counter
from torchkeras.models._example_inputs import input_symbols, ones_for_unknown, zeros_like
from torchkeras.models._statistics import mult_adds, run_on_meta, statistics
from torchkeras.models._summary import readable_size


def text_of(model: Any, **kwargs: Any) -> str:
    texts: list[str] = []
    model.summary(print_fn=texts.append, **kwargs)
    assert len(texts) == 1
    return texts[0]


def without_figures(text: str) -> str:
    return re.sub(r" Total mult-adds: .*\n", "", text)


M = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("summarized.py"))))
MODELS: list[Callable[[Any], Any]] = [
    make for name, make in vars(M).items() if isinstance(make, FunctionType) and not name.startswith("_")
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"expand_nested": True},
    {"show_trainable": True, "expand_nested": True},
    {"line_length": 60},
    {"positions": [0.3, 0.6, 0.8, 1.0]},
]


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_as_in_keras(make: Callable[[Any], Any]) -> None:
    expected, ours = make(keras), make(torchkeras)
    for options in OPTIONS:
        if "positions" in options and "Connected" not in text_of(expected):
            options = {"positions": [0.3, 0.7, 1.0]}
        assert without_figures(text_of(ours, **options)) == text_of(expected, **options), options


def test_as_in_keras_for_all_architectures(build: Callable[[Any], Any]) -> None:
    ours, expected = text_of(build(torchkeras), expand_nested=True), text_of(build(keras), expand_nested=True)
    if build.__name__ == "cross_attention":  # Keras' scores are (queries, queries) there, in its table alone
        expected = expected.replace("(None, 2, 6, 6)", "(None, 2, 6, 5)")
    assert without_figures(ours) == expected


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_width_follows_the_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    M.graph(keras).summary()
    expected = capsys.readouterr().out
    M.graph(torchkeras).summary()
    assert without_figures(capsys.readouterr().out) == expected


@pytest.mark.parametrize("names", [["conv2d", "flatten"], ["flatten", "conv2d"], ("im", "conv.*"), ["inner", "inner"]])
def test_layer_range(names: Any) -> None:
    expected = text_of(M.graph(keras), layer_range=names, expand_nested=True)
    assert without_figures(text_of(M.graph(torchkeras), layer_range=names, expand_nested=True)) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer_range": ["conv2d"]}, "layer_range must be a list or tuple of length 2"),
        ({"layer_range": ["nowhere", "flatten"]}, "'nowhere' fits none of"),
        ({"positions": [0.5, 1.0]}, "one number for each of the columns"),
        ({"positions": [0.5, 0.5, 0.7, 1.0]}, "Insufficient console width"),
    ],
)
def test_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        text_of(M.graph(torchkeras), **options)


def test_a_long_line_is_not_cut() -> None:
    first = text_of(M.chain(torchkeras), line_length=200).splitlines()[1]
    assert len(first) == 200


def test_goes_to_the_log_without_interactive_logging(caplog: pytest.LogCaptureFixture) -> None:
    torchkeras.utils.disable_interactive_logging()
    with caplog.at_level(logging.INFO, logger="torchkeras"):
        M.chain(torchkeras).summary()
    assert 'Model: "chain"' in caplog.text


def test_plain_characters_where_boxes_cannot_be_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(sys, "stdout", type("Ascii", (), {"encoding": "ascii", "isatty": lambda self: False})())
    text = text_of(M.nested(torchkeras), expand_nested=True)
    assert text.isascii()
    assert "+====" in text


def test_plain_table_without_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rich", "rich.box", "rich.console", "rich.table", "rich.text"):
        monkeypatch.setitem(sys.modules, name, None)
    text = text_of(M.graph(torchkeras))
    assert text.isascii()
    assert re.search(r"\| conv2d \(Conv2D\) +\| \(None, 6, 6, 4\) +\| 112 +\| image\[0\]\[0\] +\|", text)
    assert " Total params: 427 (1.67 KB)" in text


@pytest.mark.parametrize(("size", "text"), [(0, "0.00 B"), (1023, "1023.00 B"), (1024, "1.00 KB"), (2**41, "2.00 TB")])
def test_sizes(size: int, text: str) -> None:
    assert readable_size(size) == text


# What torchkeras adds: shapes and multiply-adds from a run on the meta device.


def test_layers_without_weights_have_shapes_in_subclassed_models() -> None:
    class Sub(torchkeras.Model):
        def __init__(self) -> None:
            super().__init__(name="sub")
            self.dense, self.dropout = torchkeras.layers.Dense(2), torchkeras.layers.Dropout(0.1)
            self.idle = torchkeras.layers.ReLU()

        def call(self, x: Any) -> Any:
            return self.dropout(self.dense(x))

    model = Sub()
    model.build((None, 7, 4))
    rows = text_of(model)
    assert re.search(r"dropout \(Dropout\) +│ \(None, 7, 2\) +│", rows)
    assert re.search(r"re_lu \(ReLU\) +│ \? +│", rows)


def test_plain_torch_modules_have_rows() -> None:
    class Sub(torchkeras.Model):
        def __init__(self) -> None:
            super().__init__(name="sub")
            self.body = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3))
            self.heads = [torch.nn.Linear(3, 2), torchkeras.layers.Dense(5, name="dense")]

        def call(self, x: Any) -> Any:
            return self.heads[1](self.heads[0](self.body(x)))

    model = Sub()
    model(np.zeros((2, 4), "float32"))
    rows = re.findall(r"│ (\S+) \((\S+)\) +│ (\(.*\)) +│ +(\d+) │", text_of(model))
    assert rows == [
        ("body", "Sequential", "(2, 3)", "28"),
        ("heads.0", "Linear", "(2, 2)", "8"),
        ("dense", "Dense", "(2, 5)", "15"),
    ]
    assert model.count_params() == 28 + 8 + 15
    assert "heads.0 (Linear)" in text_of(model, layer_range=["heads", "heads"], show_trainable=True)


L = torchkeras.layers
COUNTS = [
    ([L.Input((4,)), L.Dense(3)], 12),
    ([L.Input((5, 4)), L.Dense(3)], 5 * 12),
    ([L.Input((8, 8, 3)), L.Conv2D(4, 3)], 36 * 27 * 4),
    ([L.Input((8, 8, 3)), L.Conv2D(4, 3, strides=2, padding="same")], 16 * 27 * 4),
    ([L.Input((8, 8, 3)), L.DepthwiseConv2D(3)], 36 * 27),
    ([L.Input((8, 8, 3)), L.Conv2DTranspose(4, 3, strides=2)], 64 * 27 * 4),
    ([L.Input((5, 4)), L.LSTM(3)], 4 * 5 * (4 * 3 + 3 * 3)),
    ([L.Input((5, 4)), L.GRU(3, return_sequences=True)], 3 * 5 * (4 * 3 + 3 * 3)),
    ([L.Input((5, 4)), L.Bidirectional(L.LSTM(3, activation="relu"))], 2 * 4 * 5 * 21),
    ([L.Input((5,)), L.Embedding(7, 3)], 0),
    ([L.Input((4,)), L.Lambda(lambda x: torch.einsum("bi,bi->b", x, x))], 4),
]


@pytest.mark.parametrize(
    ("layers", "expected"), COUNTS, ids=lambda item: item[-1].name if isinstance(item, list) else ""
)
def test_multiply_adds(layers: list[Any], expected: int) -> None:
    model = torchkeras.Sequential(layers)
    assert mult_adds(model) == expected
    text = text_of(model)
    assert (f" Total mult-adds: {expected:,} (per sample)" in text) == (expected > 0)


def test_multiply_adds_of_attention_and_shared_layers() -> None:
    start, dense = L.Input((5, 4)), L.Dense(4)
    attended = L.MultiHeadAttention(2, 3)(start, start)
    model = torchkeras.Model(start, dense(dense(attended)))
    assert mult_adds(model) == 4 * 5 * 4 * 6 + 2 * 2 * 5 * 5 * 3 + 2 * 5 * 16


def test_short_cuts_change_no_count(build: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    model = build(torchkeras)
    shapes = run_on_meta(model, zeros_like(input_symbols(model), "meta", ones_for_unknown)).shapes
    count = mult_adds(model)
    monkeypatch.setattr(_counter, "_run", lambda function, args, kwargs: function(*args, **kwargs))
    assert mult_adds(model) == count
    assert run_on_meta(model, zeros_like(input_symbols(model), "meta", ones_for_unknown)).shapes == shapes


@pytest.mark.parametrize(
    "layers",
    [
        [L.Input((None, 4)), L.Dense(3)],
        [L.Input((4, 4)), L.Lambda(torch.linalg.inv)],
        [L.Input(batch_shape=(2, 5, 4)), L.LSTM(3, stateful=True)],
        [L.Input((4,)), L.Lambda(lambda x: x * float(x.sum().item()), output_shape=(4,))],
    ],
    ids=["unknown size", "uncounted product", "stateful", "needs values"],
)
def test_no_multiply_adds_rather_than_wrong_ones(layers: list[Any]) -> None:
    model = torchkeras.Sequential(layers)
    assert mult_adds(model) is None
    assert "mult-adds" not in text_of(model)


def test_statistics_are_corrected() -> None:
    start, dense = L.Input((10, 16)), L.Dense(16)
    model = torchkeras.Model(start, L.BatchNormalization()(L.LSTM(8, return_state=True)(dense(dense(start)))[0]))
    found = statistics(model, (3, 10, 16))
    assert found.total_params == model.count_params()
    assert found.trainable_params == model.count_params() - 16
    assert found.total_mult_adds == 3 * (2 * 10 * 16 * 16 + 4 * 10 * 8 * (16 + 8))
    shapes = {type(info.module).__name__: info.output_size for info in found.summary_list}
    assert shapes["LSTM"] == [[3, 8], [3, 8], [3, 8]]
    with pytest.raises(ValueError, match="input_shape"):
        statistics(torchkeras.Sequential([L.Input((None, 4)), L.Dense(2)]))


def test_a_summary_changes_nothing() -> None:
    model = M.trained(torchkeras)
    before = [value.copy() for value in model.get_weights()]
    model.train()
    text_of(model)
    assert model.training
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert all(not module._forward_hooks and not module._forward_pre_hooks for module in model.modules())
    assert {variable.tensor.device.type for variable in model.weights} == {"cpu"}


def test_without_torchinfo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchinfo", None)
    assert "mult-adds" not in text_of(M.chain(torchkeras))
