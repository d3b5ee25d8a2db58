"""Runs scripts under the runner, each in a process forked from one warm process, so that nothing is imported again.

The scripts of ``tests/eras/scripts`` are plain scripts of their time. A line that one prints as ``= name value ...``
tells a number or text that does not depend on seeds or on the library: the tests compare those lines with the ones of
real Keras, which ``tests/eras/record.py`` writes into ``tests/eras/recorded``.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass
class Finished:
    """How a script ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def facts(self) -> list[str]:
        """The lines that are compared with real Keras'."""
        return [line for line in self.stdout.splitlines() if line.startswith("= ")]

    def check(self) -> "Finished":
        assert self.code == 0, f"exit code {self.code}\n{self.stdout[-2000:]}\n{self.stderr[-4000:]}"
        return self


class Runner:
    """The warm process."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
        environment |= {"KERAS_HOME": tempfile.mkdtemp(prefix="keras_home_"), "TORCHKERAS_RUNNER": "warm"}
        environment.pop("KERAS_BACKEND", None)
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def run(self, script: Path | str, *args: str, cwd: Path, timeout: int = 100) -> Finished:
        """Run a file, or a text as the file ``script.py``, in the folder `cwd`."""
        if isinstance(script, str):
            (cwd / "script.py").write_text(script, encoding="utf-8")
            script = cwd / "script.py"
        order = {"script": str(script), "args": args, "cwd": str(cwd), "timeout": timeout}
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Finished(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


@contextmanager
def warm() -> Iterator[Runner]:
    """A runner that is ended afterwards."""
    runner = Runner()
    try:
        yield runner
    finally:
        runner.close()


def _serve() -> None:
    """In the warm process: fork a child for each order, and tell how it ended."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import torchkeras  # noqa: F401  # what makes this process warm
    from torchkeras import _runner

    for line in sys.stdin:
        answers.write(json.dumps(_child(_runner, json.loads(line))) + "\n")
        answers.flush()


def _child(runner: Any, order: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            _run(runner, order, out.fileno(), err.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return {"code": code, "stdout": texts[0], "stderr": texts[1]}


def _run(runner: Any, order: dict[str, Any], out: int, err: int) -> None:
    code = 1
    try:
        signal.alarm(order["timeout"])
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.chdir(order["cwd"])
        runner.main([order["script"], *order["args"]])
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
