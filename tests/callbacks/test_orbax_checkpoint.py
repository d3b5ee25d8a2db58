"""`OrbaxCheckpoint` says before training what to use instead."""

import importlib.machinery
import importlib.util

import keras
import pytest

from torchkeras import callbacks


def test_a_missing_library_is_keras_error():
    messages = []
    for kind in (keras.callbacks.OrbaxCheckpoint, callbacks.OrbaxCheckpoint):
        with pytest.raises(ImportError) as caught:
            kind("folder")
        messages.append(str(caught.value))
    assert "OrbaxCheckpoint requires the 'orbax-checkpoint' package." in messages[0]
    assert messages[1].startswith("OrbaxCheckpoint requires the 'orbax-checkpoint' package.")
    assert "ModelCheckpoint" in messages[1]


def test_with_the_library_it_says_that_there_is_no_such_thing(monkeypatch):
    found = importlib.machinery.ModuleSpec("orbax", None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    with pytest.raises(NotImplementedError, match=r"arrays of JAX.*ModelCheckpoint"):
        callbacks.OrbaxCheckpoint("folder")
