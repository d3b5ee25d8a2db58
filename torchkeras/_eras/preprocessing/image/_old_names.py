"""What Keras 1 called the attributes of image iterators."""

from typing import Any

from torchkeras._errors import deprecated

# old name -> today's
_RENAMED = {"N": "n", "nb_sample": "samples", "nb_class": "num_classes", "num_class": "num_classes"}


class OldNames:
    """Answers for the old attribute names."""

    def __getattr__(self, name: str) -> Any:
        if name in _RENAMED:
            today = _RENAMED[name]
            deprecated(f"`{type(self).__name__}.{name}` is an old name; use `{today}`.")
            return getattr(self, today)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
