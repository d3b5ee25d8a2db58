"""Several tensors into one, and one into several."""

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import Op, op, publish, tensor, tensors

# axis -> dim


@op
def concatenate(xs: Any, axis: int | None = 0) -> Tensor:
    """The tensors one after the other along `axis`; None flattens them first."""
    xs = tensors(xs)
    return torch.cat([x.reshape(-1) for x in xs] if axis is None else xs, 0 if axis is None else axis)


@op
def stack(x: Any, axis: int = 0) -> Tensor:
    """Tensors of one shape side by side along a new `axis`."""
    return torch.stack(tensors(x), axis)


@op
def append(x1: Any, x2: Any, axis: int | None = None) -> Tensor:
    """`x2` after `x1` along `axis`, both flattened if that is None."""
    return concatenate([x1, x2], axis)


@op
def hstack(xs: Any) -> Tensor:
    """One after the other along axis 1 (0 for vectors)."""
    return torch.hstack(tensors(xs))


@op
def vstack(xs: Any) -> Tensor:
    """One under the other: along axis 0, vectors as rows."""
    return torch.vstack(tensors(xs))


@op
def dstack(xs: Any) -> Tensor:
    """One behind the other: along axis 2."""
    return torch.dstack(tensors(xs))


# Own (torch cuts by the size of the parts; Keras by their number, or at indices)


@op
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """`x` cut along `axis` into so many equal parts, or before each of the given indices."""
    return _split(tensor(x), indices_or_sections, axis)


def _split(x: Tensor, sections: Any, axis: int) -> list[Tensor]:
    if isinstance(sections, int):
        if x.shape[axis] % sections:
            raise ValueError(
                f"split: axis {axis} of size {x.shape[axis]} cannot be cut into {sections} equal parts "
                f"(shape {tuple(x.shape)}). Use `array_split`, or give the indices of the cuts."
            )
        return list(torch.tensor_split(x, sections, axis))
    cuts = sections.tolist() if hasattr(sections, "tolist") else [int(cut) for cut in sections]
    return list(torch.tensor_split(x, tuple(cuts), axis))


@op
def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """:func:`split` into parts that may differ in size by one."""
    if isinstance(indices_or_sections, int):
        return list(torch.tensor_split(tensor(x), indices_or_sections, axis))
    return _split(tensor(x), indices_or_sections, axis)


def _split_along(axis: int) -> Op:
    def compute(x: Any, indices_or_sections: Any) -> list[Tensor]:
        x = tensor(x)
        return _split(x, indices_or_sections, min(axis, x.ndim - 1))

    compute.__doc__ = f"`x` cut along axis {axis}: see ``split``."
    return op(compute)


vsplit = _split_along(0)
hsplit = _split_along(1)
dsplit = _split_along(2)


publish(globals())
