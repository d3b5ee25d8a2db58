"""What scripts ask of shapes is answered by torch's tensors, too, and nothing else of a script changes."""

from pathlib import Path
from typing import Any

from torchkeras._eras._rewriting import rewritten

SCRIPT = """
import numpy as np, torch
from keras import layers, models
x = torch.zeros(2, 3, 5)
print(x.shape.as_list(), x.shape[1].value, x.shape[1:].as_list(), x.shape.ndims, x.shape.rank)
print(np.zeros((4, 2)).shape.as_list())

def flat(t):
    size = t.shape[1].value * t.shape.as_list()[2]
    return t.reshape(-1, size)

model = models.Sequential([layers.Input((3, 5)), layers.Lambda(flat)])
print(model.output_shape, model(x).shape)

class Value:
    shape = property(lambda self: self)
    value = 7
    def as_list(self): return "mine"
print(Value().shape.as_list(), Value().shape.value)
raise RuntimeError("on line 20")
"""


def test_shapes_answer_as_in_tensorflow(runner: Any, tmp_path: Path) -> None:
    done = runner.run(SCRIPT, cwd=tmp_path)
    assert done.stdout.splitlines() == [
        "[2, 3, 5] 3 [3, 5] 3 3",
        "[4, 2]",
        "(None, 15) torch.Size([2, 15])",
        "mine 7",
    ]
    assert done.code == 1 and "line 20, in <module>" in done.stderr
    assert 'raise RuntimeError("on line 20")' in done.stderr


def test_other_scripts_are_compiled_as_they_are() -> None:
    for source in ("import keras; x.shape[0]; y.value; shape.as_list", "x = 1\nx += 1", "import keras, torch\nx += 1"):
        assert rewritten(source, "script.py") is source


AUGMENTED = """
import numpy as np
from keras import ops
x = ops.ones((2,))
y = x
y *= 3
y /= ops.exp(y)
print(x.tolist(), np.allclose(y.tolist(), 3 / np.exp(3)))
a = b = np.ones(2)
b += 1
l = m = [1]
m += [2]
def count(n):
    total = 0
    for i in range(n):
        total += i
    return total
print(a.tolist(), l, count(4))
def unbound():
    z += 1
try:
    unbound()
except UnboundLocalError as error:
    print("unbound")
"""


def test_augmented_assignment_names_a_new_tensor(runner: Any, tmp_path: Path) -> None:
    done = runner.run(AUGMENTED, cwd=tmp_path).check()
    assert done.stdout.splitlines() == ["[1.0, 1.0] True", "[2.0, 2.0] [1, 2] 6", "unbound"]


def test_a_script_that_imports_torch_means_what_torch_does(runner: Any, tmp_path: Path) -> None:
    script = "import keras, torch\nx = torch.ones(2)\ny = x\ny *= 3\nprint(x.tolist())"
    assert runner.run(script, cwd=tmp_path).check().stdout == "[3.0, 3.0]\n"


BACKWARDS = """
import numpy as np
from keras import backend as K, ops
x = ops.reshape(ops.arange(6.0), (2, 3))
print(x[::-1].tolist(), x[..., ::-1].tolist(), x[0, ::-2].tolist())
a, l = np.arange(3), [1, 2, 3]
a[::-1] = [5, 6, 7]
print(a[::-1].tolist(), l[::-1], "abc"[::-1], l[::+1])
from keras.layers import Input, Lambda
print(Lambda(lambda t: t[:, :, ::-1])(Input((3, 2))).shape)
"""


def test_slices_may_count_backwards(runner: Any, tmp_path: Path) -> None:
    assert runner.run(BACKWARDS, cwd=tmp_path).check().stdout.splitlines() == [
        "[[3.0, 4.0, 5.0], [0.0, 1.0, 2.0]] [[2.0, 1.0, 0.0], [5.0, 4.0, 3.0]] [2.0, 0.0]",
        "[5, 6, 7] [3, 2, 1] cba [1, 2, 3]",
        "(None, 3, 2)",
    ]


def test_the_backend_that_old_scripts_ask_for(runner: Any, tmp_path: Path) -> None:
    old = """
from keras import backend as K
if K.backend() != 'tensorflow':
    raise RuntimeError('This script needs the TensorFlow backend')
print(K.backend() == 'theano', K.backend() == "tensorflow")
"""
    assert runner.run(old, cwd=tmp_path).check().stdout == "False True\n"
    today = "import keras\nprint(keras.backend.backend() == 'tensorflow', keras.backend.backend() == 'torch')"
    assert runner.run(today, cwd=tmp_path).check().stdout == "False True\n"
