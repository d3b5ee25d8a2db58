"""The table in force, calls whose warnings are caught, and what a layer was made with."""

import sys
import warnings

import pytest

from torchkeras._eras import _arguments


@pytest.fixture(scope="module", autouse=True)
def installed():
    """Old arguments are taken while a file of these tests runs."""
    mine = not _arguments._wrapped.before
    _arguments.install()
    yield
    if mine:
        _arguments.uninstall()


@pytest.fixture
def told():
    """``told(call)``: what the call gives, and the texts of its DeprecationWarnings, which point at the test's line."""

    def run(call):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            result = call()
        assert {w.filename for w in caught} <= {sys._getframe(1).f_code.co_filename}
        return result, [str(w.message) for w in caught if w.category is DeprecationWarning]

    return run


@pytest.fixture
def config():
    """A layer's config and its input's shape, without what differs from layer to layer."""
    return lambda layer: {**layer.get_config(), "name": "", "seed": None, "input": layer._input_shape_argument}
