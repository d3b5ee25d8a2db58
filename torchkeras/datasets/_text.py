"""Word numbers of texts: the arguments that imdb and reuters share."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from torchkeras._errors import unknown
from torchkeras.datasets._split import Pair as Pair


@dataclass(frozen=True)
class Words:
    """Which words of the texts stay, and how they are numbered.

    In the file words are numbered by frequency, the commonest 1. Every number moves up by `index_from`, which
    leaves room for `start_char`, put before each text, and `oov_char`, put for words left out (None drops them):
    the `skip_top` commonest and those from `num_words` on. Texts of `maxlen` words or more are left out.
    """

    num_words: int | None
    skip_top: int
    maxlen: int | None
    start_char: int | None
    oov_char: int | None
    index_from: int | None

    def prepare(self, *parts: Pair) -> list[Pair]:
        """The texts and labels of each part, numbered alike."""
        numbered = [(self._numbered(texts), labels) for texts, labels in parts]
        if self.maxlen:
            numbered = [self._shorter(texts, labels, self.maxlen) for texts, labels in numbered]
        limit = self.num_words or max(max(text) for texts, _ in numbered for text in texts)
        return [(_as_array([self._common(text, limit) for text in texts]), labels) for texts, labels in numbered]

    def _numbered(self, texts: Iterable[list[int]]) -> list[list[int]]:
        start = [] if self.start_char is None else [self.start_char]
        moved = self.index_from or 0
        return [start + [word + moved for word in text] for text in texts]

    def _shorter(self, texts: list[list[int]], labels: np.ndarray, maxlen: int) -> tuple[list[list[int]], np.ndarray]:
        kept = [index for index, text in enumerate(texts) if len(text) < maxlen]
        if not kept:
            raise ValueError(
                f"After filtering for sequences shorter than maxlen={maxlen}, no sequence was kept. Increase maxlen."
            )
        return [texts[index] for index in kept], labels[kept]

    def _common(self, text: list[int], limit: int) -> list[int]:
        low, other = self.skip_top, self.oov_char
        if other is None:
            return [word for word in text if low <= word < limit]
        return [word if low <= word < limit else other for word in text]


def old_num_words(num_words: int | None, kwargs: dict[str, int | None]) -> int | None:
    """`num_words`, or ``nb_words``, as Keras 1 called it."""
    for name in kwargs:
        if name != "nb_words":
            raise unknown("argument of load_data", name, Words.__dataclass_fields__, TypeError)
        warnings.warn("`nb_words` is the old name of `num_words`; use `num_words`.", DeprecationWarning, stacklevel=3)
    return kwargs.get("nb_words", num_words)


def _as_array(texts: Sequence[list[int]]) -> np.ndarray:
    """Lists of different lengths as one array of objects."""
    out = np.empty(len(texts), dtype=object)
    out[:] = list(texts)
    return out
