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
    source = "x.shape[0]; y.value; shape.as_list"
    assert rewritten(source, "script.py") is source
