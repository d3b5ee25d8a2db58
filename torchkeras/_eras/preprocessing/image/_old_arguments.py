"""What `flow_from_dataframe` took in Keras 2.2."""

import os
from typing import Any

from torchkeras._eras.preprocessing.image._files import images_below
from torchkeras._errors import deprecated, unknown


def without_old(given: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """The arguments `given`, with what the `old` ones asked for.

    Raises:
        TypeError: an argument that no version had.
    """
    given = dict(given)
    if given["class_mode"] == "other":
        deprecated('`class_mode="other"` is an old name; use `class_mode="raw"`.')
        given["class_mode"] = "raw"
    for name, value in old.items():
        if name not in _OLD:
            raise unknown("argument of flow_from_dataframe", name, [*given, *_OLD], TypeError)
        _OLD[name](given, value)
    return given


def _has_ext(given: dict[str, Any], has_ext: bool) -> None:
    deprecated("`has_ext` is an old argument: the data frame should hold whole file names.")
    if has_ext:
        return
    frame, column, directory = given["dataframe"].copy(), given["x_col"], given["directory"] or "."
    known = (os.path.relpath(path, directory) for path in images_below(directory))
    files = {os.path.splitext(path)[0]: path for path in known}
    frame[column] = [files.get(str(path), str(path)) for path in frame[column]]
    given["dataframe"] = frame


def _drop_duplicates(given: dict[str, Any], drop: bool) -> None:
    deprecated("`drop_duplicates` is an old argument: call `dataframe.drop_duplicates()` yourself.")
    if drop:
        given["dataframe"] = given["dataframe"].drop_duplicates(given["x_col"])


def _sort(given: dict[str, Any], sort: bool) -> None:
    deprecated("`sort` is an old argument: call `dataframe.sort_values()` yourself.")
    if sort:
        given["dataframe"] = given["dataframe"].sort_values(by=given["x_col"])


_OLD = {"has_ext": _has_ext, "drop_duplicates": _drop_duplicates, "sort": _sort}
