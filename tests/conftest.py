"""For all tests: real Keras is the oracle.

``import keras`` in a test is the installed Keras 3.15.1 on its torch backend; ``torchkeras`` is imported by its own
name. Both start each test with the settings they have after import.
"""

import os
import tempfile

os.environ["KERAS_BACKEND"] = "torch"
os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="keras_home_")
os.environ.pop("KERAS_TORCH_DEVICE", None)

import copy
import sys
from collections.abc import Iterator

import pytest

from torchkeras import _registry, _settings


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    """Settings, registered objects and automatic names as they were, whatever the test did to them."""
    settings = {name: value for name, value in vars(_settings).items() if not name.startswith("__")}
    custom, names = copy.copy(_registry._custom), copy.copy(_registry._custom_names)
    _registry.reset_uids()
    yield
    vars(_settings).update(settings)
    for live, saved in ((_registry._custom, custom), (_registry._custom_names, names)):
        live.clear()
        live.update(saved)
    _settle_oracle()


def _settle_oracle() -> None:
    """Real Keras computes in float32 again, whatever policy a test gave it."""
    keras = sys.modules.get("keras")
    if keras is not None and (keras.config.floatx(), keras.config.dtype_policy().name) != ("float32", "float32"):
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")
