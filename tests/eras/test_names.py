"""A name that Keras once had is found by its place, however the namespace came to be loaded."""

from pathlib import Path
from typing import Any


def test_names_are_found_in_namespaces_that_were_loaded_by_others(runner: Any, tmp_path: Path) -> None:
    script = """
import torchkeras.backend, torchkeras.utils  # not by the name of Keras
import keras
from keras import backend as K
print(K.sum is keras.backend.sum, callable(keras.layers.CuDNNLSTM), K.learning_phase is not None)
try:
    K.summ
except AttributeError as error:
    print(error)
"""
    done = runner.run(script, cwd=tmp_path).check()
    assert done.stdout.splitlines()[0] == "True True True"
    assert done.stdout.splitlines()[1].startswith("keras.backend has no name 'summ'")
