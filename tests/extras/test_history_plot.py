"""`HistoryPlot` draws every metric, in a file or in a notebook."""

import math
import struct
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import torchkeras
from torchkeras import _ranks
from torchkeras.extras import HistoryPlot
from torchkeras.extras._history_plot import draw

X = np.random.default_rng(0).random((20, 3), dtype="float32")
Y = X.sum(1, keepdims=True)


def fit(callback, epochs=3, **arguments):
    made = torchkeras.Sequential([torchkeras.Input((3,)), torchkeras.layers.Dense(1)])
    made.compile("sgd", "mse", metrics=["mae"])
    return made.fit(X, Y, epochs=epochs, verbose=0, callbacks=[callback], **arguments).history


def lines(figure):
    """``{panel: {label: values}}``."""
    return {
        axes.get_title(): {line.get_label(): line.get_xydata().tolist() for line in axes.lines} for axes in figure.axes
    }


def size(path):
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


def test_a_panel_for_each_metric_with_the_values_of_the_history(tmp_path):
    plot = HistoryPlot(tmp_path / "new" / "history.png")
    history = fit(plot, validation_split=0.2)
    drawn = lines(plot.figure)
    assert list(drawn) == ["loss", "mae"]
    for name, curves in drawn.items():
        for label, key in (("training", name), ("validation", f"val_{name}")):
            assert [x for x, _ in curves[label]] == [1, 2, 3]
            assert [y for _, y in curves[label]] == pytest.approx(history[key])
    width, height = size(tmp_path / "new" / "history.png")
    assert width > 2 * height > 400


def test_the_picture_is_not_empty(tmp_path):
    from PIL import Image

    fit(HistoryPlot(tmp_path / "h.png"), validation_split=0.2)
    with Image.open(tmp_path / "h.png") as picture:
        colors = {color for _, color in picture.convert("RGB").getcolors(100_000)}
    assert {(0x33, 0x66, 0xAA), (0xDD, 0x77, 0x33)} <= colors


def test_without_validation_there_is_one_line(tmp_path):
    plot = HistoryPlot(tmp_path / "h.svg")
    fit(plot)
    assert [list(curves) for curves in lines(plot.figure).values()] == [["training"], ["training"]]
    assert (tmp_path / "h.svg").read_text().startswith("<?xml")


def test_every_few_epochs_and_at_the_end(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr("torchkeras.extras._history_plot.save", lambda figure, path: drawn.append(lines(figure)))
    fit(HistoryPlot(tmp_path / "h.png", every=2), epochs=5)
    assert [len(curves["loss"]["training"]) for curves in drawn] == [2, 4, 5]
    drawn.clear()
    fit(HistoryPlot(tmp_path / "h.png", every=2), epochs=4)
    assert len(drawn) == 2


def test_values_that_come_seldom_have_their_epochs():
    figure = draw([1, 2, 3, 4], {"loss": [1.0, 2.0, 3.0, 4.0], "val_loss": [math.nan, 5.0, math.nan, 6.0]})
    assert lines(figure)["loss"]["validation"] == [[2, 5], [4, 6]]


def test_validation_every_second_epoch(tmp_path):
    plot = HistoryPlot(tmp_path / "h.png")
    fit(plot, epochs=4, validation_split=0.2, validation_freq=2)
    assert [x for x, _ in lines(plot.figure)["loss"]["validation"]] == [2, 4]


@pytest.mark.parametrize(("metrics", "grid"), [(1, (1, 1)), (3, (1, 3)), (4, (2, 3)), (7, (3, 3))])
def test_panels_stand_in_rows_of_three(metrics, grid):
    figure = draw([1], {f"m{index}": [1.0] for index in range(metrics)})
    assert len(figure.axes) == metrics
    assert figure.axes[0].get_gridspec().get_geometry() == grid


def test_a_learning_rate_is_drawn_on_a_logarithmic_scale():
    figure = draw([1, 2], {"learning_rate": [0.1, 0.01], "loss": [1.0, 2.0]})
    assert [axes.get_yscale() for axes in figure.axes] == ["linear", "log"]


def test_in_a_notebook_one_picture_is_replaced(monkeypatch, tmp_path):
    shown = []

    def display(figure, display_id):
        shown.append(("new", figure))
        return SimpleNamespace(update=lambda other: shown.append(("again", other)))

    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(display=SimpleNamespace(display=display)))
    monkeypatch.chdir(tmp_path)
    fit(HistoryPlot())
    assert [what for what, _ in shown] == ["new", "again", "again"]
    assert list(tmp_path.iterdir()) == []
    fit(HistoryPlot("also.png"))
    assert (tmp_path / "also.png").exists()


def test_outside_of_a_notebook_the_file_has_a_name(monkeypatch, tmp_path):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    monkeypatch.chdir(tmp_path)
    fit(HistoryPlot())
    assert [path.name for path in tmp_path.iterdir()] == ["history.png"]


def test_only_the_first_rank_draws(monkeypatch, tmp_path):
    monkeypatch.setattr(_ranks, "is_first", lambda: False)
    fit(HistoryPlot(tmp_path / "h.png"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("every", [0, -1, 1.5, "2"])
def test_a_wrong_frequency_is_refused(every):
    with pytest.raises(ValueError, match="expected a positive integer as `every`"):
        HistoryPlot("h.png", every)


def test_missing_matplotlib_is_named_before_training(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match="HistoryPlot draws with matplotlib; install it"):
        fit(HistoryPlot(tmp_path / "h.png"))
