"""What every initializer is."""

from typing import Any

from torchkeras._fields import Fields


class Initializer(Fields):
    """Base of initializers; subclasses write ``__call__(shape, dtype=None)`` and ``get_config()``."""

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """A tensor of that shape and dtype (``floatx()`` if not given)."""
        raise NotImplementedError(
            f"Initializer subclasses must implement the `__call__()` method; {type(self).__name__} does not."
        )

    def clone(self) -> "Initializer":
        """A new initializer of the same config."""
        return type(self).from_config(self.get_config())
