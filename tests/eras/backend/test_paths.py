"""Under the runner every spelling of the import gives the functions."""

from typing import Any

import pytest

IMPORTS = {
    "from keras import backend as K": "K",
    "import keras.backend as K": "K",
    "import keras": "keras.backend",
    "from keras import backend": "backend",
    "from tensorflow.keras import backend as K": "K",
    "import keras.backend.tensorflow_backend as KTF": "KTF",
    "from keras.backend import tensorflow_backend as KTF": "KTF",
    "from keras.backend.common import image_data_format": "__import__('keras').backend",
}


@pytest.fixture(scope="module")
def found(runner: Any, tmp_path_factory: Any) -> list[str]:
    lines = []
    for text, owner in IMPORTS.items():
        lines += [
            text,
            f"K = {owner}",
            "print(float(K.sum([1.0, 2.0])), K.floatx(), len(K._get_available_gpus()) >= 0)",
        ]
    lines += ["from keras.backend.tensorflow_backend import set_session, clear_session, _get_available_gpus"]
    lines += ["try: K.theano", "except AttributeError as error: print(error)"]
    return runner.run("\n".join(lines), cwd=tmp_path_factory.mktemp("paths")).check().stdout.splitlines()


@pytest.mark.parametrize("index", range(len(IMPORTS)), ids=list(IMPORTS))
def test_import(index: int, found: list[str]) -> None:
    assert found[index] == "3.0 float32 True"


def test_what_is_nowhere(found: list[str]) -> None:
    assert found[-1].startswith("keras.backend has no name 'theano'")
