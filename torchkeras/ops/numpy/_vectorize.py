"""``vectorize``: functions of one element, over all elements."""

import re
from collections.abc import Callable
from typing import Any

import torch

from torchkeras.ops._op import convert, publish, tensor


def vectorize(pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None) -> Callable[..., Any]:
    """`pyfunc` over all elements of its arguments, which broadcast; computed as one batch.

    Args:
        pyfunc: a function of scalars, or of small tensors as `signature` says.
        excluded: positions and names of arguments that are passed as they are.
        signature: the axes that one call takes and gives, such as ``"(n),(n)->()"``.
    """
    left_out = set(excluded or ())
    if not callable(pyfunc):
        raise ValueError(f"vectorize: expected a function, got {pyfunc!r}.")

    def vectorized(*args: Any, **kwargs: Any) -> Any:
        positions = [index for index in range(len(args)) if index not in left_out]
        items = [tensor(convert(args[index])) for index in positions]

        def one(*chosen: Any) -> Any:
            full = list(args)
            for index, item in zip(positions, chosen, strict=True):
                full[index] = item
            return pyfunc(*full, **kwargs)

        cores = _core_axes(signature, len(items))
        return _over_batch(one, items, cores)

    return vectorized


def _core_axes(signature: str | None, count: int) -> list[int]:
    """How many axes of each argument belong to one call."""
    if signature is None:
        return [0] * count
    groups = re.findall(r"\(([^)]*)\)", signature.partition("->")[0])
    if len(groups) != count:
        raise ValueError(f"vectorize: the signature {signature!r} has {len(groups)} arguments, got {count}.")
    return [len([name for name in group.split(",") if name.strip()]) for group in groups]


def _over_batch(function: Callable[..., Any], items: list[Any], cores: list[int]) -> Any:
    batches = [item.shape[: item.ndim - core] for item, core in zip(items, cores, strict=True)]
    batch = torch.broadcast_shapes(*batches)
    full = [item.expand(batch + item.shape[item.ndim - core :]) for item, core in zip(items, cores, strict=True)]
    for _ in batch:
        function = torch.vmap(function)
    return function(*full)


publish(globals(), "vectorize")
