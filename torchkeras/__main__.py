"""``python -m torchkeras [-m] script.py args…``: run a Keras script, unmodified, on torchkeras."""

import sys

from torchkeras import _conflict

_conflict.check()  # before anything else: the other project may have replaced our `__init__`

from torchkeras import _runner  # noqa: E402

if __name__ == "__main__":
    _runner.main(sys.argv[1:])
