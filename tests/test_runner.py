"""`python -m torchkeras` and `install_as_keras()`, each in a process of its own, as a user starts them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def python(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess:
    """Run this Python with the repository's package on its path."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **environment}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=150, check=False)


def run(source: str, *arguments: str, cwd: Path, name: str = "script.py") -> subprocess.CompletedProcess:
    """Write `source` to a file and let the runner run it."""
    (cwd / name).write_text(source, encoding="utf-8")
    return python("-m", "torchkeras", name, *arguments, cwd=cwd)


def report(source: str, *arguments: str, cwd: Path) -> dict:
    """What the script leaves in `found`."""
    done = run(f"import json, sys\nfound = {{}}\n{source}\nprint(json.dumps(found))", *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_script_is_main_as_under_python(tmp_path: Path) -> None:
    source = """
import pickle, inspect
class Mine: pass
def mine(): return 1
main = sys.modules["__main__"]
found.update(argv=sys.argv, name=__name__, file=__file__, first=sys.path[0], package=__package__)
found["same"] = vars(main) is globals()
found["pickles"] = type(pickle.loads(pickle.dumps(Mine()))) is Mine
found["source"] = inspect.getsource(mine)
"""
    found = report(source, "-x", "--flag", "-m", cwd=tmp_path)
    assert found == {
        "argv": ["script.py", "-x", "--flag", "-m"],
        "name": "__main__",
        "file": str(tmp_path / "script.py"),
        "first": str(tmp_path),
        "package": None,
        "same": True,
        "pickles": True,
        "source": "def mine(): return 1\n",
    }


def test_every_keras_import_gives_our_own_module_objects(tmp_path: Path) -> None:
    source = """
import importlib, torchkeras, keras, keras.layers, keras.utils as u, keras.ops
from keras import losses
from keras.models import Sequential
found["root"] = keras is torchkeras
found["names"] = [m.__name__ for m in (keras.layers, u, keras.ops, losses)]
found["same"] = all(importlib.import_module("keras." + n) is importlib.import_module("torchkeras." + n)
                    for n in ("layers", "utils", "ops", "losses", "metrics", "optimizers", "models", "callbacks"))
found["spec"] = torchkeras.layers.__spec__.name
found["class"] = Sequential is torchkeras.models.Sequential is torchkeras.Sequential
found["real"] = [name for name in sys.modules if name.startswith("keras.src")]
"""
    found = report(source, cwd=tmp_path)
    assert found["root"] and found["same"] and found["class"]
    assert found["names"] == ["torchkeras.layers", "torchkeras.utils", "torchkeras.ops", "torchkeras.losses"]
    assert found["spec"] == "torchkeras.layers", "the alias must leave the module's own attributes alone"
    assert found["real"] == []


def test_old_module_paths_are_served_with_one_warning(tmp_path: Path) -> None:
    source = """
import warnings, importlib
from torchkeras._eras._paths import MODULES
from torchkeras._missing import keras_names
def same(old, today):
    there = importlib.import_module(today)
    known = [name for name in keras_names().get(today, ()) if hasattr(there, name)]
    return all(getattr(sys.modules[old], name) is getattr(there, name) for name in known)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import keras
    for old in MODULES:
        exec(f"import {old}")
        found[old] = same(old, MODULES[old][0])
    for old in MODULES:
        exec(f"import {old}")
found["texts"] = [str(w.message) for w in caught if w.category is DeprecationWarning]
found["rows"] = MODULES
"""
    found = report(source, cwd=tmp_path)
    rows = found.pop("rows")
    expected = [f"{old} is an old path: its names are in {', '.join(today)}." for old, today in rows.items()]
    assert sorted(found.pop("texts")) == sorted(expected)
    assert found and all(found.values())


def test_what_is_missing_says_which_keras_api_it_is(tmp_path: Path) -> None:
    source = """
import keras, keras.losses, keras.layers
from torchkeras import _missing
def message(statement):
    try:
        exec(statement)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
# The list, as if Keras had these as well: what is missing today may be there tomorrow.
for namespace in ("keras.layers", "keras.losses"):
    _missing.keras_names()[namespace] |= {"Tardis"}
_missing.keras_names()["keras.tardis"] = frozenset()
for statement in ("keras.layers.Tardis", "from keras.layers import Tardis", "from keras.losses import Tardis",
                  "keras.layers.Denze", "from keras.losses import Hubert", "import keras.tardis", "import keras.layerz",
                  "import keras.src.nothing", "keras.layers._nothing"):
    found[statement] = message(statement)
found["hasattr"] = hasattr(keras.layers, "Tardis")
"""
    found = report(source, cwd=tmp_path)
    lacks = "is part of Keras 3.15.1, but torchkeras does not have it yet."
    neither = "neither in torchkeras nor in Keras 3.15.1."
    assert found == {
        "keras.layers.Tardis": f"AttributeError: keras.layers.Tardis {lacks}",
        "from keras.layers import Tardis": f"ImportError: keras.layers.Tardis {lacks}",
        "from keras.losses import Tardis": f"ImportError: keras.losses.Tardis {lacks}",
        "keras.layers.Denze": f"AttributeError: keras.layers has no name 'Denze', {neither} Did you mean 'Dense'?",
        "from keras.losses import Hubert": f"ImportError: keras.losses has no name 'Hubert', {neither} "
        "Did you mean 'Huber'?",
        "import keras.tardis": f"ModuleNotFoundError: No module named 'keras.tardis': keras.tardis {lacks}",
        "import keras.layerz": "ModuleNotFoundError: No module named 'keras.layerz'. Did you mean 'keras.layers'?",
        "import keras.src.nothing": "ModuleNotFoundError: No module named 'keras.src.nothing': torchkeras serves "
        "Keras' public API under this path, too, and not all of Keras' own inside.",
        "keras.layers._nothing": "AttributeError: module 'torchkeras.layers' has no attribute '_nothing'",
        "hasattr": False,
    }


def test_real_keras_imported_before_is_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").write_text("__version__ = '9.9'")
    source = "import keras, torchkeras\ntorchkeras.install_as_keras()"
    done = python("-c", source, cwd=tmp_path)
    assert done.returncode == 1
    assert "came too late: Keras 9.9 from" in done.stderr and "restart the kernel" in done.stderr
    source = "import torchkeras; torchkeras.install_as_keras(); torchkeras.install_as_keras(); import keras; "
    done = python("-c", source + "print(keras is torchkeras)", cwd=tmp_path)
    assert done.stdout == "True\n", done.stderr


def test_the_exit_code_is_the_scripts(tmp_path: Path) -> None:
    assert run("import sys; sys.exit(7)", cwd=tmp_path).returncode == 7
    done = run("import sys; sys.exit('no data')", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "no data\n")


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    raise ValueError('deep')\n\nf()\n",
        "x = (\n",
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise KeyError('chained') from error\n",
    ],
)
def test_a_traceback_is_pythons_own(source: str, tmp_path: Path) -> None:
    ours = run(source, cwd=tmp_path)
    pythons = python("script.py", cwd=tmp_path)
    assert ours.returncode == pythons.returncode == 1
    # `python script.py` shows the script's path as it was typed, or in full, depending on the version.
    assert ours.stderr.replace(f"{tmp_path}{os.sep}", "") == pythons.stderr.replace(f"{tmp_path}{os.sep}", "")


def test_a_failed_import_ends_at_the_users_line(tmp_path: Path) -> None:
    done = run("from keras.layers import Denze\n", cwd=tmp_path)
    assert done.stderr.count("File ") == 1 and "ImportError: keras.layers has no name 'Denze'" in done.stderr
    done = run("import keras.layerz\n", cwd=tmp_path)
    assert done.stderr.count("File ") == 1 and "Did you mean 'keras.layers'?" in done.stderr


def test_modules_and_packages(tmp_path: Path) -> None:
    package = tmp_path / "job"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "helper.py").write_text("import keras\nlayers = keras.layers")
    (package / "__main__.py").write_text(
        "import sys\nfrom .helper import layers\n"
        "print(__name__, __package__, __spec__.name, sys.argv[1:], sys.path[0])\n"
        "print(sys.argv[0] == __file__, layers.__name__)"
    )
    done = python("-m", "torchkeras", "-m", "job", "--lr", "1", cwd=tmp_path)
    assert done.stdout.splitlines() == [
        f"__main__ job job.__main__ ['--lr', '1'] {tmp_path}",
        "True torchkeras.layers",
    ], done.stderr


def test_what_cannot_be_run(tmp_path: Path) -> None:
    done = python("-m", "torchkeras", "absent.py", cwd=tmp_path)
    assert done.returncode == 2 and "can't open file 'absent.py': No such file or directory" in done.stderr
    done = python("-m", "torchkeras", "--module", "absent", cwd=tmp_path)
    assert done.returncode == 1 and "No module named absent" in done.stderr
    done = python("-m", "torchkeras", cwd=tmp_path)
    assert done.returncode == 2 and "usage: python -m torchkeras [-m] script.py [args ...]" in done.stderr


NOTEBOOK = """\
# coding: utf-8
get_ipython().run_line_magic('matplotlib', 'inline')
%matplotlib inline
# In[1]:
import keras
rest = (7
% 4)
if rest:
    !pip install something
# %%
keras.layers?
display("é", rest)
raise ValueError("here")
"""


def test_an_exported_notebook(tmp_path: Path) -> None:
    assert run(NOTEBOOK.replace("\n% 4", " % 4"), cwd=tmp_path).stdout == "é 3\n"
    done = run(NOTEBOOK.replace("\n% 4", " % 4"), cwd=tmp_path)
    assert 'script.py", line 12, in <module>' in done.stderr, "the lines keep their numbers"


def test_a_line_that_python_understands_is_no_magic(tmp_path: Path) -> None:
    assert run("rest = (7\n% 4)\nprint(rest)", cwd=tmp_path).stdout == "3\n"


def test_a_notebook_file(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["%%bash\n", "ls (("]},
        {"cell_type": "code", "source": ["%%time\n", "import keras\n", "!ls"]},
        {"cell_type": "code", "source": ["print(keras.layers.__name__)\n", "raise ValueError('cell')"]},
    ]
    done = run(json.dumps({"cells": cells, "nbformat": 4}), cwd=tmp_path, name="book.ipynb")
    assert done.stdout == "torchkeras.layers\n"
    assert done.stderr.count("File ") == 1 and "    raise ValueError('cell')" in done.stderr


def test_processes_that_multiprocessing_spawns(tmp_path: Path) -> None:
    source = """\
import multiprocessing
import sys
import keras

def work(item):
    return keras.__name__, item, sys.argv

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(work, [1]))
"""
    done = run(source, "x", cwd=tmp_path)
    assert done.stdout == "[('torchkeras', 1, ['script.py', 'x'])]\n", done.stderr
