"""``python -m torchkeras check script.py``: what a script uses of Keras, and what becomes of it; nothing of it runs.

Each name and old argument of Keras and TensorFlow is looked up as the running script would look it up, in the same
tables: served as today's Keras has it, served though only former versions had it, spelt anew (with today's spelling),
or missing. Defaults that were others in Keras 2 are pointed out.
"""

import contextlib
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from torchkeras import _eras, _missing, _notebook
from torchkeras._check import _arguments, _defaults, _methods, _names
from torchkeras._check._names import ANEW, DEFAULT, ERAS, MISSING, TODAY, Verdict
from torchkeras._check._uses import CallUse, Use, lines_of, read


class Finding(NamedTuple):
    """One line of the report."""

    what: str
    lines: list[int]
    verdict: Verdict
    optional: bool = False  # the script is prepared for its absence


def main(arguments: Sequence[str]) -> int:
    """Print the report for each script; 1 if something is missing, 2 if a file is no Python."""
    if not arguments or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m torchkeras check script.py [script.py ...]\n")
        return 2
    _eras.install()
    code = 0
    for path in arguments:
        try:
            found = check(path)
        except (OSError, SyntaxError) as error:
            sys.stdout.write(f"{path}\n  cannot be read: {error}\n")
            code = 2
            continue
        with contextlib.suppress(BrokenPipeError):  # `... | head` has seen enough
            for line in report(path, found):
                sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        code = max(code, int(any(_stops(finding) for finding in found)))
    return code


def check(path: str) -> list[Finding]:
    """What the file uses, in the order of its lines. Eras have to be installed.

    Raises:
        OSError: the file cannot be read.
        SyntaxError: it is no Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        tree = _notebook.parse_file(path)
    uses, calls = read(tree, _names.public)
    found = [*_of_names(uses), *_of_calls(calls)]
    return sorted(_joined(found), key=lambda finding: (finding.lines[0], finding.what))


def _of_names(uses: list[Use]) -> Iterator[Finding]:
    for path, lines, optional in lines_of(uses):
        yield Finding(path, lines, _names.verdict(path), optional)


def _of_calls(calls: list[CallUse]) -> Iterator[Finding]:
    for use in calls:
        if use.path.startswith("."):
            gone = _methods.verdict(use.path[1:])
            if gone is not None:
                yield Finding(f"{use.path}()", [use.line], gone)
            target = None
        else:
            target = _names.imported(use.path)
            if target is None:
                continue
        for what, verdict in _arguments.verdicts(use, target):
            yield Finding(what, [use.line], verdict)
        note = _defaults.note(use, target)
        if note is not None:
            yield Finding(note[0], [use.line], Verdict(DEFAULT, note[1]))


def _joined(found: list[Finding]) -> list[Finding]:
    """The same thing at several lines as one finding."""
    groups: dict[tuple[str, Verdict], list[Finding]] = {}
    for finding in found:
        groups.setdefault((finding.what, finding.verdict), []).append(finding)
    return [_one(what, verdict, group) for (what, verdict), group in groups.items()]


def _one(what: str, verdict: Verdict, group: list[Finding]) -> Finding:
    lines = sorted({line for finding in group for line in finding.lines})
    return Finding(what, lines, verdict, all(finding.optional for finding in group))


def _stops(finding: Finding) -> bool:
    return finding.verdict.kind == MISSING and not finding.optional


def report(path: str, found: list[Finding]) -> Iterator[str]:
    """The lines of the report: what is missing first, then what is spelt anew, then what is served."""
    counts = {kind: sum(finding.verdict.kind == kind for finding in found) for kind in (TODAY, ERAS, ANEW, MISSING)}
    joined = " (lines are those of the joined code cells)" if path.endswith(".ipynb") else ""
    summary = f"{counts[TODAY]} as in {_missing.KERAS}, {counts[ERAS]} besides, {counts[ANEW]} spelt anew"
    yield f"{path}: {summary}, {counts[MISSING]} missing{joined}"
    width = min(max((len(finding.what) for finding in found), default=0), 50)
    for kind, title in _TITLES.items():
        group = [finding for finding in found if finding.verdict.kind == kind]
        if group:
            yield f"\n{title}"
            yield from (_line(finding, width) for finding in group)


_TITLES = {
    MISSING: "Missing: the script stops there",
    ANEW: "Spelt anew: served, with a DeprecationWarning",
    DEFAULT: "Worth a look in scripts of Keras 1 and 2: defaults that are others today",
    ERAS: "Served, though it is no part of today's Keras",
    TODAY: "Served as it is",
}


def _line(finding: Finding, width: int) -> str:
    lines = ", ".join(map(str, finding.lines[:6])) + (", ..." if len(finding.lines) > 6 else "")
    tried = " (the script is prepared for that)" if finding.optional and finding.verdict.kind == MISSING else ""
    return f"  {finding.what:<{width}}  line {lines:<12}  {finding.verdict.text}{tried}".rstrip()
