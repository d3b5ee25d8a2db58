"""Runs a script, a module or an exported notebook as ``__main__``, where `import keras` means torchkeras."""

import argparse
import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from traceback import print_exception
from types import CodeType, ModuleType, TracebackType

from torchkeras import _alias, _missing, _notebook, _ranks
from torchkeras._eras import _finder, _old_module
from torchkeras._version import __version__

# Frames in these files are how we got to the user's code, not part of what went wrong in it.
_OUR_FILES = {__file__, _alias.__file__, _missing.__file__, str(Path(__file__).with_name("__main__.py"))}
_OUR_FILES |= {
    _finder.__file__,
    _old_module.__file__,
    _notebook.__file__,
    runpy.__file__,
    "<frozen runpy>",
    "<frozen importlib._bootstrap>",
}

# The environment variable that tells a spawned child process which script it belongs to.
SCRIPT = "TORCHKERAS_SCRIPT"


def main(arguments: Sequence[str]) -> None:
    """Run what the command line names; its exit code and traceback are those of ``python script.py``.

    Under ``torchrun`` the first rank prints for all; what goes to stderr comes from every rank.
    """
    options = _parse(arguments)
    if not _ranks.is_first():
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # until the process ends
    _alias.install_as_keras()
    sys.excepthook = _excepthook
    run = run_module if options.module else run_script
    run(options.script, options.args)


def run_script(path: str, args: Sequence[str], name: str = "__main__") -> ModuleType:
    """Run the file as the module `name`, with its folder first on `sys.path`."""
    full_path = os.path.abspath(path)
    try:
        code = _notebook.compile_file(full_path)
    except OSError as error:
        sys.stderr.write(f"{sys.executable} -m torchkeras: can't open file {path!r}: {error.strerror}\n")
        sys.exit(2)
    _set_first_path(os.path.dirname(full_path))
    sys.argv[:] = [path, *args]
    module = ModuleType(name)
    module.__file__ = full_path
    module.__loader__ = importlib.machinery.SourceFileLoader(name, full_path)
    # What a child process that multiprocessing spawns imports as its main module: the script, run by us again.
    module.__spec__ = importlib.machinery.ModuleSpec("torchkeras._spawned", None)
    os.environ[SCRIPT] = full_path
    vars(module).update(__package__=None, __cached__=None, **_notebook.names_for(code))
    return _execute(code, module)


def run_module(name: str, args: Sequence[str]) -> ModuleType:
    """Run the module, or a package's ``__main__``, found as an import would find it."""
    _set_first_path(os.getcwd())
    sys.argv[:] = ["-m", *args]
    spec = _find_module(name)
    code = spec.loader.get_code(spec.name) if spec and isinstance(spec.loader, importlib.abc.InspectLoader) else None
    if spec is None or code is None:
        sys.stderr.write(f"{sys.executable} -m torchkeras: No module named {name}\n")
        sys.exit(1)
    sys.argv[0] = spec.origin or name
    module = ModuleType("__main__")
    module.__file__ = spec.origin
    module.__loader__ = spec.loader
    module.__spec__ = spec
    vars(module).update(__package__=spec.parent, __cached__=spec.cached)
    return _execute(code, module)


def _find_module(name: str) -> importlib.machinery.ModuleSpec | None:
    try:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.submodule_search_locations is None:
            return spec
        return importlib.util.find_spec(f"{name}.__main__")
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            return None
        raise


def _execute(code: CodeType, module: ModuleType) -> ModuleType:
    vars(module)["__builtins__"] = builtins
    sys.modules[module.__name__] = module
    exec(code, vars(module))
    return module


def _set_first_path(folder: str) -> None:
    # `python -m` put the working directory first, unless told to leave `sys.path` alone (-P).
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = folder


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m torchkeras",
        description="Run a Keras script on PyTorch, unmodified: in it, `import keras` gives torchkeras.",
        usage="python -m torchkeras [-m] script.py [args ...]",
    )
    parser.add_argument("--version", action="version", version=f"torchkeras-compat {__version__}")
    parser.add_argument("-m", "--module", action="store_true", help="run a module, as python -m does")
    parser.add_argument("script", help="a Python file, an exported notebook or an .ipynb file; with -m, a module")
    parser.add_argument("args", nargs=argparse.REMAINDER, help="what the script finds in sys.argv[1:]")
    return parser.parse_args(arguments)


def _excepthook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Print the traceback as if Python had run the script itself."""
    trimmed = _trim(traceback)
    if trimmed is None and not isinstance(error, SyntaxError):
        trimmed = traceback  # the fault is in these files
    # Python's own hook quotes a notebook's JSON; `traceback` quotes the joined cells.
    show = print_exception if sys.argv[0].endswith(".ipynb") else sys.__excepthook__
    show(kind, error.with_traceback(trimmed), trimmed)


def _trim(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback without our frames before and after the user's."""
    while traceback is not None and _is_ours(traceback):
        traceback = traceback.tb_next
    last = step = traceback
    while step is not None:
        last = last if _is_ours(step) else step
        step = step.tb_next
    if last is not None:
        last.tb_next = None
    return traceback


def _is_ours(traceback: TracebackType) -> bool:
    return traceback.tb_frame.f_code.co_filename in _OUR_FILES
