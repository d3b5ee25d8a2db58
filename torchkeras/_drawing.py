"""Numbers from a stream of seeds inside a compiled graph.

A graph can hold no ``torch.Generator``, so there a draw is one operator that the compiler does not look into: it takes
the seed from the stream, moves the stream on, and draws what an eager step would.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

_library = torch.library.Library("torchkeras", "DEF")
_library.define("draw(Tensor(a!) state, SymInt[] shape, bool normal, ScalarType dtype, Device device) -> Tensor")


def draw(state: Tensor, shape: Sequence[int], normal: bool, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Numbers spread evenly over [0, 1), or normal ones.

    Args:
        state: a :class:`torchkeras.random.SeedGenerator`'s two integers, on the host; the second one is counted up.
        shape: the shape of the result.
        normal: whether the numbers are normal ones.
        dtype, device: those of the result.
    """
    generator = torch.Generator(device).manual_seed(sum(state.tolist()) % 2**32)
    state[1] += 1
    out = torch.empty(tuple(shape), dtype=dtype, device=device)
    return out.normal_(generator=generator) if normal else out.uniform_(generator=generator)


def _shape_of_draw(
    state: Tensor, shape: Sequence[int], normal: bool, dtype: torch.dtype, device: torch.device
) -> Tensor:
    return torch.empty(shape, dtype=dtype, device=device)


_library.impl("draw", draw, "CompositeExplicitAutograd")
torch.library.register_fake("torchkeras::draw", _shape_of_draw, lib=_library)
in_graph = torch.ops.torchkeras.draw
