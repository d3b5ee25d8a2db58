"""StringLookup and IntegerLookup."""

from typing import Annotated, Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Kind, choice, fields
from torchkeras._strings import StringTensor
from torchkeras.layers.preprocessing._encoding import mode
from torchkeras.layers.preprocessing._lookup import VECTORS, LookupLayer, on_device
from torchkeras.layers.preprocessing._texts import as_texts

__all__ = ["IntegerLookup", "StringLookup"]


def salted(value: Any) -> Any:
    """Two integers out of a pair of them or one."""
    if value is None:
        return None
    pair = list(value) if isinstance(value, (list, tuple)) else [value, value]
    if len(pair) != 2 or not all(isinstance(part, int) and not isinstance(part, bool) for part in pair):
        raise ValueError(f"expected an integer or a pair of integers, got {brief(value)}.")
    return pair


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, (np.ndarray, Tensor)) else list(value) if value is not None else None


Salt = Annotated[Any, Kind(salted)]
Weights = Annotated[Any, Kind(_listed)]
LookupMode = Annotated[str, mode("int", *VECTORS)]
Name = Annotated[Any, Kind(inherited=True)]


@fields
class StringLookup(LookupLayer):
    """Strings as their numbers in a vocabulary: ``(...) -> (...)``, int64, or vectors of them.

    Args:
        max_tokens: the greatest number of terms, the mask and the unknown among them; only the most frequent ones of
            `adapt` count.
        num_oov_indices: how many numbers unknown strings have; several are told apart by a hash.
        mask_token: the string that stands for "nothing here": number 0, and in no vector.
        oov_token: what unknown numbers become with `invert`.
        vocabulary: the terms, or the path of a file with one in each line; else `adapt` learns them.
        idf_weights: for ``"tf_idf"``: a factor for each term of `vocabulary`.
        invert: whether to go back, from numbers to text: a ``StringTensor``.
        output_mode: ``"int"``, ``"one_hot"``, ``"multi_hot"``, ``"count"`` or ``"tf_idf"``.
        pad_to_max_tokens: whether vectors have the size `max_tokens` in any case.
        sparse: not supported on torch.
        encoding: that of byte strings.
        salt: one or two integers: unknown strings are told apart by SipHash with this key, else by FarmHash.

    >>> layer = StringLookup(vocabulary=["a", "b"])
    >>> layer([["b", "z"]])
    tensor([[2, 0]])
    """

    max_tokens: int | None = None
    num_oov_indices: int = 1
    mask_token: Any = None
    oov_token: Any = "[UNK]"
    vocabulary: Any = None
    idf_weights: Weights = None
    invert: bool = False
    output_mode: LookupMode = "int"
    pad_to_max_tokens: bool = False
    sparse: bool = False
    encoding: str = "utf-8"
    name: Name = None
    salt: Salt = None

    _text_terms = True

    @property
    def _takes_text(self) -> bool:
        return not self.invert

    def _as_terms(self, value: Any) -> np.ndarray:
        return as_texts(value, self.encoding)

    def _numbers_of(self, inputs: Any) -> Tensor:
        texts = self._as_terms(inputs)
        return on_device(np.array(self.numbers(texts.ravel().tolist()), dtype="int64").reshape(texts.shape))

    def _terms_of(self, numbers: Any) -> Any:
        return StringTensor(super()._terms_of(numbers))

    def numbers(self, texts: list[str]) -> list[int]:
        """The number of each of a list of strings; that of a mask that no number stands for is -1."""
        table, unknown = self._numbers, {}
        if self.mask_token is not None:
            unknown[self.mask_token] = 0 if self.output_mode == "int" else -1
        found = [table.get(text, unknown.get(text)) for text in texts]
        if None not in found:
            return found
        missing = {text for text, number in zip(texts, found, strict=True) if number is None}
        if not self.num_oov_indices:
            self._refuse_unknown(sorted(missing))
        many = self.num_oov_indices > 1
        unknown |= {text: self._unknown(self._hash(text) if many else 0) for text in missing}
        return [unknown[text] if number is None else number for text, number in zip(texts, found, strict=True)]


@fields
class IntegerLookup(LookupLayer):
    """Integers as their numbers in a vocabulary: ``(...) -> (...)``, int64, or vectors of them.

    Args:
        max_tokens: the greatest number of terms, the mask and the unknown among them; only the most frequent ones of
            `adapt` count.
        num_oov_indices: how many numbers unknown integers have; several are told apart by their remainder.
        mask_token: the integer that stands for "nothing here": number 0, and in no vector.
        oov_token: what unknown numbers become with `invert`.
        vocabulary: the integers, or the path of a file with one in each line; else `adapt` learns them.
        vocabulary_dtype: ``"int64"`` or ``"int32"``: the dtype of what `invert` gives.
        idf_weights: for ``"tf_idf"``: a factor for each term of `vocabulary`.
        invert: whether to go back, from numbers to the integers.
        output_mode: ``"int"``, ``"one_hot"``, ``"multi_hot"``, ``"count"`` or ``"tf_idf"``.
        sparse: not supported on torch.
        pad_to_max_tokens: whether vectors have the size `max_tokens` in any case.
        oov_method: ``"floormod"`` (the remainder) or ``"farmhash"``: what tells unknown integers apart.
        salt: one or two integers: unknown integers are told apart by SipHash with this key.
    """

    max_tokens: int | None = None
    num_oov_indices: int = 1
    mask_token: int | None = None
    oov_token: int = -1
    vocabulary: Any = None
    vocabulary_dtype: Annotated[str, choice("int64", "int32")] = "int64"
    idf_weights: Weights = None
    invert: bool = False
    output_mode: LookupMode = "int"
    sparse: bool = False
    pad_to_max_tokens: bool = False
    oov_method: Annotated[str, choice("floormod", "farmhash")] = "floormod"
    salt: Salt = None
    name: Name = None

    def _as_terms(self, value: Any) -> np.ndarray:
        if hasattr(value, "to_numpy"):
            value = value.to_numpy()
        array = value.numpy(force=True) if isinstance(value, Tensor) else np.asarray(value)
        try:
            return array.astype("int64")
        except (TypeError, ValueError):
            raise ValueError(f"expected integers, got {brief(value)}.") from None

    def _use(self, terms: list[Any]) -> None:
        super()._use(terms)
        order = sorted(range(len(terms)), key=terms.__getitem__)
        first = len(self._specials())
        self.__dict__["_sorted"] = torch.tensor([terms[place] for place in order], dtype=torch.int64, device="cpu")
        self.__dict__["_places"] = torch.tensor([first + place for place in order], dtype=torch.int64, device="cpu")

    def _numbers_of(self, inputs: Any) -> Tensor:
        values = inputs.long() if isinstance(inputs, Tensor) else on_device(self._as_terms(inputs))
        terms, numbers = self._sorted.to(values.device), self._places.to(values.device)
        place = torch.searchsorted(terms, values).clamp(max=len(terms) - 1)
        known = terms[place] == values
        found = torch.where(known, numbers[place], self._unknown_numbers(values, known))
        if self.mask_token is None:
            return found
        return torch.where(values == self.mask_token, 0 if self.output_mode == "int" else -1, found)

    def _unknown_numbers(self, values: Tensor, known: Tensor) -> Tensor:
        if not self.num_oov_indices:
            left = values[~known & (values != (self.mask_token if self.mask_token is not None else values + 1))]
            if left.numel():
                self._refuse_unknown(left.tolist())
            return torch.zeros_like(values)
        if self.oov_method == "floormod" and self.salt is None:
            return len(self._specials()) - self.num_oov_indices + values % self.num_oov_indices
        hashed = [self._unknown(self._hash(str(value))) for value in values.flatten().tolist()]
        return torch.tensor(hashed, device=values.device).reshape(values.shape)

    def _terms_of(self, numbers: Any) -> Any:
        found = super()._terms_of(numbers).astype(self.vocabulary_dtype)
        return on_device(found).to(getattr(torch, self.vocabulary_dtype))


_registry.catalogue("layers", StringLookup, IntegerLookup)
