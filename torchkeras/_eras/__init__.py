"""What Keras 1, Keras 2 and tf.keras had and today's Keras has not: names, paths, spellings and ways.

The core never imports this; the runner and ``install_as_keras()`` do. The place of a thing is its row: what
``keras.<namespace>`` once had stands in ``torchkeras._eras.<namespace>``, and is found there.
"""

from torchkeras import _missing, _own_functions
from torchkeras._eras import _arguments, _compile, _finder, _methods, _names, _numpy, _old_module, _shapes


def install() -> None:
    """Serve the scripts of every era in this process, from now on. Calling it again does nothing."""
    _arguments.install()  # first: what others put around methods hands old arguments on
    _finder.install()
    _numpy.install()
    _shapes.install()
    _compile.install()
    _own_functions.keep()
    _missing.set_former(_names.find, _old_module.former_names)
    _methods.install()
