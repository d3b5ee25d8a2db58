"""Scripts of Keras 2 that take more from ``keras.applications`` than models."""

from pathlib import Path
from typing import Any

import pytest

from torchkeras._eras.applications.imagenet_utils import obtain_input_shape


def test_what_keras_2_had_in_its_applications(runner: Any, tmp_path: Path) -> None:
    script = """
import warnings
warnings.simplefilter("ignore")
import keras
import numpy as np
from keras.applications.mobilenetv2 import MobileNetV2, preprocess_input
from keras.applications.mobilenet import relu6, DepthwiseConv2D
from keras.applications.imagenet_utils import _obtain_input_shape
from keras_applications.imagenet_utils import _obtain_input_shape as same
from keras.models import load_model

model = MobileNetV2(input_shape=(32, 32, 3), alpha=0.35, weights=None, classes=4)
model.save("old.h5")
with keras.utils.CustomObjectScope({"relu6": keras.applications.mobilenet.relu6, "DepthwiseConv2D": DepthwiseConv2D}):
    again = load_model("old.h5")
x = preprocess_input(np.full((1, 32, 32, 3), 127.5))
print(np.array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0)), x.max())
print(np.asarray(relu6(np.array([-1.0, 3.0, 9.0]))).tolist(), DepthwiseConv2D is keras.layers.DepthwiseConv2D)
print(_obtain_input_shape(None, default_size=224, min_size=32, data_format="channels_last", require_flatten=True))
print(same is _obtain_input_shape)
"""
    done = runner.run(script, cwd=tmp_path).check()
    assert done.stdout.splitlines()[-4:] == ["True 0.0", "[0.0, 3.0, 6.0] True", "(224, 224, 3)", "True"]


def test_the_shape_of_images() -> None:
    assert obtain_input_shape((40, 50, 3), 224, 32, "channels_last", False) == (40, 50, 3)
    assert obtain_input_shape(None, 224, 32, include_top=False) == (None, None, 3)
    for arguments in (((20, 40, 3), 224, 32), ((40, 40), 224, 32), ((40, 40, 3), 224, 32, None, True, "imagenet")):
        with pytest.raises(ValueError, match="obtain_input_shape"):
            obtain_input_shape(*arguments)
    with pytest.raises(ValueError, match="expected the data_format of the configuration"):
        obtain_input_shape(None, 224, 32, "channels_first")
