"""``tf.print`` and what else tells about tensors."""

import logging
import sys
import time
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._structures import map_leaves
from torchkeras._tensorflow._rows import own, publish
from torchkeras._variable import Variable


@own
def print(
    *inputs: Any,
    output_stream: Any = None,
    summarize: int = 3,
    sep: str = " ",
    end: str = "\n",
) -> None:
    """Write the inputs to stderr, or to `output_stream`; of long axes `summarize` elements at each end."""
    stream = _stream(output_stream)
    with np.printoptions(threshold=2 * abs(summarize) if summarize > 0 else sys.maxsize, edgeitems=abs(summarize)):
        text = sep.join(str(map_leaves(_shown, item)) for item in inputs) + end
    if isinstance(stream, str):
        with open(stream.removeprefix("file://"), "a", encoding="utf-8") as file:
            file.write(text)
    else:
        stream.write(text)
        stream.flush()


def _stream(chosen: Any) -> Any:
    named = {None: sys.stderr, "stderr": sys.stderr, "stdout": sys.stdout}
    return chosen if chosen is not None and chosen not in ("stdout", "stderr") else named[chosen]


class _Plain:
    """A value whose repr, too, is its text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _shown(value: Any) -> Any:
    if isinstance(value, (Tensor, Variable)):
        array = value.detach().cpu().float().numpy() if value.dtype == torch.bfloat16 else _array(value)
        separated = np.array2string(array, separator=" ") if array.ndim else str(array)
        return _Plain(separated)
    return value


def _array(value: Any) -> Any:
    return value.numpy() if isinstance(value, Variable) else value.detach().cpu().numpy()


@own
def timestamp() -> Tensor:
    """The seconds since 1970, as a tensor of float64."""
    return torch.tensor(time.time(), dtype=torch.float64)


@own
def get_logger() -> logging.Logger:
    """The logger ``tensorflow``."""
    return logging.getLogger("tensorflow")


publish(globals())
