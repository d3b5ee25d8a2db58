"""Under the runner tensors answer NumPy as TensorFlow's do: with values, and arithmetic that keeps gradients."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

START = """
import json, numpy as np, torch
t, a = torch.tensor([1.0, 2.0, 4.0], requires_grad=True), np.array([0.5, 1.0, 2.0])
whole = torch.tensor([1, 2, 3])
"""

# An expression of the tensor t and the array a -> the same of two arrays, and whether it is a tensor with gradients.
ARITHMETIC = ["t + a", "a + t", "a - t", "t - a", "a * t", "t / a", "a / t", "t ** a", "a ** t", "a @ t", "t @ a"]
ARITHMETIC += ["np.float64(2) * t", "t * np.float32(2)", "-t + a", "(a - t) ** 2", "a % t", "a // t"]
PLAIN = ["np.exp(t)", "np.mean(t)", "np.argmax(t)", "np.maximum(t, 3)", "np.concatenate([t, a])", "np.stack([t, t])"]
PLAIN += ["np.sum(t, axis=0)", "np.allclose(t, a)", "np.asarray(t)", "np.array([t, t])", "t.numpy()", "t.sum().numpy()"]
PLAIN += ["np.where(t > 1, t, 0)", "np.asarray(t, dtype='int32')", "a.dot(t)", "np.squeeze(t)"]


@pytest.fixture(scope="module")
def found(runner: Any, tmp_path_factory: Any) -> dict[str, Any]:
    script = f"""{START}
found = {{}}
for text in {[*ARITHMETIC, *PLAIN]!r}:
    value = eval(text)
    tensor = isinstance(value, torch.Tensor)
    found[text] = [tensor and value.requires_grad, str(value.dtype) if hasattr(value, "dtype") else "",
                   np.asarray(value).astype(float).tolist()]
print(json.dumps(found))
"""
    folder: Path = tmp_path_factory.mktemp("numpy")
    return json.loads(runner.run(script, cwd=folder).check().stdout)


@pytest.mark.parametrize("text", [*ARITHMETIC, *PLAIN])
def test_what_an_expression_gives(text: str, found: dict[str, Any]) -> None:
    graded, dtype, value = found[text]
    plain = text.replace(".numpy()", "").replace("requires_grad", "")
    expected = eval(plain, {"np": np, "t": np.array([1.0, 2.0, 4.0]), "a": np.array([0.5, 1.0, 2.0])})
    np.testing.assert_allclose(value, np.asarray(expected, dtype=float), rtol=1e-6)
    assert graded is (text in ARITHMETIC)
    if text in ARITHMETIC:
        assert dtype == "torch.float32", "a double from NumPy counts as a constant"


def test_gradients_go_through_arrays(runner: Any, tmp_path: Path) -> None:
    script = f"""{START}
((a - t) ** 2).sum().backward()
print(json.dumps([t.grad.tolist(), (whole + a).tolist(), str((whole + a).dtype), (a > t).tolist(),
                  ((t > 1) & np.array([True, True, False])).tolist(), type(t.sum().numpy()).__name__,
                  f"{{t.sum().numpy():.1f}} {{float(t.sum()):.1f}}"]))
"""
    done = runner.run(script, cwd=tmp_path).check()
    assert json.loads(done.stdout) == [
        [1.0, 2.0, 4.0],
        [1.5, 3.0, 5.0],
        "torch.float32",
        [False, False, False],
        [False, True, False],
        "float32",
        "7.0 7.0",
    ]
    assert done.stderr == ""


def test_a_model_s_output_can_be_looked_at(runner: Any, tmp_path: Path) -> None:
    script = """
import numpy as np
from keras import layers, models
model = models.Sequential([layers.Input((3,)), layers.Dense(2)])
x = np.ones((4, 3), "float32")
same = np.array_equal(model(x).numpy(), np.array(model(x)))
print(same, np.argmax(model(x), axis=1).shape, np.abs(model(x) - model.predict(x, verbose=0)).max() < 1e-6)
"""
    assert runner.run(script, cwd=tmp_path).check().stdout == "True (4,) True\n"


def test_the_compiled_step_is_not_in_the_way(runner: Any, tmp_path: Path) -> None:
    script = """
import numpy as np, warnings
from keras import layers, models
model = models.Sequential([layers.Input((3,)), layers.Dense(2)])
model.compile("sgd", "mse", jit_compile={"backend": "eager"})
with warnings.catch_warnings():
    warnings.simplefilter("error")  # of a fall back to eager steps
    model.fit(np.ones((64, 3)), np.ones((64, 2)), batch_size=16, epochs=2, verbose=0)
print("done")
"""
    assert runner.run(script, cwd=tmp_path).check().stdout == "done\n"
