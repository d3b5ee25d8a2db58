"""``python -m torchkeras [-m] script.py args…``: run a Keras script, unmodified, on torchkeras.

``python -m torchkeras inspect model.keras``: say what is in a file of a model, and what in it would be refused.

``python -m torchkeras check script.py``: say what a script uses of Keras and what becomes of it, without running it.
"""

import gc
import sys

from torchkeras import _conflict

_conflict.check()  # before anything else: the other project may have replaced our `__init__`
gc.freeze()  # what is loaded stays: each collection over all of torch's objects would take as long as our imports

from torchkeras import _runner  # noqa: E402
from torchkeras.saving import _inspect  # noqa: E402

if __name__ == "__main__":
    if sys.argv[1:2] == ["inspect"]:
        sys.exit(_inspect.main(sys.argv[2:]))
    if sys.argv[1:2] == ["check"]:
        from torchkeras import _check  # runs pay nothing for it

        sys.exit(_check.main(sys.argv[2:]))
    _runner.main(sys.argv[1:])
