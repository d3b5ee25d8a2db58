"""``torchrun --max-restarts``: a job, one rank of which dies, goes on by itself. Long: `make test-long`."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
import os
import signal
import sys
from pathlib import Path

import numpy as np
import keras

keras.utils.set_random_seed(1)
x = np.random.normal(size=(96, 8)).astype("float32")
y = x.sum(1, keepdims=True)
model = keras.Sequential([keras.Input((8,)), keras.layers.Dropout(0.2), keras.layers.Dense(1)])
model.compile("adam", "mse")


class Die(keras.callbacks.Callback):
    seen = 0

    def on_train_batch_end(self, batch, logs=None):
        Die.seen += 1
        deaths = Path("deaths")
        if Die.seen == 4 and os.environ["RANK"] == "1" and len(deaths.read_text()) < int(sys.argv[1]):
            deaths.write_text(deaths.read_text() + "+")
            os.kill(os.getpid(), signal.SIGKILL)


backup = keras.callbacks.BackupAndRestore("backup", save_freq=1)
history = model.fit(x, y, batch_size=16, epochs=3, verbose=0, callbacks=[backup, Die()])
if os.environ["RANK"] == "0":
    print("results", history.history["loss"], [weight.tolist() for weight in model.get_weights()])
"""


def job(folder: Path, deaths: int) -> str:
    folder.mkdir()
    (folder / "train.py").write_text(SCRIPT)
    (folder / "deaths").write_text("")
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--max-restarts", str(deaths)]
    command = [sys.executable, *launcher, "-m", "torchkeras", "train.py", str(deaths)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    launched = subprocess.Popen(command, **pipes, cwd=folder, start_new_session=True)
    try:
        out, errors = launched.communicate(timeout=170)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(launched.pid, signal.SIGKILL)  # workers that outlive their launcher
    assert launched.returncode == 0, errors[-3000:]
    assert len((folder / "deaths").read_text()) == deaths
    assert not (folder / "backup").exists()
    return next(line for line in out.splitlines() if "results" in line).partition("results")[2]


@pytest.mark.long
def test_a_job_goes_on_after_each_death(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert job(tmp_path / "twice", 2) == job(tmp_path / "never", 0)
