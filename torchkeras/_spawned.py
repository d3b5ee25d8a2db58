"""``__main__`` of a process that multiprocessing spawned from a script under the runner: the script, imported again."""

import os
import sys

from torchkeras import _alias, _runner

if __name__ == "__mp_main__":
    _alias.install_as_keras()
    # Not sys.argv[0]: `runpy`, which multiprocessing brings us here with, has put this file there.
    globals().update(vars(_runner.run_script(os.environ[_runner.SCRIPT], sys.argv[1:], name="__mp_main__")))
