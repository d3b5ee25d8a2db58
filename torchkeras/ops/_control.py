"""Control flow: plain Python loops here, since torch runs them as they are."""

import builtins
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras._structures import leaves, map_leaves
from torchkeras.ops._op import convert, op, publish, tensor

# Own


@op
def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """``true_fn()`` if the scalar `pred` holds, else ``false_fn()``."""
    if isinstance(pred, Tensor) and pred.device.type == "meta":
        return true_fn()  # only shapes are asked for; both branches have the same
    return true_fn() if pred else false_fn()


@op
def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """``branches[index](*operands)``; an index out of range is moved to the nearest branch."""
    if isinstance(index, Tensor) and index.device.type == "meta":
        return branches[0](*operands)
    return branches[max(0, min(int(index), len(branches) - 1))](*operands)


@op
def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """`loop_vars` after ``loop_vars = body(*loop_vars)`` as long as ``cond(*loop_vars)`` holds."""
    single = not isinstance(loop_vars, (tuple, list))
    state = (loop_vars,) if single else tuple(loop_vars)
    state = tuple(map_leaves(tensor, state))
    if any(leaf.device.type == "meta" for leaf in leaves(state)):
        return state[0] if single else state
    count = 0
    while cond(*state) and (maximum_iterations is None or count < maximum_iterations):
        found = body(*state)
        state = tuple(found) if isinstance(found, (tuple, list)) else (found,)
        state = tuple(map_leaves(tensor, state))
        count += 1
    return state[0] if single else state


@op
def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """The last ``value = body_fun(i, value)`` for ``i`` from `lower` up to, without, `upper`."""
    value = init_val
    for index in range(int(lower), int(upper)):
        value = body_fun(index, value)
    return value


@op
def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """`f` of each slice of `xs` (or of each slice of its tensors) along axis 0, stacked."""
    count = len(next(leaves(xs)))
    return _stacked([f(_slice(xs, index)) for index in range(count)])


@op
def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """`function` of each slice along axis 0, computed as one batch."""
    return torch.vmap(function, randomness="different")(map_leaves(convert, elements))


@op
def scan(
    f: Callable[[Any, Any], Any],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Any, Any]:
    """A loop that carries a value and collects results: ``carry, y = f(carry, x)`` for each slice of `xs`.

    Returns:
        The last carry, and all `y` stacked.
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Got f={f!r}.")
    if xs is None and length is None:
        raise ValueError("scan: give `xs` or `length`.")
    count = int(length) if xs is None else len(next(leaves(xs)))  # type: ignore[arg-type]
    if xs is not None and length is not None and int(length) != count:
        raise ValueError(f"scan: `length` is {length}, but `xs` has {count} slices.")
    carry, found = init, []
    for index in reversed(range(count)) if reverse else range(count):
        carry, y = f(carry, None if xs is None else _slice(xs, index))
        found.append(y)
    return carry, _stacked(found[::-1] if reverse else found)


def _slice(value: Any, index: int) -> Any:
    return map_leaves(lambda leaf: convert(leaf)[index], value)


def _stacked(items: list[Any]) -> Any:
    """One structure of stacked tensors out of many structures of tensors."""
    if not items or items[0] is None:
        return None
    flat = [list(leaves(item)) for item in items]
    columns = iter([torch.stack([*builtins.map(tensor, column)]) for column in zip(*flat, strict=True)])
    return map_leaves(lambda _: next(columns), items[0])


@op
def associative_scan(f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """All prefixes ``x0, f(x0, x1), f(f(x0, x1), x2), ...`` along `axis`, by doubling (`f` must be associative)."""
    if not callable(f):
        raise ValueError(f"`f` should be a callable. Got f={f!r}.")
    elems = map_leaves(lambda leaf: torch.movedim(tensor(leaf), axis, 0), elems)
    if reverse:
        elems = map_leaves(lambda leaf: leaf.flip(0), elems)
    lengths = {len(leaf) for leaf in leaves(elems)}
    if len(lengths) != 1:
        raise ValueError(
            f"All of `elems` must have the same first dimension (axis {axis}), got the sizes {sorted(lengths)}."
        )
    total, distance = lengths.pop(), 1
    while distance < total:
        elems = _doubled(f, elems, distance)
        distance *= 2
    if reverse:
        elems = map_leaves(lambda leaf: leaf.flip(0), elems)
    return map_leaves(lambda leaf: torch.movedim(leaf, 0, axis), elems)


def _doubled(f: Callable[[Any, Any], Any], elems: Any, distance: int) -> Any:
    """Each element joined with the one `distance` before it."""
    joined = f(map_leaves(lambda x: x[:-distance], elems), map_leaves(lambda x: x[distance:], elems))
    tails = leaves(joined)
    return map_leaves(lambda x: torch.cat([x[:distance], next(tails)]), elems)


class custom_gradient:
    """Decorator of ``f(*args) -> (value, grad)``, where ``grad(*args, upstream=...)`` gives the gradients of `args`."""

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _CustomGradient.apply(self.f, kwargs, *[convert(arg) for arg in args])


class _CustomGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, f: Callable[..., Any], kwargs: dict[str, Any], *args: Any) -> Any:
        value, ctx.grad = f(*args, **kwargs)
        ctx.save_for_backward(*[arg for arg in args if isinstance(arg, Tensor)])
        ctx.where = [isinstance(arg, Tensor) for arg in args]
        ctx.numbers = [arg for arg in args if not isinstance(arg, Tensor)]
        return value

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> Any:
        saved, numbers = iter(ctx.saved_tensors), iter(ctx.numbers)
        args = [next(saved) if is_tensor else next(numbers) for is_tensor in ctx.where]
        found = ctx.grad(*args, upstream=upstream[0] if len(upstream) == 1 else upstream)
        found = found if isinstance(found, (tuple, list)) else (found,)
        return (None, None, *found)


publish(globals(), "custom_gradient")
