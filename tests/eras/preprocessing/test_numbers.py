"""Images, texts and sequences come out as Keras made them: the same numbers for the same seeds."""

import json
import runpy
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from torchkeras._eras import preprocessing as ours

HERE = Path(__file__).parent
ROWS = runpy.run_path(str(HERE / "rows.py"))
RECORDED = json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))
PICTURES = ROWS["picture_folder"](Path(tempfile.mkdtemp(prefix="pictures_")))
CALLS = dict(ROWS["rows"](PICTURES))


@pytest.fixture(scope="module")
def theirs() -> Any:
    """The namespace that Keras 3.15.1 keeps for tf.keras, with the functions that are not public."""
    from keras._tf_keras.keras import preprocessing

    return preprocessing


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, (list, tuple)) and any(isinstance(p, (list, tuple, str, np.ndarray)) for p in theirs):
        return type(ours) is type(theirs) and len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(theirs, str):
        return ours == theirs
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    return np.allclose(ours, theirs, rtol=1e-5, atol=1e-4)


def close(ours: Any, recorded: Any) -> bool:
    """Whether two digests differ in the last digits of sums only."""
    if isinstance(recorded, list):
        return isinstance(ours, list) and len(ours) == len(recorded) and all(map(close, ours, recorded))
    return ours == (pytest.approx(recorded, rel=1e-5, abs=0.05) if isinstance(recorded, float) else recorded)


@pytest.mark.parametrize("name", CALLS)
def test_numbers_are_those_of_keras(name: str, theirs: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # settings that override others, which both tell
        given = ROWS["perform"](CALLS[name], ours)
        warnings.simplefilter("ignore")  # Keras uses SciPy's old names
        if "as JSON" not in name:  # which fails in Keras 3.15.1
            assert same(given, ROWS["perform"](CALLS[name], theirs))
    assert close(json.loads(json.dumps(ROWS["digest"](given))), RECORDED[name]), "the digest recorded from tf-keras"


def test_every_recorded_row_is_tested() -> None:
    assert set(RECORDED) == set(CALLS)


CONSTRUCTORS = [
    ("ImageDataGenerator", ours.image, "image"),
    ("NumpyArrayIterator", ours.image, "image"),
    ("DirectoryIterator", ours.image, "image"),
    ("Tokenizer", ours.text, "text"),
    ("TimeseriesGenerator", ours.sequence, "sequence"),
    *((name, ours.image, "image") for name in ours.image.__all__ if name.startswith(("random_", "apply_affine"))),
    *((f"ImageDataGenerator.{name}", ours.image, "image") for name in ("flow", "flow_from_directory", "fit")),
    *((name, ours.sequence, "sequence") for name in ("skipgrams", "make_sampling_table")),
    *((name, ours.text, "text") for name in ("one_hot", "hashing_trick")),
]


@pytest.mark.parametrize(("name", "module", "namespace"), CONSTRUCTORS, ids=lambda value: str(value)[:40])
def test_arguments_are_those_of_keras(name: str, module: Any, namespace: str, theirs: Any) -> None:
    import inspect
    from operator import attrgetter

    ours_, theirs_ = (attrgetter(name)(owner) for owner in (module, getattr(theirs, namespace)))
    told = [
        [(each.name, each.default) for each in inspect.signature(function).parameters.values()]
        for function in (ours_, theirs_)
    ]
    renamed = {"input_text": "text"}
    # Keras 3 lets a data set's loading be told in `**kwargs`; Keras 2 did not
    assert told[0] == [
        (renamed.get(name, name), default)
        for name, default in told[1]
        if name != "kwargs" or told[0][-1][0] == "kwargs"
    ]
