"""TensorBoard beside the stand-in: its package takes functions of files from TensorFlow where that is installed.

It must not take them from us, who serve scripts. The package has a switch for that, the module ``notf``: where it can
be imported, TensorBoard uses a small TensorFlow of its own.
"""

import sys
from types import ModuleType

_SWITCH = "tensorboard.compat.notf"


def install() -> None:
    """From now on, TensorBoard's package looks for no TensorFlow in this process."""
    sys.modules.setdefault(_SWITCH, ModuleType(_SWITCH))
