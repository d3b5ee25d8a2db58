"""Pictures out of dot text: by the ``dot`` program, or, on a machine without it, inside this process."""

import contextlib
import functools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ADVICE = "Run `pip install 'torchkeras-compat[plots]'`, or install Graphviz (https://graphviz.org/download/)."


def pydot_module() -> Any:
    """pydot.

    Raises:
        ImportError: it is not installed; says what to do.
    """
    try:
        import pydot
    except ImportError as error:
        raise ImportError(f"`plot_model` and `model_to_dot` need pydot. {ADVICE}") from error
    return pydot


@functools.cache
def dot_class() -> Any:
    """``pydot.Dot`` whose ``create`` and ``write`` also work without a ``dot`` program; pydot loads late."""
    return type("Dot", (_Rendering, pydot_module().Dot), {"__doc__": _Rendering.__doc__})


class _Rendering:
    """A ``pydot.Dot`` that draws itself, by the ``dot`` program if there is one, else through pygraphviz."""

    def create(self: Any, prog: Any = None, format: str = "ps", encoding: str | None = None) -> bytes:
        """The picture as bytes, in `format` (png, svg, pdf …), laid out by `prog` (``"dot"`` by default)."""
        if format == "raw" or _program(prog or self.prog):
            return super().create(prog, format, encoding)  # type: ignore[misc]
        return render_in_process(self.to_string(), format, _name(prog or self.prog))

    def write(self: Any, path: Any, prog: Any = None, format: str = "raw", encoding: str | None = None) -> bool:
        """Write the picture (or, as ``raw``, the dot text) to a file."""
        if format == "raw" or _program(prog or self.prog):
            return super().write(path, prog, format, encoding)  # type: ignore[misc]
        picture = self.create(prog, format, encoding)
        if hasattr(path, "write"):
            path.write(picture)
        else:
            Path(path).write_bytes(picture)
        return True

    def __reduce__(self: Any) -> Any:
        return read_dot, (self.to_string(),)


@contextlib.contextmanager
def deprecated_inside() -> Iterator[None]:
    """For pydot 4 and torchviz 0.0.3, which call pyparsing and distutils by names of the past."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def read_dot(text: str) -> Any:
    """The graph that dot text describes."""
    with deprecated_inside():
        graph = pydot_module().graph_from_dot_data(text)[0]
    return as_drawable(graph)


def as_drawable(graph: Any) -> Any:
    """A ``pydot.Dot`` made elsewhere, with our way to draw it."""
    graph.__class__ = dot_class()
    for kind in graph.formats:  # pydot binds create_png, write_svg … to its own methods in __init__
        setattr(graph, f"create_{kind}", functools.partial(graph.create, format=kind))
        setattr(graph, f"write_{kind}", functools.partial(graph.write, format=kind))
    return graph


def _name(prog: Any) -> str:
    name = prog[0] if isinstance(prog, (list, tuple)) else prog
    return Path(str(name)).stem


def _program(prog: Any) -> bool:
    """Whether the layout program can be run."""
    name = prog[0] if isinstance(prog, (list, tuple)) else prog
    return shutil.which(str(name)) is not None


def render_in_process(text: str, format: str, prog: str = "dot") -> bytes:
    """The picture of dot text, drawn by the Graphviz inside pygraphviz' wheel.

    Raises:
        ImportError: pygraphviz is not installed either; says what to do.
        ValueError: Graphviz does not know the format.
    """
    try:
        import pygraphviz
    except ImportError as error:
        raise ImportError(
            f"You must install graphviz to draw models: there is neither a `{prog}` program on PATH nor pygraphviz. "
            f"{ADVICE}"
        ) from error
    graph = pygraphviz.AGraph(string=text)
    try:
        with _without_font_warnings():
            return graph.draw(format=format, prog=prog)
    except (ValueError, TypeError) as error:  # pygraphviz 2.0 stumbles over its own report of an error
        raise ValueError(f"Graphviz cannot draw the format {format!r} with {prog!r}.") from error
    finally:
        graph.close()


@contextlib.contextmanager
def _without_font_warnings() -> Iterator[None]:
    """Drop what the wheel's fontconfig says on stderr about settings of a newer one; pass on everything else."""
    with tempfile.TemporaryFile() as said:
        stderr = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            said.seek(0)
            for line in said:
                if not line.startswith(b"Fontconfig"):
                    os.write(2, line)
