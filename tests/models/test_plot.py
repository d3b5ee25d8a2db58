"""Pictures of models: the dot text is Keras' own, and every format is drawn without a ``dot`` program."""

import pickle
import re
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import pytest
import torch

import torchkeras
from torchkeras.models import _plot, _plot_render
from torchkeras.utils import model_to_dot, plot_model

M = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("summarized.py"))))
MODELS = [M.graph, M.chain, M.shared, M.several_outputs, M.nested, M.two_inputs, M.frozen, M.wrappers]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"show_shapes": True, "show_layer_names": False},
    {"show_dtype": True, "show_trainable": True, "rankdir": "LR"},
    {"show_shapes": True, "show_dtype": True, "show_layer_activations": True, "dpi": 60},
    {"expand_nested": True, "show_shapes": True, "splines": "curved"},
    {"expand_nested": True, "subgraph": True},
]


def plain(text: str) -> str:
    """Dot text with boxes numbered in order; widths of headings and fonts of frames, where ours differ, left out."""
    numbers: dict[str, str] = {}
    text = re.sub(r"\b\d{12,}\b", lambda found: numbers.setdefault(found[0], f"n{len(numbers)}"), text)
    text = re.sub(r' colspan="\d"', "", text)
    return text.replace("fontname=Helvetica;\n", "")


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_dot_as_in_keras(make: Any) -> None:
    expected, ours = make(keras), make(torchkeras)
    for options in OPTIONS:
        theirs = keras.utils.model_to_dot(expected, **options).to_string()
        assert plain(model_to_dot(ours, **options).to_string()) == plain(theirs), options


STARTS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "jpg": b"\xff\xd8", "dot": b"digraph"}


@pytest.mark.parametrize("format", STARTS)
def test_formats(format: str, tmp_path: Path) -> None:
    path = tmp_path / f"model.{format}"
    assert plot_model(M.graph(torchkeras), path, show_shapes=True, expand_nested=True) is None
    assert path.read_bytes().startswith(STARTS[format])


def test_create_and_write(tmp_path: Path) -> None:
    dot = model_to_dot(M.graph(torchkeras))
    for picture in (
        dot.create(prog="dot", format="svg"),
        dot.create_svg(),
        pickle.loads(pickle.dumps(dot)).create_svg(),
    ):
        assert b"conv2d" in picture
    assert dot.write(str(tmp_path / "a.png"), format="png")
    assert dot.write_png(str(tmp_path / "b.png"))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    dot.write_raw(str(tmp_path / "c.dot"))
    assert (tmp_path / "c.dot").read_text().startswith("digraph")


def test_default_file_is_a_png(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plot_model(M.chain(torchkeras))
    plot_model(M.chain(torchkeras), "named")
    assert {path.name for path in tmp_path.iterdir()} == {"model.png", "named.png"}


def test_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert plot_model(M.chain(torchkeras), to_file=None) is None
    assert not list(tmp_path.iterdir())


def test_notebooks_get_an_image(monkeypatch: pytest.MonkeyPatch) -> None:
    class Display:
        @staticmethod
        def Image(data: bytes) -> bytes:
            return data

    monkeypatch.setitem(sys.modules, "IPython.display", Display)  # type: ignore[misc]
    monkeypatch.setitem(sys.modules, "IPython", type("IPython", (), {"get_ipython": staticmethod(lambda: object())}))  # type: ignore[misc]
    assert plot_model(M.chain(torchkeras), to_file=None).startswith(STARTS["png"])


def test_names_with_special_characters() -> None:
    layers = torchkeras.layers
    inner = torchkeras.Sequential([layers.Dense(2, name="<b>&")], name="a-b.c d")
    start = layers.Input((4,), name="x<y")
    model = torchkeras.Model(start, layers.Dense(2, activation=lambda x: x)(inner(start)), name="m")
    svg = model_to_dot(model, expand_nested=True, show_layer_activations=True).create(prog="dot", format="svg")
    for text in (b"&lt;b&gt;&amp;", b"x&lt;y", b"a&#45;b.c d", b"&lt;lambda&gt;"):
        assert text in svg


# The autograd graph.


def test_autograd_graph_on_request(tmp_path: Path) -> None:
    text = model_to_dot(M.chain(torchkeras), graph="autograd", rankdir="LR").to_string()
    assert "AddmmBackward0" in text
    assert "wide/kernel" in text
    assert "rankdir=LR" in text
    plot_model(M.chain(torchkeras), tmp_path / "autograd.svg", graph="autograd")
    assert b"AccumulateGrad" in (tmp_path / "autograd.svg").read_bytes()


def test_subclassed_models_show_their_autograd_graph() -> None:
    model = M.called(torchkeras)
    model.train()
    assert "first/kernel" in model_to_dot(model).to_string()
    assert model.training
    assert "(Sub)" in model_to_dot(model, graph="layers").to_string()


def test_a_model_without_gradients_is_one_box() -> None:
    class Sub(torchkeras.Model):
        def call(self, x: Any) -> Any:
            return torch.argmax(x, -1)

    model = Sub(name="sub")
    model(torch.ones(2, 3))
    assert "<b>sub</b> (Sub)" in model_to_dot(model).to_string()
    with pytest.raises(ValueError, match="no output depends on anything that torch differentiates"):
        model_to_dot(model, graph="autograd")


# Errors.


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (M.unbuilt, {}, "has not yet been built"),
        (M.chain, {"layer_range": ["a", "b"]}, "no longer supported"),
        (M.chain, {"show_shape": True}, "Unrecognized keyword arguments"),
        (M.chain, {"graph": "layer"}, "expected 'layers' or 'autograd'"),
        (lambda k: 3, {}, "expected a model, got 3 of type int"),
    ],
)
@pytest.mark.parametrize("function", [model_to_dot, plot_model])
def test_refused(function: Any, make: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        function(make(torchkeras), **options)


def test_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'xyz'"):
        plot_model(M.chain(torchkeras), tmp_path / "model.xyz")


@pytest.mark.parametrize("missing", ["pydot", "pygraphviz", "torchviz"])
def test_what_to_install(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setattr(_plot_render.shutil, "which", lambda name: None)
    with pytest.raises(ImportError, match=r"torchkeras-compat\[plots\]"):
        plot_model(M.chain(torchkeras), tmp_path / "model.png", graph="autograd" if missing == "torchviz" else None)


def test_public_names() -> None:
    assert torchkeras.utils.plot_model is _plot.plot_model
    assert torchkeras.utils.model_to_dot is _plot.model_to_dot
