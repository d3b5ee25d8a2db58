"""``K.control_flow_ops``: TensorFlow's loops and branches, which scripts reached through the backend."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from torchkeras import ops
from torchkeras.ops._op import op


@op
def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, *args: Any, **kwargs: Any
) -> list[Any]:
    """What ``loop_vars = body(*loop_vars)``, as long as ``cond(*loop_vars)`` holds, ends with: a list of anything."""
    state = list(loop_vars)
    while cond(*state):
        found = body(*state)
        state = list(found) if isinstance(found, (list, tuple)) else [found]
    return state


control_flow_ops = SimpleNamespace(while_loop=while_loop, cond=ops.cond, __doc__=__doc__)

__all__ = ["control_flow_ops"]
