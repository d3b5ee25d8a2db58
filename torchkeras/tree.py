"""Nested structures, ``keras.tree``: lists, tuples, named tuples, dictionaries and deques, everything else a leaf.

The entries of a plain dictionary are visited in the order of their sorted keys.
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

__all__ = ["MAP_TO_NONE", "assert_same_paths", "assert_same_structure", "flatten", "flatten_with_path", "is_nested"]
__all__ += ["lists_to_tuples", "map_shape_structure", "map_structure", "map_structure_up_to", "pack_sequence_as"]
__all__ += ["traverse"]

Path = tuple[Any, ...]


class MAP_TO_NONE:
    """What a function given to :func:`traverse` returns to put None in a place."""


def is_nested(structure: Any) -> bool:
    """Whether `structure` is a container rather than a leaf.

    >>> is_nested([]), is_nested({"a": 1}), is_nested("text"), is_nested(None)
    (True, True, False, False)
    """
    return isinstance(structure, (list, tuple, dict, deque))


def _items(node: Any) -> list[tuple[Any, Any]]:
    """The keys and children of a container, in the order of visiting."""
    if not isinstance(node, dict):
        return list(enumerate(node))
    if isinstance(node, OrderedDict):
        return list(node.items())
    try:
        return sorted(node.items(), key=lambda item: item[0])
    except TypeError:  # keys of several types: any order will do that is always the same
        return sorted(node.items(), key=lambda item: (type(item[0]).__name__, repr(item[0])))


def _rebuilt(node: Any, children: Iterable[Any], keep_order: bool = True) -> Any:
    """A container like `node` with other `children`, in the order of visiting."""
    if isinstance(node, dict):
        return _rebuilt_dict(node, children, keep_order)
    if isinstance(node, deque):
        return deque(children, maxlen=node.maxlen)
    if isinstance(node, list):
        return list(children)
    if hasattr(node, "_fields"):
        return type(node)(*children)
    # torch.return_types are made from one tuple; a torch.Size cannot hold just anything
    return type(node)(children) if hasattr(node, "n_sequence_fields") else tuple(children)


def _rebuilt_dict(node: dict[Any, Any], children: Iterable[Any], keep_order: bool) -> Any:
    pairs = {key: child for (key, _), child in zip(_items(node), children)}
    if keep_order:
        pairs = {key: pairs[key] for key in node}
    if isinstance(node, defaultdict):
        return defaultdict(node.default_factory, pairs)
    return OrderedDict(pairs) if isinstance(node, OrderedDict) else pairs


def flatten_with_path(structure: Any) -> list[tuple[Path, Any]]:
    """The leaves, each with the keys that lead to it.

    >>> flatten_with_path({"b": 1, "a": [2]})
    [(('a', 0), 2), (('b',), 1)]
    """
    return list(_walk(structure, ()))


def _walk(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if not is_nested(node):
        yield path, node
        return
    for key, child in _items(node):
        yield from _walk(child, (*path, key))


def flatten(structure: Any) -> list[Any]:
    """The leaves.

    >>> flatten({"b": 1, "a": [2, (3, None)]})
    [2, 3, None, 1]
    """
    return [leaf for _, leaf in _walk(structure, ())]


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """The structure of ``func(leaf, …)`` over the leaves of one or several structures that are alike.

    Raises:
        ValueError: the structures differ.
    """
    _check_call(func, structures)
    return _map(func, structures, lambda node: is_nested(node) or (node is None and not none_is_leaf), ())


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Like :func:`map_structure`, but what lies below a leaf of `shallow_structure` goes to `func` as one piece.

    >>> map_structure_up_to([None, None], len, [[1, 2], [3]])
    [2, 1]
    """
    _check_call(func, structures)
    return _map(lambda _, *leaves: func(*leaves), (shallow_structure, *structures), is_nested, ())


def _check_call(func: Any, structures: tuple[Any, ...]) -> None:
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: {func!r}")
    if not structures:
        raise ValueError("Must provide at least one structure")


def _map(func: Callable[..., Any], nodes: tuple[Any, ...], nested: Callable[[Any], bool], path: Path) -> Any:
    first = nodes[0]
    if not nested(first):
        return func(*nodes)
    if first is None:
        return None
    for other in nodes[1:]:
        _check_alike(first, other, path)
    keys = [key for key, _ in _items(first)]
    children = (_map(func, tuple(node[key] for node in nodes), nested, (*path, key)) for key in keys)
    return _rebuilt(first, list(children))


def _check_alike(first: Any, other: Any, path: Path) -> None:
    where = f" (at {'/'.join(map(str, path))})" if path else ""
    both_dicts = isinstance(first, dict) and isinstance(other, dict)
    if type(first) is not type(other) and not both_dicts:
        raise ValueError(f"Node type mismatch; expected {type(first)}, but got {type(other)}.{where}")
    if both_dicts and set(first) != set(other):
        missing, extra = set(first) - set(other), set(other) - set(first)
        raise ValueError(
            f"Node keys mismatch; missing key(s): {missing or '{}'}; extra key(s): {extra or '{}'}.{where}"
        )
    if len(first) != len(other):
        raise ValueError(f"Node arity mismatch; expected {len(first)}, but got {len(other)}.{where}")


def assert_same_structure(a: Any, b: Any, check_types: bool | None = None) -> None:
    """Nothing, if both have the same containers with the same keys. `check_types` counts for nothing, as in Keras.

    Raises:
        ValueError: they differ.
    """
    if is_nested(a):
        _assert_alike(a, b, ())
    elif is_nested(b):
        raise ValueError(f"Structures mismatch; expected a leaf, but got {type(b)}.")


def _assert_alike(a: Any, b: Any, path: Path) -> None:
    if not is_nested(a) and not is_nested(b):
        return
    _check_alike(a, b, path)
    for key, child in _items(a):
        _assert_alike(child, b[key], (*path, key))


def assert_same_paths(a: Any, b: Any) -> None:
    """Nothing, if the leaves of both lie under the same keys, whatever the containers.

    Raises:
        ValueError: they do not.
    """
    first, second = ({path for path, _ in _walk(structure, ())} for structure in (a, b))
    if first == second:
        return
    message = "`a` and `b` don't have the same paths."
    if first - second:
        message += f"\nPaths in `a` missing in `b`:\n{first - second}"
    if second - first:
        message += f"\nPaths in `b` missing in `a`:\n{second - first}"
    raise ValueError(message)


def pack_sequence_as(structure: Any, flat_sequence: Any) -> Any:
    """A structure like `structure` with the leaves of `flat_sequence`.

    Raises:
        ValueError: the number of leaves differs.

    >>> pack_sequence_as({"a": 0, "b": [0, 0]}, [1, 2, 3])
    {'a': 1, 'b': [2, 3]}
    """
    if not is_nested(flat_sequence):
        raise TypeError(f"`flat_sequence`: expected a list or tuple of leaves, got {type(flat_sequence).__name__}.")
    wanted = len(flatten(structure))
    if len(flat_sequence) != wanted:
        raise ValueError(f"The structure holds {wanted} leaves, but `flat_sequence` holds {len(flat_sequence)}.")
    return _packed(structure, iter(flat_sequence))


def _packed(node: Any, leaves: Iterator[Any]) -> Any:
    if not is_nested(node):
        return next(leaves)
    return _rebuilt(node, [_packed(child, leaves) for _, child in _items(node)], keep_order=False)


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """`structure` with every node (container or leaf) replaced by ``func(node)``, where that is not None.

    Top down, what replaces a container is not looked into; bottom up, containers hold what replaced
    their children. :class:`MAP_TO_NONE` as result puts None in the place.
    """
    if not callable(func):
        raise TypeError(f"`func` must be callable. Received: {func!r}")
    if top_down:
        found = func(structure)
        return _descend(func, structure, True) if found is None else _unmarked(found)
    below = _descend(func, structure, False)
    found = func(below)
    return below if found is None else _unmarked(found)


def _descend(func: Callable[[Any], Any], node: Any, top_down: bool) -> Any:
    if not is_nested(node):
        return node
    return _rebuilt(node, [traverse(func, child, top_down) for _, child in _items(node)], keep_order=False)


def _unmarked(found: Any) -> Any:
    return None if found is MAP_TO_NONE or isinstance(found, MAP_TO_NONE) else found


def lists_to_tuples(structure: Any) -> Any:
    """`structure` with every list made a tuple.

    >>> lists_to_tuples({"a": [1, [2]]})
    {'a': (1, (2,))}
    """
    return traverse(lambda node: tuple(node) if isinstance(node, list) else None, structure, top_down=False)


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """Like :func:`map_structure`, with shapes (tuples and lists of integers and None) as leaves.

    >>> map_shape_structure(len, [(None, 3), (4,)])
    [2, 1]
    """
    if _is_shape(structure) or not is_nested(structure):
        return func(structure)
    return _rebuilt(structure, [map_shape_structure(func, child) for _, child in _items(structure)])


def _is_shape(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(size is None or isinstance(size, int) for size in value)
