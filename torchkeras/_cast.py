"""What is read instead of a stored weight during a call in mixed precision."""

from torch import Tensor, nn


class HasCast:
    """The part of a variable that may show its value in another dtype."""

    _cast: Tensor | None = None
    _owner: nn.Module | None
    _attribute: str

    @property
    def tensor(self) -> Tensor:
        """The tensor that is stored."""
        raise NotImplementedError

    def _show(self, cast: Tensor) -> None:
        """Let `cast` be read instead of the stored tensor, also by the torch module that holds that."""
        self._cast = cast
        if self._owner is not None:
            self._owner.__dict__.setdefault(self._attribute, cast)

    def _hide(self) -> None:
        """End :meth:`_show`."""
        if self._owner is not None and self._owner.__dict__.get(self._attribute) is self._cast:
            del self._owner.__dict__[self._attribute]
        self._cast = None

    def _cast_anew(self) -> None:
        if self._cast is not None:
            dtype = self._cast.dtype
            self._hide()
            self._show(self.tensor.to(dtype))
