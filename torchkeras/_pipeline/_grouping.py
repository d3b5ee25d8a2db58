"""Batches of elements that belong together, and the elements that differ."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras._pipeline import _batching, _mapping, _nodes
from torchkeras._structures import leaves


class Grouping:
    """The methods of a data set that sort its elements into groups."""

    _node: _nodes.Node
    _of: Any

    def group_by_window(
        self,
        key_func: Callable[..., Any],
        reduce_func: Callable[[Any, Any], Any],
        window_size: Any = None,
        window_size_func: Callable[[Any], Any] | None = None,
        name: str | None = None,
    ) -> Any:
        """Elements of one key together: ``reduce_func(key, data set of up to window_size elements) -> data set``."""
        if (window_size is None) == (window_size_func is None):
            raise ValueError("group_by_window: pass one of `window_size` and `window_size_func`.")
        node = self._node

        def size_for(key: Any) -> int:
            return int(window_size_func(key) if window_size_func is not None else window_size)

        def reduced(key: int, held: list[Any]) -> Any:
            return _mapping.made(reduce_func(torch.tensor(key), self._of(_nodes.Listed(held))), "group_by_window")

        def groups() -> Iterator[Any]:
            held: dict[int, list[Any]] = defaultdict(list)
            key_of = _mapping.on_host(key_func)
            for element in node:
                key = int(key_of(element))
                held[key].append(element)
                if len(held[key]) == size_for(key):
                    yield from reduced(key, held.pop(key))
            for key in sorted(held):
                yield from reduced(key, held[key])

        return self._of(_nodes.FromFunction(groups))

    def bucket_by_sequence_length(
        self,
        element_length_func: Callable[..., Any],
        bucket_boundaries: Any,
        bucket_batch_sizes: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        pad_to_bucket_boundary: bool = False,
        no_padding: bool = False,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> Any:
        """Padded batches of elements of similar length.

        Args:
            element_length_func: the length of an element.
            bucket_boundaries: ``n`` lengths; bucket ``i`` holds what is shorter than the `i`-th and no shorter than
                the one before.
            bucket_batch_sizes: ``n + 1`` batch sizes.
            padded_shapes, padding_values: as for `padded_batch`.
            pad_to_bucket_boundary: refused; give `padded_shapes`.
            no_padding: the elements of a bucket are all of one length.
            drop_remainder: drop smaller batches.
            name: accepted, and not used.
        """
        if pad_to_bucket_boundary:
            raise ValueError("bucket_by_sequence_length: `pad_to_bucket_boundary` is not supported; pad in a map.")
        if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
            raise ValueError(
                f"bucket_by_sequence_length: expected {len(bucket_boundaries) + 1} `bucket_batch_sizes` for "
                f"{len(bucket_boundaries)} boundaries, got {len(bucket_batch_sizes)}."
            )

        def bucket(*element: Any) -> int:
            length = int(element_length_func(*element))
            return int(np.searchsorted(np.asarray(bucket_boundaries), length, side="right"))

        def batch(key: Any, group: Any) -> Any:
            size = int(bucket_batch_sizes[int(key)])
            if no_padding:
                return group.batch(size, drop_remainder)
            return group.padded_batch(size, padded_shapes, padding_values, drop_remainder)

        return self.group_by_window(bucket, batch, window_size_func=lambda key: bucket_batch_sizes[int(key)])

    def unique(self, name: str | None = None) -> Any:
        """Each element once, where it first comes."""
        node = self._node

        def kept() -> Iterator[Any]:
            seen = set()
            for element in node:
                key = tuple(np.asarray(leaf).tobytes() if _is_number(leaf) else str(leaf) for leaf in leaves(element))
                if key not in seen:
                    seen.add(key)
                    yield element

        return self._of(_nodes.FromFunction(kept))

    def rebatch(self, batch_size: Any, drop_remainder: bool = False, name: str | None = None) -> Any:
        """The rows of the elements in batches of another size."""
        return self._of(_batching.Batched(_batching.Unbatched(self._node), int(batch_size), drop_remainder))

    def ignore_errors(self, log_warning: bool = False, name: str | None = None) -> Any:
        """Without the elements at which a `map` before this raises."""
        if not isinstance(self._node, _mapping.Mapped):
            raise ValueError("ignore_errors: expected to follow a `map`, whose errors are passed over.")
        below, made = self._node.below, self._node.function

        def good() -> Iterator[Any]:
            function = _mapping.on_host(made)
            for element in below:
                try:
                    result = function(element)
                except Exception as error:
                    if log_warning:
                        print(f"ignore_errors: {error}")
                    continue
                yield _mapping.as_result(result)

        return self._of(_nodes.FromFunction(good))


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, torch.Tensor)
