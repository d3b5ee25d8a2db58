"""Unmodified scripts under ``torchrun -m torchkeras``."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys

import numpy as np
import keras

keras.utils.set_random_seed(1)
x = np.random.normal(size=(96, 8)).astype("float32")
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])


class Die(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        import os

        if os.environ.get("RANK") in sys.argv[1:]:
            raise ArithmeticError("a rank is dead")


model.fit(x, (x.sum(1) > 0).astype(int), batch_size=32, epochs=3, verbose=2, callbacks=[Die()])
print("results", model.evaluate(x, (x.sum(1) > 0).astype(int), verbose=0), model.predict(x, verbose=0).sum())
"""


def run(folder: Path, command: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    script = folder / "train.py"
    script.write_text(SCRIPT)
    command = [sys.executable, *command, "-m", "torchkeras", str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=folder)


def results(printed: str) -> list[float]:
    line = next(line for line in printed.splitlines() if line.startswith("results"))
    return [float(part.strip("[],")) for part in line.split()[1:]]


def torchrun(number: int) -> list[str]:
    return ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(number)]


def test_the_same_script_on_two_ranks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    alone, two = run(tmp_path, []), run(tmp_path, torchrun(2))
    assert alone.returncode == two.returncode == 0, two.stderr
    assert two.stdout.count("Epoch 3/3") == two.stdout.count("results") == 1  # the first rank prints
    assert results(two.stdout) == pytest.approx(results(alone.stdout), abs=1e-5)


@pytest.mark.long  # `test_ranks.py` has it without torchrun
def test_a_dead_rank_ends_the_job_with_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    dead = run(tmp_path, torchrun(2), "1")
    assert dead.returncode != 0
    assert "ArithmeticError: a rank is dead" in dead.stderr and "in on_train_batch_end" in dead.stderr
