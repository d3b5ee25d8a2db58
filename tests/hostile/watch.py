"""Run something in a forked child that is watched: what it opens, imports, starts, changes, and what it costs."""

import json
import os
import random
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras import _registry, _settings
from torchkeras.saving import CorruptFileError, UnsafeFileError

ADDRESS_SPACE = 512 << 20  # more than the child has; what it really uses is measured
SECONDS = 100  # on a busy machine; what is measured is the processor's time
_WATCHED = ("import", "exec", "compile", "marshal.", "pickle.", "ctypes.", "shutil.", "tempfile.", "urllib.", "http.")
_WATCHED += ("socket.", "subprocess.", "os.", "ftplib.", "webbrowser.", "glob.", "mmap.")


def fork() -> int:
    """As ``os.fork``: Python 3.12 warns where there are threads, and torch's are idle here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def watched(action: Callable[[], Any], path: str) -> dict[str, Any]:
    """What happened while `action` ran in a child: the error, the events, the seconds and the bytes."""
    reading, writing = os.pipe()
    child = fork()
    if not child:
        os.close(reading)
        try:
            report = _report(action, path)
        except BaseException:
            report = {"error": "crashed: " + traceback.format_exc(), "kind": "crash"}
        os.write(writing, json.dumps(report).encode()[:60_000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    status = os.waitpid(child, 0)[1]
    return json.loads(content) if content else {"kind": "killed", "error": f"status {status}"}


def _report(action: Callable[[], Any], path: str) -> dict[str, Any]:
    signal.alarm(SECONDS)
    warnings.simplefilter("ignore")
    size = int(_status("VmSize"))
    resource.setrlimit(resource.RLIMIT_AS, ((size << 10) + ADDRESS_SPACE,) * 2)
    events: list[str] = []
    before = state()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak counts from now on
    start_memory, start = _status("VmHWM"), time.process_time()
    on = [True]
    sys.addaudithook(
        lambda event, args: events.append(_event(event, args)) if on[0] and _forbidden(event, args, path) else None
    )
    kind, text = "loaded", ""
    try:
        action()
    except (UnsafeFileError, CorruptFileError) as error:
        kind, text = "refused", str(error)
    except BaseException as error:
        kind, text = "other", f"{type(error).__name__}: {error}"
    on[0] = False
    return {
        "kind": kind,
        "error": text[:2000],
        "events": events[:20],
        "changed": [name for name, value in state().items() if value != before[name]],
        "seconds": time.process_time() - start,
        "megabytes": (int(_status("VmHWM")) - int(start_memory)) / 1024,
    }


def _status(key: str) -> str:
    with open("/proc/self/status") as file:
        return next(line.split()[1] for line in file if line.startswith(f"{key}:"))


def _forbidden(event: str, args: Any, path: str) -> bool:
    if event == "open":
        return os.fspath(args[0]) != path if isinstance(args[0], (str, bytes, os.PathLike)) else False
    return event.startswith(_WATCHED)


def _event(event: str, args: Any) -> str:
    return f"{event} {str(args)[:200]}"


def state() -> dict[str, Any]:
    """Everything global that a file could want to change."""
    return {
        "settings": str({name: value for name, value in vars(_settings).items() if not name.startswith("__")}),
        "custom": sorted(_registry._custom),
        "built in": len(_registry.BUILT_IN),
        "scope": sorted(_registry._scope.get({})),
        "names": dict(_registry._uids.counts),
        "name scopes": list(_registry.name_scopes),
        "modules": sorted(sys.modules),
        "path": list(sys.path),
        "environment": dict(os.environ),
        "default dtype": str(torch.get_default_dtype()),
        "default device": str(torch.get_default_device()),
        "random": hash(random.getstate()),
        "numpy random": np.random.get_state()[1].tobytes() == _seen_numpy(),
        "torch random": torch.random.get_rng_state().numpy().tobytes().hex()[:400],
        "folder": os.getcwd(),
        "gradients": torch.is_grad_enabled(),
    }


def _seen_numpy() -> bytes:
    global _numpy_state
    if _numpy_state is None:
        _numpy_state = np.random.get_state()[1].tobytes()
    return _numpy_state


_numpy_state: bytes | None = None
