"""Two ranks that are stopped end as two that never were: the first one writes, all go on."""

import os
import runpy
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import torchkeras
from torchkeras import _ranks

HERE = Path(__file__).parent
T = SimpleNamespace(**runpy.run_path(str(HERE / "test_resume.py")))
on_ranks = runpy.run_path(str(HERE.parent / "distribution" / "forked.py"))["on_ranks"]
R = T.R


def trained(name: str, folder: Path | None = None, seed: int = 1, *more: Any) -> Any:
    def train() -> Any:
        callbacks = [T.backup(folder)] if folder is not None else []
        try:
            return R.start(name, seed, *callbacks, *more)
        except (T.Stopped, SystemExit) as left:
            return type(left).__name__, getattr(left, "code", None)

    return on_ranks(2, train)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("dropout", 6),
        pytest.param("batch_normalization", 8, marks=pytest.mark.long),
        pytest.param("dropout", 8, marks=pytest.mark.long),
        pytest.param("loader", 3, marks=pytest.mark.long),
        pytest.param("two_optimizers", 6, marks=pytest.mark.long),
    ],
)
def test_two_ranks_go_on(name: str, count: int, tmp_path: Path) -> None:
    whole = trained(name)
    assert trained(name, tmp_path, 1, T.StopAt(count)) == [("Stopped", None)] * 2
    assert len(list((tmp_path / "backup").iterdir())) == 2
    T.assert_same(trained(name, tmp_path, 5), whole)
    assert not (tmp_path / "backup").exists()


def test_a_signal_to_one_stops_both_at_the_same_batch(tmp_path: Path) -> None:
    class SignalToOne(torchkeras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if _ranks.rank() == 1 and batch == 2:
                os.kill(os.getpid(), signal.SIGTERM)

    whole = trained("dropout")
    assert trained("dropout", tmp_path, 1, SignalToOne()) == [("SystemExit", 143)] * 2
    T.assert_same(trained("dropout", tmp_path, 5), whole)


def test_split_weights_go_on(tmp_path: Path) -> None:
    def train(folder: Path | None, seed: int, *more: Any) -> Any:
        def run() -> Any:
            torchkeras.utils.set_random_seed(seed)
            api = torchkeras.distribution
            layouts = api.LayoutMap(api.DeviceMesh((2,), ["all"], api.list_devices("cpu")))
            layouts[".*kernel"] = (None, "all")
            api.set_distribution(api.ModelParallel(layout_map=layouts, batch_dim_name="all"))
            layers = torchkeras.layers
            model = torchkeras.Sequential([torchkeras.Input((6,)), layers.Dense(5, "relu"), layers.Dense(1)])
            model.compile(torchkeras.optimizers.Adam(0.01), "mse")
            saver = [T.backup(folder)] if folder is not None else []
            try:
                history = model.fit(R.X, R.Y, batch_size=R.BATCH, epochs=3, verbose=0, callbacks=[*saver, *more])
            except T.Stopped:
                return None
            return model.get_weights(), history.history

        return on_ranks(2, run)

    whole = train(None, 1)
    assert train(tmp_path, 1, T.StopAt(8)) == [None, None]
    T.assert_same(train(tmp_path, 5), whole)
