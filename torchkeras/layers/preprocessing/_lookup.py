"""What StringLookup and IntegerLookup share: numbers for the terms of a vocabulary, and vectors made of them."""

import os
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras._errors import brief
from torchkeras._symbolic import KerasTensor
from torchkeras.layers.preprocessing._encoding import ENCODINGS, encoded, encoded_shape
from torchkeras.layers.preprocessing._fingerprints import farm_fingerprint, sip_hash
from torchkeras.layers.preprocessing._vocabulary import VocabularyLayer

VECTORS = (*ENCODINGS, "tf_idf")


class LookupLayer(VocabularyLayer):
    """Terms as their numbers in a vocabulary, or as vectors of them."""

    def call(self, inputs: Any) -> Any:
        self._check_has_terms()
        if hasattr(inputs, "row_splits"):  # rows of different lengths
            return inputs.map_values(self.call)
        if self.invert:
            return self._terms_of(inputs)
        return self._encoded(self._numbers_of(inputs))

    def _check_has_terms(self) -> None:
        if self._terms is None:
            raise RuntimeError(
                f'{type(self).__name__} "{self.name}": there is no vocabulary yet. Call `adapt(data)`, or give '
                "`vocabulary`."
            )

    def _numbers_of(self, inputs: Any) -> Tensor:
        """The number of each term."""
        raise NotImplementedError

    def _encoded(self, numbers: Tensor) -> Tensor:
        if self.output_mode == "int":
            return numbers
        weighted = self.output_mode == "tf_idf"
        mode, dtype = ("count", torch.float32) if weighted else (self.output_mode, torch.int64)
        found = encoded(numbers, mode, self._depth(), dtype)
        if not weighted:
            return found
        weights = torch.zeros(self._depth())
        weights[: len(self._term_weights)] = torch.from_numpy(self._term_weights)
        return found * weights.to(found.device)

    def _depth(self) -> int:
        return int(self.max_tokens) if self.pad_to_max_tokens else self.vocabulary_size()

    def _terms_of(self, numbers: Any) -> np.ndarray:
        numbers = numbers.numpy(force=True) if isinstance(numbers, Tensor) else np.asarray(numbers)
        table = np.empty(self.vocabulary_size() + 1, dtype=object)
        table[:-1], table[-1] = self.get_vocabulary(), self.oov_token
        known = (numbers >= 0) & (numbers < len(table) - 1)
        return table[np.where(known, numbers, len(table) - 1).astype("int64")]

    def _unknown(self, hashed: int) -> int:
        """The number of an unknown term."""
        return len(self._specials()) - self.num_oov_indices + hashed % self.num_oov_indices

    def _hash(self, text: str) -> int:
        made = farm_fingerprint if self.salt is None else sip_hash(tuple(self.salt))
        return made(text.encode())

    def _refuse_unknown(self, terms: Any) -> None:
        raise ValueError(
            f'{type(self).__name__} "{self.name}": with `num_oov_indices=0` all inputs must be in the vocabulary, got '
            f"{brief(terms)}. Take `num_oov_indices=1`."
        )

    # Symbols and configs.

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape if self.output_mode == "int" else encoded_shape(input_shape, self.output_mode, self._depth())

    def compute_output_dtype(self, *args: Any) -> str:
        return "float32" if self.output_mode == "tf_idf" else "int64"

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        if self.invert and self._text_terms:
            raise NotImplementedError(
                f'{type(self).__name__} "{self.name}": text cannot be the output of a model on torch. Call the layer '
                "on what `predict` returns."
            )
        return KerasTensor(self.compute_output_shape(inputs.shape), self.compute_output_dtype())

    _text_terms = False

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "vocabulary_size": self.vocabulary_size()}
        return {"oov_method": "floormod", **config}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        config = checked_config(cls.__name__, config)
        if "oov_method" not in cls.__fields__:
            config.pop("oov_method", None)
        return cls(**config)


def checked_config(owner: str, config: dict[str, Any]) -> dict[str, Any]:
    """The constructor's arguments in a config; a vocabulary has to stand in it, as no file may name another one.

    Raises:
        ValueError: the config names a file.
    """
    config = {key: value for key, value in config.items() if key != "vocabulary_size"}
    if isinstance(config.get("vocabulary"), (str, os.PathLike)):
        raise ValueError(
            f"{owner}: the config names the file {config['vocabulary']!r} as vocabulary, which is not opened. Put the "
            "terms into the config, or make the layer with `vocabulary=` yourself."
        )
    return config


def on_device(numbers: np.ndarray) -> Tensor:
    """Numbers as a tensor on the default device."""
    return torch.as_tensor(numbers, dtype=to_torch_dtype("int64"), device=_settings.device())
