"""Class indices as vectors; patches and blocks as channels."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._dtypes import to_torch_dtype
from torchkeras.ops._op import floats, op, publish, tensor, tensors
from torchkeras.ops.nn._convolution import channels_last

# Own


@op
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Tensor:
    """A 1 at the place of each index, on a new `axis` of size `num_classes`; zeros for an index out of range."""
    if sparse:
        raise ValueError("one_hot: torchkeras has no sparse results.")
    x = tensor(x).to(torch.int64)
    classes = torch.arange(num_classes, device=x.device)
    found = (x.unsqueeze(-1) == classes).to(to_torch_dtype(dtype))
    return found if axis == -1 else torch.movedim(found, -1, axis)


@op
def multi_hot(
    inputs: Any, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False, **kwargs: Any
) -> Tensor:
    """A 1 at the place of each index along the last axis: ``(..., n) -> (..., num_classes)``."""
    num_classes = kwargs.pop("num_tokens", num_classes)
    if num_classes is None:
        raise ValueError("multi_hot: give `num_classes`.")
    inputs = tensor(inputs)
    along = 1 if inputs.ndim > 1 else 0
    return torch.amax(one_hot(inputs, num_classes, axis, dtype, sparse), along)


def _check_block(owner: str, block_size: int) -> None:
    if not isinstance(block_size, int) or block_size < 2:
        raise ValueError(f"{owner}: `block_size` must be at least 2, got {block_size!r}.")


@op
def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Channels laid out as blocks: ``(b, h, w, c) -> (b, h * s, w * s, c / s**2)``."""
    x, last = tensor(x), channels_last(data_format, "depth_to_space")
    _check_block("depth_to_space", block_size)
    x = x if last else x.permute(0, 2, 3, 1)
    batch, height, width, depth = x.shape
    if depth % block_size**2:
        raise ValueError(
            f"depth_to_space: {depth} channels are no multiple of {block_size}**2 (shape {tuple(x.shape)})."
        )
    channels = depth // block_size**2
    x = x.reshape(batch, height, width, block_size, block_size, channels).permute(0, 1, 3, 2, 4, 5)
    x = x.reshape(batch, height * block_size, width * block_size, channels)
    return x if last else x.permute(0, 3, 1, 2)


@op
def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Blocks laid out as channels: ``(b, h, w, c) -> (b, h / s, w / s, c * s**2)``."""
    x, last = tensor(x), channels_last(data_format, "space_to_depth")
    _check_block("space_to_depth", block_size)
    x = x if last else x.permute(0, 2, 3, 1)
    batch, height, width, channels = x.shape
    if height % block_size or width % block_size:
        raise ValueError(f"space_to_depth: height and width of {tuple(x.shape)} are no multiples of {block_size}.")
    x = x.reshape(batch, height // block_size, block_size, width // block_size, block_size, channels)
    x = x.permute(0, 1, 3, 2, 4, 5).reshape(batch, height // block_size, width // block_size, -1)
    return x if last else x.permute(0, 3, 1, 2)


@op
def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Sliding windows as columns: ``(b, c, h, w) -> (b, c * kh * kw, windows)``."""
    return F.unfold(tensor(x), kernel_size, dilation, padding, stride)


@op
def fold(x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Columns added back in their places: ``(b, c * kh * kw, windows) -> (b, c, h, w)``."""
    return F.fold(tensor(x), output_size, kernel_size, dilation, padding, stride)


@op
def polar(abs_: Any, angle: Any) -> Tensor:
    """Complex numbers of these absolute values and angles (radians)."""
    return torch.polar(*tensors((floats(abs_), floats(angle))))


publish(globals())
