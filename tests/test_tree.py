"""``keras.tree`` against real Keras, one act on both."""

import collections

import keras
import pytest
import torch

from torchkeras import tree

Pair = collections.namedtuple("Pair", "a b")
MIXED = {"b": 1, "a": [2, (3, None)], "c": Pair(4, 5), "d": {}}
ORDERED = collections.OrderedDict([("b", 1), ("a", 2)])


def visits(top_down):
    def act(module):
        seen = []
        module.traverse(seen.append, MIXED, top_down=top_down)
        return seen

    return act


SAME = {
    "flatten": lambda t: t.flatten(MIXED),
    "flatten a leaf": lambda t: t.flatten(3),
    "flatten ordered": lambda t: t.flatten(ORDERED),
    "flatten_with_path": lambda t: t.flatten_with_path(MIXED),
    "flatten_with_path of a leaf": lambda t: t.flatten_with_path(3),
    "is_nested": lambda t: [
        t.is_nested(x) for x in ([], (), {}, "s", 1, None, MIXED["c"], ORDERED, {1}, collections.deque())
    ],
    "map": lambda t: t.map_structure(lambda x: [x], MIXED),
    "map two": lambda t: t.map_structure(lambda x, y: (x, y), [1, {"a": 2}], [3, {"a": 4}]),
    "map keeps the order of keys": lambda t: list(t.map_structure(str, {"b": 1, "a": 2})),
    "map ordered": lambda t: t.map_structure(str, ORDERED),
    "map default dict": lambda t: t.map_structure(str, collections.defaultdict(list, b=1)),
    "map deque": lambda t: t.map_structure(str, collections.deque([1, 2], maxlen=3)),
    "map with None as no leaf": lambda t: t.map_structure(str, [1, None], none_is_leaf=False),
    "map with None as leaf": lambda t: t.map_structure(str, [1, None]),
    "map a shape": lambda t: t.map_structure(str, torch.Size([1, 2])),
    "map over dicts of two kinds": lambda t: t.map_structure(lambda x, y: x + y, {"a": 1, "b": 2}, ORDERED),
    "map up to": lambda t: t.map_structure_up_to([0, 0], lambda x: x, [1, [2]]),
    "pack": lambda t: t.pack_sequence_as(MIXED, [1, 2, 3, 4, 5, 6]),
    "pack containers": lambda t: t.pack_sequence_as([0, 0], [[1], (2,)]),
    "pack a leaf": lambda t: t.pack_sequence_as(0, [7]),
    "lists to tuples": lambda t: t.lists_to_tuples({"a": [1, [2]], "b": Pair([1], 2)}),
    "shapes": lambda t: t.map_shape_structure(str, {"a": (1, 2), "b": [(1, None), [2, 3]]}),
    "a shape": lambda t: t.map_shape_structure(str, (None, 2)),
    "traverse replaces": lambda t: t.traverse(
        lambda x: x + 1 if isinstance(x, int) else None, {"b": 1, "a": Pair(2, [3])}
    ),
    "traverse to None": lambda t: t.traverse(lambda x: t.MAP_TO_NONE if x == 1 else None, [1, (2, [3])]),
    "traverse bottom up": lambda t: t.traverse(
        lambda x: tuple(x) if isinstance(x, list) else None, [1, [2]], top_down=False
    ),
    "visits top down": visits(True),
    "visits bottom up": visits(False),
    "same structure": lambda t: t.assert_same_structure({"a": 1, "b": 2}, ORDERED),
    "same paths": lambda t: t.assert_same_paths([1, (2,)], (3, [4])),
}
ERRORS = {
    "map other type": lambda t: t.map_structure(max, [1, 2], (3, 4)),
    "map other length": lambda t: t.map_structure(max, [1, 2], [3]),
    "map other keys": lambda t: t.map_structure(max, {"a": 1}, {"b": 1}),
    "map nothing": lambda t: t.map_structure(str),
    "map no function": lambda t: t.map_structure(3, [1]),
    "traverse no function": lambda t: t.traverse(3, [1]),
    "pack too few": lambda t: t.pack_sequence_as(MIXED, [1, 2]),
    "pack too many": lambda t: t.pack_sequence_as([1], [1, 2]),
    "pack a number": lambda t: t.pack_sequence_as([1], 3),
    "up to, too few": lambda t: t.map_structure_up_to([0, 0], str, [1]),
    "up to, other type": lambda t: t.map_structure_up_to([[0]], str, [1]),
    "up to, more keys": lambda t: t.map_structure_up_to({"a": 0}, str, {"a": 3, "b": 4}),
    "structure: other type": lambda t: t.assert_same_structure([1], (2,)),
    "structure: other length": lambda t: t.assert_same_structure([1], [2, 3]),
    "structure: deeper": lambda t: t.assert_same_structure([1], [[1]]),
    "structure: a leaf": lambda t: t.assert_same_structure(1, [1]),
    "structure: named or not": lambda t: t.assert_same_structure(Pair(1, 2), (1, 2)),
    "paths: longer": lambda t: t.assert_same_paths([1], [2, 3]),
    "paths: other keys": lambda t: t.assert_same_paths({"a": 1}, Pair(1, 2)),
}


@pytest.mark.parametrize("act", SAME.values(), ids=SAME)
def test_results_are_keras(act):
    ours, theirs = act(tree), act(keras.tree)
    assert ours == theirs
    assert type(ours) is type(theirs)


@pytest.mark.parametrize("act", ERRORS.values(), ids=ERRORS)
def test_errors_are_keras(act):
    with pytest.raises((ValueError, TypeError)) as theirs:
        act(keras.tree)
    with pytest.raises(theirs.type) as ours:
        act(tree)
    assert str(ours.value)


def test_errors_say_where():
    with pytest.raises(ValueError, match=r"expected <class 'list'>, but got <class 'int'>. \(at a/1\)"):
        tree.map_structure(max, {"a": [0, [1]]}, {"a": [0, 1]})


def test_every_public_name_is_there():
    assert {name for name in dir(keras.tree) if not name.startswith("_")} == set(tree.__all__)


def test_torch_return_types_stay_what_they_are():
    found = torch.ones(2, 2).max(0)
    assert type(tree.map_structure(lambda x: x + 1, found)) is type(found)


def test_keys_of_several_types():
    assert sorted(map(str, tree.flatten({2: 1, "a": 2}))) == ["1", "2"]
