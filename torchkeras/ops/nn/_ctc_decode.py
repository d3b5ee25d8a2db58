"""Label sequences out of the outputs of a network trained with the CTC loss."""

import math
from collections import defaultdict
from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import floats, op, publish, tensor

# Own


@op
def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[Tensor, Tensor]:
    """The most probable label sequences.

    Args:
        inputs: ``(batch, time, classes)`` logits.
        sequence_lengths: ``(batch,)``, how many time steps count.
        strategy: ``"greedy"`` (the best class of each step) or ``"beam_search"``.
        beam_width: for the beam search: how many prefixes are kept.
        top_paths: for the beam search: how many sequences are returned.
        merge_repeated: for the greedy strategy: whether a class that goes on counts once.
        mask_index: the class that stands for "no label".

    Returns:
        ``(paths, batch, time)`` int32 labels, filled up with -1, and ``(batch, paths)`` scores: the logarithms of
        the probabilities (beam search), or minus the sum of the logits taken (greedy).
    """
    x = floats(inputs).float()  # scores are sums over time
    if x.ndim != 3:
        raise ValueError(f"ctc_decode: expected logits (batch, time, classes), got shape {tuple(x.shape)}.")
    lengths = tensor(sequence_lengths)
    if strategy == "greedy":
        return _greedy(x, lengths, merge_repeated, mask_index)
    if strategy == "beam_search":
        return _beam_search(x, lengths, beam_width, top_paths, mask_index)
    raise ValueError(f"Invalid strategy {strategy!r}: ctc_decode knows 'greedy' and 'beam_search'.")


def _greedy(x: Tensor, lengths: Tensor, merge_repeated: bool, mask_index: int) -> tuple[Tensor, Tensor]:
    best, labels = torch.max(x, -1)  # (b, t)
    steps = torch.arange(x.shape[1], device=x.device)
    counted = steps < lengths.to(x.device)[:, None]
    kept = counted & (labels != mask_index)
    if merge_repeated:
        same = torch.zeros_like(kept)
        same[:, 1:] = labels[:, 1:] == labels[:, :-1]
        kept &= ~same
    order = torch.argsort((~kept).to(torch.uint8), dim=1, stable=True)  # the kept ones first, in their order
    moved = torch.take_along_dim(torch.where(kept, labels, -1), order, 1)
    scores = -torch.sum(torch.where(counted, best, 0), 1, keepdim=True)
    return moved[None].to(torch.int32), scores


def _beam_search(x: Tensor, lengths: Tensor, beam_width: int, top_paths: int, mask_index: int) -> tuple[Tensor, Tensor]:
    """On the host: prefixes differ from sample to sample."""
    logs = torch.log_softmax(x, -1)
    if x.device.type == "meta":
        shape = (top_paths, *x.shape[:2])
        return x.new_empty(shape, dtype=torch.int32), x.new_empty(x.shape[0], top_paths)
    labels = torch.full((top_paths, *x.shape[:2]), -1, dtype=torch.int32)
    scores = torch.full((x.shape[0], top_paths), -torch.inf, dtype=x.dtype)
    for sample, (rows, count) in enumerate(zip(logs.tolist(), lengths.tolist(), strict=True)):
        found = _best_prefixes(rows[: int(count)], beam_width, mask_index)[:top_paths]
        for rank, (prefix, score) in enumerate(found):
            labels[rank, sample, : len(prefix)] = torch.tensor(prefix, dtype=torch.int32)
            scores[sample, rank] = score
    return labels.to(x.device), scores.to(x.device)


def _add(a: float, b: float) -> float:
    """``log(exp(a) + exp(b))``."""
    high, low = max(a, b), min(a, b)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


Prefix = tuple[int, ...]


def _best_prefixes(rows: list[list[float]], beam_width: int, mask_index: int) -> list[tuple[Prefix, float]]:
    """Prefix beam search (Hannun et al., 2014): prefix -> its log probabilities, ending in a mask and in a label."""
    beams: dict[Prefix, tuple[float, float]] = {(): (0.0, -math.inf)}
    for row in rows:
        grown: dict[Prefix, tuple[float, float]] = defaultdict(lambda: (-math.inf, -math.inf))
        for prefix, ends in beams.items():
            _grow(grown, prefix, ends, row, mask_index)
        best = sorted(grown.items(), key=lambda item: -_add(*item[1]))
        beams = dict(best[:beam_width])
    return [(prefix, _add(*ends)) for prefix, ends in beams.items()]


def _grow(
    grown: dict[Prefix, tuple[float, float]],
    prefix: Prefix,
    ends: tuple[float, float],
    row: list[float],
    mask_index: int,
) -> None:
    """One time step: the prefix stays, or gets one more label."""
    masked, labelled = ends
    total = _add(masked, labelled)
    for label, log in enumerate(row):
        if label == mask_index:
            old = grown[prefix]
            grown[prefix] = (_add(old[0], total + log), old[1])
            continue
        repeats = bool(prefix) and prefix[-1] == label
        if repeats:
            old = grown[prefix]
            grown[prefix] = (old[0], _add(old[1], labelled + log))
        longer = (*prefix, label)
        old = grown[longer]
        grown[longer] = (old[0], _add(old[1], (masked if repeats else total) + log))


publish(globals())
