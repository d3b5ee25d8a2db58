"""``python -m torchkeras check``: what it says of a script, without running it."""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

from torchkeras import _check, layers, optimizers, regularizers
from torchkeras._check import _defaults

ROOT = Path(__file__).parents[2]
CHECK = "import sys\nfrom torchkeras import _check\nraise SystemExit(_check.main(sys.argv[1:]))\n"

SCRIPT = """\
raise SystemExit("this must not run")
from keras.layers import *
from keras.layers.core import Dense as D
from keras.utils import np_utils
from keras.optimizers import SGD
import keras.backend as K, tensorflow as tf
from sklearn.linear_model import LinearRegression
try:
    from keras.nothing import gone
except ImportError:
    gone = None
L = tf.keras.layers
model = K.foo(1)
model.add(Convolution2D(32, 3, 3, border_mode="same"))
model.add(L.Dense(10, init="uniform", fooo=3, units=2))
model.add(D(3, kernel_initializer="ones", input_shape=(3,), name="d"))
model.compile("sgd", "mse", ["accuracy"], class_mode="x")
model.fit(x, y, nb_epoch=3)
model.fit_generator(g, samples_per_epoch=3)
LinearRegression().fit(x, y, whatever=3)
SGD(lr=0.1, momentum=0.9), SGD(0.1, 0.9, 0.0, True), SGD(0.1, 0.9, True)
Conv2D(3, 3, padding=q)
tf.lite.rnn(x)
tf.reduce_mean(x)
np_utils.to_categorical(y, nb_classes=3)
LSTM(3, **options)
K.sum(x), CuDNNLSTM
"""


def checked(runner, folder, text, name="old.py"):
    """Exit code, and for each kind what is said of what at which lines."""
    (folder / name).write_text(text, encoding="utf-8")
    (folder / "check.py").write_text(CHECK, encoding="utf-8")
    ended = runner.run(folder / "check.py", name, cwd=folder)
    assert ended.stderr == ""
    kinds, current = {}, None
    for line in ended.stdout.splitlines()[1:]:
        if line and not line.startswith(" "):
            current = kinds.setdefault(line.partition(":")[0].partition(",")[0], {})
        elif line:
            what, lines, said = re.fullmatch(r"  (\S.*?) +line ([\d, ]+?) *(?:  (.*))?", line).groups()
            current[what] = ([int(number) for number in lines.split(",")], said)
    return ended, kinds


def test_report(runner, tmp_path):
    ended, kinds = checked(runner, tmp_path, SCRIPT)
    assert ended.code == 1
    missing = kinds["Missing"]
    assert set(missing) == {"keras.nothing.gone", "keras.backend.foo", "Dense(fooo=)", "tensorflow.lite.rnn"}
    assert "the script is prepared for that" in missing["keras.nothing.gone"][1]
    assert missing["Dense(fooo=)"] == ([15], "no such argument.")
    assert "TensorFlow proper" in missing["tensorflow.lite.rnn"][1]
    anew = kinds["Spelt anew"]
    assert anew["keras.layers.core.Dense"] == ([3], "keras.layers.core is an old path: its names are in keras.layers.")
    assert anew["Convolution2D(...)"][0] == [14]
    assert anew["Convolution2D(border_mode=)"] == ([14], "`border_mode=` is now called `padding=`")
    assert anew["Dense(init=)"] == ([15], "`init=` is now called `kernel_initializer=`")
    assert anew["compile(...)"][0] == [17]
    assert anew["compile(class_mode=)"] == ([17], "`class_mode=` has no effect: the loss says it")
    assert anew["fit(nb_epoch=)"] == ([18], "`nb_epoch=` is now called `epochs=`")
    assert anew[".fit_generator()"] == ([19], "today `model.fit(...)`")
    assert anew["fit_generator(samples_per_epoch=)"][0] == [19]
    assert anew["SGD(lr=)"] == ([21], "`lr=` is now called `learning_rate=`")
    assert anew["SGD(...)"][0] == [21]
    assert anew["to_categorical(nb_classes=)"] == ([25], "`nb_classes=` is now called `num_classes=`")
    assert len(anew) == 14, anew.keys()
    assert "tensorflow.reduce_mean" in kinds["Served"]
    today = kinds["Served as it is"]
    assert today["keras.optimizers.SGD"] == ([5], None)
    count = re.search(r"(\d+) as in .*, (\d+) besides, (\d+) spelt anew, (\d+) missing", ended.stdout)
    assert [int(n) for n in count.groups()][2:] == [14, 4]


def test_a_script_that_would_run(runner, tmp_path):
    text = "import keras\nkeras.layers.Dense(3, activation='relu')\nkeras.Model(inputs=a, outputs=b)\n"
    ended, kinds = checked(runner, tmp_path, text)
    assert ended.code == 0
    assert kinds == {
        "Served as it is": {"keras": ([1], None), "keras.layers.Dense": ([2], None), "keras.Model": ([3], None)}
    }


def test_names_that_former_keras_had_are_told_apart(runner, tmp_path):
    text = "from keras.layers import CuDNNLSTM, AtrousConvolution2D, Dense\n"
    ended, kinds = checked(runner, tmp_path, text)
    assert ended.code == 0
    assert kinds["Served"] == {"keras.layers.CuDNNLSTM": ([1], None)}
    assert kinds["Spelt anew"]["keras.layers.AtrousConvolution2D"][1] == "today `Conv2D(..., dilation_rate=)`"


SCOPES = """\
from keras import layers, backend as K
import tensorflow as tf
def build(layers, *K):
    layers.append(K.nothing)
    return [layers.pop() for layer in layers]
build(layers=3)
for tf in []:
    tf.nothing
f = lambda K: K.nothing
x = [K.nothing for K in f]
with open("a") as layers:
    layers.readline()
from other import backend as K
K.nothing
import keras
K = keras.backend
def late():
    from keras import nothing
    keras = 3
    return keras.nothing
if keras.__version__ < "2":
    keras.gone()
try:
    tpu = find()
except ValueError:
    tpu = None
if tpu:
    keras.gone()
class layers:
    pass
layers.nothing, K.missing
keras.attached = 3
"""


def test_names_are_followed_through_scopes(runner, tmp_path):
    ended, kinds = checked(runner, tmp_path, SCOPES)
    assert ended.code == 1
    lines = {what: found for what, (found, _) in kinds["Missing"].items()}
    assert lines == {"keras.nothing": [18], "keras.gone": [22, 28], "keras.backend.missing": [31]}
    assert "prepared for that" in kinds["Missing"]["keras.gone"][1]


def test_old_methods_of_anything(runner, tmp_path):
    ended, kinds = checked(runner, tmp_path, "import keras\nm.predict_classes(x)\nm.to_yaml()\nm.predict(x)\n")
    assert ended.code == 1
    assert kinds["Spelt anew"] == {".predict_classes()": ([2], "today `model.predict(x).argmax(axis=-1)`")}
    assert "to_json" in kinds["Missing"][".to_yaml()"][1]


def test_defaults_that_changed(runner, tmp_path):
    text = "from keras import layers as L, optimizers as O, regularizers as R\n"
    text += "O.Adadelta(), O.Adagrad(0.1), O.Nadam(lr=0.1), O.Adamax(**o), O.SGD()\n"
    text += "L.LSTM(3), L.GRU(3, recurrent_activation='sigmoid'), R.l1_l2(l2=0.1)\n"
    text += "m.compile(optimizer='adagrad', loss='mse'), m.compile('adam', 'mse')\n"
    ended, kinds = checked(runner, tmp_path, text)
    assert ended.code == 0
    rate = "`learning_rate` is 0.001 by default; it was {} in Keras 1 and 2"
    found = kinds["Worth a look in scripts of Keras 1 and 2"]
    assert set(found) == {"Adadelta()", "LSTM()", "l1_l2()", "compile('adagrad')"}
    assert found["Adadelta()"] == ([2], rate.format(1.0))
    assert found["compile('adagrad')"] == ([4], rate.format(0.01))
    assert found["LSTM()"][1].startswith("`recurrent_activation` is 'sigmoid'")


def test_three_numbers_of_a_convolution(runner, tmp_path):
    text = "from keras.layers import Conv2D, Convolution2D\nConv2D(8, 3, 3)\nConv2D(8, 3, 3, border_mode='same')\n"
    text += "Conv2D(8, 3, 2, padding='same')\nConvolution2D(8, 3, 3)\nConv2D(8, (3, 3))\n"
    _, kinds = checked(runner, tmp_path, text)
    assert [lines for lines, _ in kinds["Worth a look in scripts of Keras 1 and 2"].values()] == [[2]]
    assert kinds["Spelt anew"]["Conv2D(...)"][0] == [3]
    assert kinds["Spelt anew"]["Convolution2D(...)"][0] == [5]


def test_defaults_are_todays():
    for name, changed in _defaults.CHANGED.items():
        owner = next(place for place in (layers, optimizers, regularizers) if hasattr(place, name))
        parameters = list(inspect.signature(getattr(owner, name)).parameters.values())
        assert parameters[changed.position].name == changed.argument, name
        assert parameters[changed.position].default == changed.today, name


def test_notebooks(runner, tmp_path):
    cells = ["%matplotlib inline\nfrom keras.layers import Dense", "!ls\nDense(output_dim=3)", "x = 1"]
    notebook = {"cells": [{"cell_type": "code", "source": [cell]} for cell in cells]}
    ended, kinds = checked(runner, tmp_path, json.dumps(notebook), "book.ipynb")
    assert ended.code == 0
    assert kinds["Spelt anew"]["Dense(output_dim=)"][0] == [5]
    assert "joined code cells" in ended.stdout.splitlines()[0]


def test_what_is_no_python(runner, tmp_path):
    (tmp_path / "check.py").write_text(CHECK)
    (tmp_path / "bad.py").write_text("def f(:\n")
    ended = runner.run(tmp_path / "check.py", "bad.py", cwd=tmp_path)
    assert ended.code == 2
    assert "cannot be read" in ended.stdout
    assert runner.run(tmp_path / "check.py", "nowhere.py", cwd=tmp_path).code == 2


def test_our_own_scripts_are_served(runner, tmp_path):
    (tmp_path / "check.py").write_text(CHECK)
    scripts = sorted([*(ROOT / "tests/eras/scripts").glob("*.py"), *(ROOT / "examples").glob("*.py")])
    assert len(scripts) > 10
    ended = runner.run(tmp_path / "check.py", *map(str, scripts), cwd=tmp_path)
    stops = [line for line in ended.stdout.splitlines() if re.search(r"[1-9]\d* missing", line)] if ended.code else []
    assert (ended.code, stops) == (0, [])


def test_command(tmp_path):
    (tmp_path / "old.py").write_text("from keras.layers import Dense\nDense(output_dim=3)\n")
    command = [sys.executable, "-W", "error", "-m", "torchkeras", "check", "old.py"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "`output_dim=` is now called `units=`" in ended.stdout


def test_usage(capsys):
    assert (_check.main([]), _check.main(["--help"])) == (2, 2)
    assert capsys.readouterr().err.count("usage: python -m torchkeras check script.py") == 2
