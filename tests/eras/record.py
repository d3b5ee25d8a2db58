"""``python tests/eras/record.py [name ...]``: writes what the scripts print under real Keras into ``recorded``.

Run it with a Python that has tensorflow and tf-keras for the scripts of Keras 2 and tf.keras, or keras 3.15.1 for those
of Keras 3. A script names its oracle in its first lines:

    # oracle: tf-keras          (plain `import keras` of Keras 2 is tf_keras then, and `tf.keras` too)
    # oracle: keras             (Keras 3.15.1, KERAS_BACKEND=torch)
    # oracle: none - the reason (Keras 1, which nothing runs any more: the facts are the script's own assertions)

For scripts without an oracle the facts are those that torchkeras prints, read and judged by a person when they are
recorded: pass ``--own`` in an environment that has torchkeras.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
# `import keras` is tf_keras there; a path that it has no more gives the names of the nearest one above, or of the root.
TF_KERAS = """
import importlib.abc, importlib.machinery, os, runpy, sys, types
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import tf_keras
class Old(types.ModuleType):
    def __getattr__(self, name):
        for place in self.places:
            if not name.startswith("__") and hasattr(place, name):
                return getattr(place, name)
        raise AttributeError(name)
class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "keras":
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
    def create_module(self, spec):
        module = Old(spec.name)
        module.places = [tf_keras.layers, tf_keras, tf_keras.models, tf_keras.utils]
        parts = spec.name.split(".")[1:]
        for length in range(1, len(parts) + 1):
            found = sys.modules.get("tf_keras." + ".".join(parts[:length]))
            module.places = module.places if found is None else [found, *module.places]
        return module
    def exec_module(self, module):
        pass
sys.modules["keras"] = tf_keras
for name in [name for name in sys.modules if name.startswith("tf_keras.")]:
    sys.modules[name.replace("tf_keras", "keras", 1)] = sys.modules[name]
sys.meta_path.insert(0, Finder())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def oracle(script: Path) -> str:
    found = re.search(r"^# oracle: (\S+)", script.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{script.name} names no oracle"
    return found[1]


def facts(command: list[str], environment: dict[str, str]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr[-3000:]
    return [line for line in done.stdout.splitlines() if line.startswith("= ")]


def record(script: Path, own: bool) -> None:
    kind = oracle(script)
    commands = {
        "tf-keras": ([sys.executable, "-c", TF_KERAS, str(script)], {"TF_USE_LEGACY_KERAS": "1"}),
        "keras": ([sys.executable, str(script)], {"KERAS_BACKEND": "torch"}),
        "none": ([sys.executable, "-m", "torchkeras", str(script)], {}),
    }
    if (kind == "none") != own:
        return
    found = facts(*commands[kind])
    target = FOLDER / "recorded" / f"{script.stem}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"oracle": kind, "facts": found}, indent=1) + "\n", encoding="utf-8")
    print(f"{script.stem}: {len(found)} facts of {kind}")


def main(arguments: list[str]) -> None:
    names = [name for name in arguments if not name.startswith("-")]
    for script in sorted((FOLDER / "scripts").glob("*.py")):
        if not names or script.stem in names:
            record(script, own="--own" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
