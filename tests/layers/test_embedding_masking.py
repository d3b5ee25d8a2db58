"""Embedding and Masking beyond their rows: masks, errors, given vectors, Keras 2's argument."""

import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import layers


def test_mask_of_zeros_rides_on_the_output() -> None:
    ids = torch.tensor([[1, 2, 0], [0, 0, 3]])
    assert torch.equal(layers.Embedding(4, 2, mask_zero=True)(ids)._keras_mask, ids != 0)
    assert getattr(layers.Embedding(4, 2)(ids), "_keras_mask", None) is None
    values = torch.tensor([[[0.0, 1.0], [0.0, 0.0]]])
    assert torch.equal(layers.Masking()(values)._keras_mask, torch.tensor([[True, False]]))


def test_every_call_makes_the_mask() -> None:
    layer = layers.Embedding(4, 2, mask_zero=True)
    for _ in range(3):
        assert layer(torch.tensor([[1, 0]]))._keras_mask.tolist() == [[True, False]]


@pytest.mark.parametrize("index", [4, -1])
def test_an_index_out_of_range_names_the_layer(index: int) -> None:
    layer = layers.Embedding(4, 2, name="words")
    with pytest.raises(
        IndexError, match=rf'Embedding "words": indices must lie in 0 ... 3 \(input_dim=4\), got {index}'
    ):
        layer(torch.tensor([[1, index]]))


@pytest.mark.parametrize("size", [0, -1, 2.5, "3", True])
def test_sizes(size: object) -> None:
    with pytest.raises(ValueError, match="`input_dim` must be a positive integer"):
        layers.Embedding(size, 2)
    with pytest.raises(ValueError, match="`output_dim` must be a positive integer"):
        layers.Embedding(2, size)


def test_given_vectors() -> None:
    values = np.arange(6, dtype="float32").reshape(3, 2)
    for given in (values, [values]):
        layer = layers.Embedding(3, 2, weights=given)
        assert layer.built
        np.testing.assert_array_equal(layer(torch.tensor([2, 0])).detach().numpy(), values[[2, 0]])
    with pytest.raises(ValueError, match=r"\(3, 2\).*\(2, 3\)"):
        layers.Embedding(3, 2, weights=values.T)


def test_floating_and_boolean_indices_are_read_as_integers() -> None:
    layer = layers.Embedding(3, 2)
    assert torch.equal(layer(torch.tensor([1.0, 2.0])), layer(torch.tensor([1, 2])))


def test_keras_2_input_length_gives_the_shape() -> None:
    with pytest.warns(DeprecationWarning, match="input_length"):
        model = torchkeras.Sequential([layers.Embedding(10, 4, input_length=7), layers.Flatten()])
    assert model.output_shape == (None, 28)


def test_mixed_precision_looks_up_in_the_compute_dtype() -> None:
    layer = layers.Embedding(3, 2, dtype="mixed_bfloat16")
    assert layer(torch.tensor([1])).dtype is torch.bfloat16
    assert layer.embeddings.dtype == "float32"
