"""Reads scripts that were notebooks: magic lines, ``get_ipython()`` calls, ``.ipynb`` files."""

import ast
import io
import json
import linecache
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, TypeVar

from torchkeras._eras._rewriting import NAMES, rewritten

T = TypeVar("T")

# A line that only IPython understands: %magic, !shell command, help? (a cell magic of another language takes its cell).
_MAGIC = re.compile(r"\s*(%|!|\?)|\s*[\w.]+\?{1,2}\s*$")
_PYTHON_CELLS = ("%%time", "%%timeit", "%%capture", "%%prun", "%%memit")


def compile_file(path: str) -> CodeType:
    """The file's code; where it is not Python as it stands, without the lines that only a notebook understands.

    Line numbers stay those of the file (of the joined code cells, for an ``.ipynb``).

    Raises:
        OSError: the file cannot be read.
        SyntaxError: it is not Python without the notebook's lines either.
    """
    return _read(path, lambda text: compile(rewritten(text, path), path, "exec"))


def parse_file(path: str) -> ast.Module:
    """The file's syntax tree, as it is written; lines and errors as of :func:`compile_file`."""
    return _read(path, lambda text: ast.parse(text, path))


def _read(path: str, make: Callable[[str | bytes], T]) -> T:
    if path.endswith(".ipynb"):
        text = _cells(path)
        # Tracebacks quote lines from this cache: the file itself holds JSON.
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
        return make(_without_magics(text))
    data = Path(path).read_bytes()
    try:
        return make(data)
    except SyntaxError as error:
        try:
            return make(_without_magics(_decode(data)))
        except (SyntaxError, UnicodeDecodeError):
            raise error from None


def names_for(code: CodeType) -> dict[str, Any]:
    """What the code expects to find defined: ``get_ipython`` and ``display`` of notebooks, where it uses them."""
    used = set(_names(code))
    return {name: stand_in for name, stand_in in _STAND_INS.items() if name in used}


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


class _Shell:
    """Stands for IPython's shell: every method (``run_line_magic``, ``system``, …) does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None


_STAND_INS: dict[str, Any] = {"get_ipython": _Shell, "display": print, **NAMES}


def _decode(data: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding)


def _cells(path: str) -> str:
    """The code cells of an ``.ipynb`` file, one below the other."""
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    sources = ("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return "\n\n".join(source if _is_python(source) else _comment(source.splitlines()) for source in sources) + "\n"


def _is_python(source: str) -> bool:
    return not source.startswith("%%") or source.startswith(_PYTHON_CELLS)


def _comment(lines: Iterable[str]) -> str:
    return "\n".join(f"# {line}" for line in lines)


def _without_magics(text: str) -> str:
    """`text` with each such line replaced by ``pass``, so that a block made only of them stays one."""
    return "".join(
        f"{line[: len(line) - len(line.lstrip())]}pass\n" if _MAGIC.match(line) else line
        for line in text.splitlines(keepends=True)
    )
