"""Control flow: Python's own, as everything runs eagerly."""

import operator
from collections.abc import Callable
from typing import Any

from torchkeras import ops
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import any_symbolic
from torchkeras._tensorflow._dtypes import as_dtype, string
from torchkeras._tensorflow._rows import own, own_op, publish, row
from torchkeras.ops._op import convert, tensor

Function = Callable[..., Any]

# Renames

vectorized_map = row(ops.vectorized_map, "fn elems fallback_to_while_loop")

# Own


@own
def cond(
    pred: Any, true_fn: Any = None, false_fn: Any = None, strict: bool = False, fn1: Any = None, fn2: Any = None
) -> Any:
    """``true_fn()`` if the scalar `pred` holds, else ``false_fn()``; in a graph both, of which one is taken."""
    if not any_symbolic((pred,)):
        return ops.cond(pred, true_fn or fn1, false_fn or fn2)
    both = (true_fn or fn1)(), (false_fn or fn2)()
    others = iter(list(leaves(both[1])))
    return map_leaves(lambda leaf: ops.where(pred, leaf, next(others)), both[0])


@own
def case(pred_fn_pairs: Any, default: Function | None = None, exclusive: bool = False, strict: bool = False) -> Any:
    """The function beside the first condition that holds, called; else the default.

    Raises:
        ValueError: no condition holds, and there is no default.
    """
    pairs: Any = pred_fn_pairs.items() if isinstance(pred_fn_pairs, dict) else pred_fn_pairs
    for pred, function in pairs:
        if pred:
            return function()
    if default is None:
        raise ValueError("case: no condition holds, and no `default` is given.")
    return default()


@own
def switch_case(branch_index: Any, branch_fns: Any, default: Function | None = None) -> Any:
    """The function at that index, called; the default, or the last one, for an index without function."""
    if isinstance(branch_fns, dict):
        branch_fns = list(branch_fns.items())
    table = dict(branch_fns) if isinstance(branch_fns[0], tuple) else dict(enumerate(branch_fns))
    chosen = table.get(int(branch_index), default)
    return (table[max(table)] if chosen is None else chosen)()


@own
def while_loop(
    cond: Function,
    body: Function,
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
) -> Any:
    """`loop_vars` after ``loop_vars = body(*loop_vars)`` as long as ``cond(*loop_vars)`` holds, in their structure."""
    if not any_symbolic((loop_vars,)):
        return _while(cond, body, loop_vars, maximum_iterations)
    return ops.while_loop(cond, body, loop_vars, maximum_iterations)


def _while(cond: Function, body: Function, loop_vars: Any, maximum_iterations: Any) -> Any:
    single = not isinstance(loop_vars, (list, tuple, dict))
    state, count = map_leaves(_as_tensor, [loop_vars] if single else loop_vars), 0
    while cond(*state) and (maximum_iterations is None or count < int(maximum_iterations)):
        found = body(*state)
        state = type(state)(found) if isinstance(found, (list, tuple)) else type(state)([found])
        count += 1
    return state[0] if single else state


def _as_tensor(value: Any) -> Any:
    return tensor(value) if isinstance(value, (int, float)) else convert(value)


@own
def map_fn(
    fn: Function,
    elems: Any,
    dtype: Any = None,
    parallel_iterations: Any = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    fn_output_signature: Any = None,
) -> Any:
    """`fn` of each slice of `elems` (or of its tensors) along the first axis, the results stacked."""
    wanted = dtype if fn_output_signature is None else fn_output_signature
    found = ops.map(fn, elems)
    if wanted is None:
        return found
    types = iter([getattr(each, "dtype", each) for each in leaves(wanted)])
    return map_leaves(lambda leaf: _typed(leaf, next(types, None)), found)


def _typed(leaf: Any, dtype: Any) -> Any:
    return leaf if dtype is None or dtype is string else ops.cast(leaf, as_dtype(dtype))


@own_op
def scan(
    fn: Function,
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
) -> Any:
    """All intermediate results of ``total = fn(total, slice)`` over the first axis, stacked."""
    parts = _slices(elems)
    if reverse:
        parts = parts[::-1]
    found = [parts.pop(0)] if initializer is None else []
    total = found[0] if initializer is None else map_leaves(convert, initializer)
    for part in parts:
        total = fn(total, part)
        found.append(total)
    return _stacked(found[::-1] if reverse else found)


@own_op
def foldl(fn: Function, elems: Any, initializer: Any = None, **kwargs: Any) -> Any:
    """``total = fn(total, slice)`` over the first axis."""
    return _folded(fn, _slices(elems), initializer)


@own_op
def foldr(fn: Function, elems: Any, initializer: Any = None, **kwargs: Any) -> Any:
    """``total = fn(total, slice)`` over the first axis, from the end."""
    return _folded(fn, _slices(elems)[::-1], initializer)


def _folded(fn: Function, parts: list[Any], initializer: Any) -> Any:
    total = parts.pop(0) if initializer is None else map_leaves(convert, initializer)
    for part in parts:
        total = fn(total, part)
    return total


def _slices(elems: Any) -> list[Any]:
    elems = map_leaves(tensor, elems) if isinstance(elems, tuple) else tensor(elems)
    count = len(next(leaves(elems)))
    return [map_leaves(operator.itemgetter(index), elems) for index in range(count)]


def _stacked(found: list[Any]) -> Any:
    columns = zip(*(list(leaves(each)) for each in found))
    stacked = iter([ops.stack([tensor(each) for each in column]) for column in columns])
    return map_leaves(lambda _: next(stacked), found[0])


publish(globals())
