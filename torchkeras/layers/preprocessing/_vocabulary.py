"""Vocabularies: given, learnt from data, kept in files."""

import collections
import math
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from torchkeras._errors import brief
from torchkeras.layers._layer import Layer
from torchkeras.layers.preprocessing._encoding import refuse_sparse
from torchkeras.layers.preprocessing._texts import data_batches


class VocabularyLayer(Layer):
    """Has terms with numbers, and perhaps weights.

    The numbers begin with the mask (for ``"int"``, if there is one), then come those of unknown terms, then the terms.
    """

    max_tokens: Any
    num_oov_indices: int
    mask_token: Any
    oov_token: Any
    vocabulary: Any
    idf_weights: Any
    invert: bool
    output_mode: str
    sparse: bool
    pad_to_max_tokens: bool
    salt: Any

    _file = "vocabulary.txt"

    def __post_init__(self) -> None:
        self._build_at_init()
        refuse_sparse(self)
        self._check_arguments()
        self.__dict__.update(_terms=None, _numbers={}, _term_weights=None)
        if self.vocabulary is not None:
            given = self._from_file(self.vocabulary) if isinstance(self.vocabulary, (str, os.PathLike)) else None
            self.set_vocabulary(self.vocabulary if given is None else given, self.idf_weights)
            self.vocabulary = self.get_vocabulary(include_special_tokens=False)

    def _check_arguments(self) -> None:
        title = f'{type(self).__name__} "{self.name}"'
        if self.max_tokens is not None and self.max_tokens <= 1:
            raise ValueError(f"{title}: `max_tokens` must be greater than 1, got {self.max_tokens}.")
        if self.num_oov_indices < 0:
            raise ValueError(f"{title}: `num_oov_indices` must be 0 or more, got {self.num_oov_indices}.")
        if self.invert and self.output_mode != "int":
            raise ValueError(f"{title}: `invert=True` needs `output_mode='int'`, got {self.output_mode!r}.")
        if self.pad_to_max_tokens and (self.output_mode == "int" or self.max_tokens is None):
            raise ValueError(f"{title}: `pad_to_max_tokens=True` needs `max_tokens` and vectors, not integers.")
        if self.output_mode != "tf_idf" and self.idf_weights is not None:
            raise ValueError(f"{title}: `idf_weights` needs `output_mode='tf_idf'`, got {self.output_mode!r}.")

    # The vocabulary.

    def _as_terms(self, value: Any) -> np.ndarray:
        """`value` as an array of terms."""
        raise NotImplementedError

    def _specials(self) -> list[Any]:
        mask = [self.mask_token] if self.mask_token is not None and self.output_mode == "int" else []
        return mask + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The terms in the order of their numbers; before them the mask and the unknown, unless left out."""
        terms = list(self._terms or [])
        return self._specials() + terms if include_special_tokens else terms

    def vocabulary_size(self) -> int:
        """How many terms there are, the mask and the unknown among them."""
        return len(self._specials()) + len(self._terms or [])

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take these terms, with or without the mask and the unknown before them.

        Raises:
            ValueError: a term twice, too many terms, no weights for ``"tf_idf"``.
        """
        title = f'{type(self).__name__} "{self.name}"'
        if isinstance(vocabulary, (str, os.PathLike)):
            vocabulary = self._from_file(vocabulary)
        terms = self._as_terms(vocabulary).ravel().tolist()
        if not terms:
            raise ValueError(f"{title}: cannot set an empty vocabulary, got {brief(vocabulary)}.")
        specials = self._specials()
        leading = len(specials) if specials and terms[: len(specials)] == specials else 0
        repeated = [term for term, count in collections.Counter(terms[leading:]).items() if count > 1]
        if repeated:
            raise ValueError(f"{title}: the vocabulary has terms more than once: {brief(repeated)}.")
        size = len(specials) + len(terms) - leading
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError(
                f"{title}: a vocabulary of {size} terms, with the special ones, is larger than `max_tokens`, "
                f"{self.max_tokens}."
            )
        self._set_weights(idf_weights, leading, len(terms))
        self._use(terms[leading:])

    def _set_weights(self, weights: Any, leading: int, count: int) -> None:
        if self.output_mode != "tf_idf":
            if weights is not None:
                raise ValueError(f'{type(self).__name__} "{self.name}": `idf_weights` needs `output_mode="tf_idf"`.')
            return
        if weights is None or len(weights) != count:
            found = "None" if weights is None else f"{len(weights)} of them"
            raise ValueError(
                f'{type(self).__name__} "{self.name}": `output_mode="tf_idf"` needs `idf_weights`, one for each of the '
                f"{count} terms, got {found}."
            )
        given = np.asarray(weights, dtype="float32")
        unknown = given[:leading] if leading else np.full(len(self._specials()), given.mean(), dtype="float32")
        self.__dict__["_term_weights"] = np.concatenate([unknown, given[leading:]])

    def _use(self, terms: list[Any]) -> None:
        first = len(self._specials())
        self.__dict__["_terms"] = terms
        self.__dict__["_numbers"] = {term: first + place for place, term in enumerate(terms)}

    def _from_file(self, path: Any) -> list[Any]:
        with open(path, encoding=getattr(self, "encoding", "utf-8"), newline="\n") as file:
            return file.read().removesuffix("\n").split("\n")

    # Learning.

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the vocabulary: the most frequent terms of `data`, of two equally frequent ones the later first.

        Args:
            data: texts or integers in an array, a list or a frame's column, or an iterable of batches of them.
            steps: how many batches to take.
        """
        if self.vocabulary is not None:
            raise ValueError(f'{type(self).__name__} "{self.name}": `vocabulary` was given; there is nothing to adapt.')
        self.reset_state()
        for batch in data_batches(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget what was counted, and the vocabulary learnt."""
        if self.vocabulary is None:
            self.__dict__.update(_terms=None, _numbers={}, _term_weights=None)
            self.__dict__.update(_counts=collections.Counter(), _documents=collections.Counter(), _document_count=0)

    def update_state(self, data: Any) -> None:
        """Count the terms of a batch."""
        self._count(self._documents_of(data))

    def _documents_of(self, data: Any) -> Iterator[list[Any]]:
        terms = self._as_terms(data)
        rows = terms.reshape(-1, 1) if terms.ndim < 2 else terms.reshape(len(terms), -1)
        return iter(rows.tolist())

    def _count(self, documents: Iterator[list[Any]]) -> None:
        if "_counts" not in self.__dict__:
            self.reset_state()
        for terms in documents:
            self._counts.update(terms)
            self.__dict__["_document_count"] += 1
            if self.output_mode == "tf_idf":
                self._documents.update(set(terms))

    def finalize_state(self) -> None:
        """Make the vocabulary out of what was counted."""
        if self.vocabulary is not None or not self.__dict__.get("_counts"):
            return
        specials = self._specials()
        found = [term for term in self._counts if term not in (self.mask_token, self.oov_token)]
        found.sort(key=lambda term: (self._counts[term], term), reverse=True)
        if self.max_tokens is not None:
            found = found[: self.max_tokens - len(specials)]
        if self.output_mode == "tf_idf":
            weights = [math.log(1 + self._document_count / (1 + self._documents[term])) for term in found]
            unknown = [float(np.mean(weights)) if weights else 0.0] * len(specials)
            self.__dict__["_term_weights"] = np.array(unknown + weights, dtype="float32")
        self._use(found)

    # Files.

    def save_assets(self, dir_path: str) -> None:
        """Write a learnt vocabulary into a folder."""
        if self.vocabulary is not None or self._terms is None:
            return
        with open(os.path.join(dir_path, self._file), "w", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(str(term) for term in self.get_vocabulary()))

    def load_assets(self, dir_path: str) -> None:
        """Read a vocabulary back."""
        path = os.path.join(dir_path, self._file)
        if self.vocabulary is not None or not os.path.exists(path):
            return
        with open(path, encoding="utf-8", newline="\n") as file:
            terms = self._as_terms(file.read().split("\n")).tolist()
        self._use(terms[len(self._specials()) :])

    def save_own_variables(self, store: Any) -> None:
        if self._term_weights is not None:
            store["idf_weights"] = self._term_weights

    def load_own_variables(self, store: Any) -> None:
        if "idf_weights" in store:
            self.__dict__["_term_weights"] = np.asarray(store["idf_weights"], dtype="float32")
