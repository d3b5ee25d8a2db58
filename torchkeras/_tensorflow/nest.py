"""``tf.nest``: structures of tensors."""

from collections.abc import Callable
from typing import Any

from torchkeras import tree
from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import own, publish, row

assert_same_structure = row(tree.assert_same_structure, "nest1 nest2")
flatten = row(tree.flatten, "structure")
is_nested = row(tree.is_nested, "structure")
pack_sequence_as = row(tree.pack_sequence_as, "structure flat_sequence")


@own
def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """`func` of each leaf, or of each leaf of several structures that are alike, in their structure."""
    return tree.map_structure(func, *structure)


publish(globals())
__getattr__ = _refused.lookup("tf.nest", globals())
