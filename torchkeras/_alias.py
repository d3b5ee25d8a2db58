"""`import keras` gives torchkeras, from now on."""

import sys

ROOT = "torchkeras"


def install_as_keras() -> None:
    """From now on, `import keras`, by every path that it ever had, gives torchkeras. Calling it again does nothing.

    Keras 1's, Keras 2's and tf.keras' names, spellings and ways are served from now on as well.

    Raises:
        ImportError: real Keras has already been imported in this process.
    """
    loaded = sys.modules.get("keras")
    if loaded is not None and loaded.__name__ != ROOT:
        raise ImportError(
            f"install_as_keras() came too late: Keras {getattr(loaded, '__version__', '')} from "
            f"{getattr(loaded, '__file__', 'elsewhere')} is already imported in this process. Call it before the first "
            "`import keras` (in a notebook: restart the kernel and run it first).",
            name="keras",
        )
    from torchkeras import _eras  # only those who run old scripts pay for it

    _eras.install()
