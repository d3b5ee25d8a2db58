"""``keras.random`` against real Keras: the numbers of a seed, distributions, errors."""

import copy
import inspect
import pickle

import keras
import numpy as np
import pytest
import torch

from torchkeras import random
from torchkeras._symbolic import KerasTensor

X = torch.arange(12.0).view(4, 3)
EXACT = {
    "normal": lambda r, seed: r.normal((3, 4), 1.0, 2.0, seed=seed),
    "normal float16": lambda r, seed: r.normal((3, 4), dtype="float16", seed=seed),
    "uniform": lambda r, seed: r.uniform((3, 4), -1.0, 3.0, seed=seed),
    "truncated_normal": lambda r, seed: r.truncated_normal((30, 4), 1.0, 2.0, seed=seed),
    "randint": lambda r, seed: r.randint((30,), -5, 10, seed=seed),
    "randint int64": lambda r, seed: r.randint((30,), 0, 10, dtype="int64", seed=seed),
    "categorical": lambda r, seed: r.categorical(X, 8, seed=seed),
    "shuffle": lambda r, seed: r.shuffle(X, seed=seed),
    "shuffle axis 1": lambda r, seed: r.shuffle(X, axis=1, seed=seed),
    "shuffle the last of three axes": lambda r, seed: r.shuffle(X.view(2, 2, 3), axis=2, seed=seed),
    "shuffle the middle of three axes": lambda r, seed: r.shuffle(X.view(2, 3, 2), axis=1, seed=seed),
    "beta float16": lambda r, seed: r.beta((3, 4), 2.0, 3.0, dtype="float16", seed=seed),
    "binomial": lambda r, seed: r.binomial((5,), 9.0, 0.4, seed=seed),
    "gamma": lambda r, seed: r.gamma((3, 4), 2.0, seed=seed),
    "beta": lambda r, seed: r.beta((3, 4), 2.0, 3.0, seed=seed),
    "dropout": lambda r, seed: r.dropout(torch.ones(50), 0.3, seed=seed),
    "dropout with a mask repeated": lambda r, seed: r.dropout(X, 0.5, noise_shape=(4, 1), seed=seed),
}


@pytest.mark.parametrize("seed", [0, 7, 2**31 + 5, -3])
@pytest.mark.parametrize("act", EXACT.values(), ids=EXACT)
def test_numbers_of_a_seed_are_keras(act, seed):
    ours, theirs = act(random, seed), act(keras.random, seed)
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("act", EXACT.values(), ids=EXACT)
def test_seeds(act):
    assert torch.equal(act(random, 3), act(random, 3))
    assert torch.equal(act(random, np.int64(3)), act(random, 3))
    assert not torch.equal(act(random, 3), act(random, 4))
    stream, twin = random.SeedGenerator(3), random.SeedGenerator(3)
    first, second = act(random, stream), act(random, stream)
    assert not torch.equal(first, second)
    assert torch.equal(first, act(random, twin))
    random.set_seed(5)
    first, second = act(random, None), act(random, None)
    assert not torch.equal(first, second)
    random.set_seed(5)
    assert torch.equal(first, act(random, None))


@pytest.mark.parametrize("act", EXACT.values(), ids=EXACT)
def test_seed_generators_give_keras_numbers(act):
    ours, theirs = random.SeedGenerator(11), keras.random.SeedGenerator(11)
    for _ in range(3):
        np.testing.assert_allclose(act(random, ours), act(keras.random, theirs), rtol=1e-5, atol=1e-6)


MOMENTS = [
    ("normal", {"mean": 1.0, "stddev": 2.0}, 1.0, 2.0),
    ("uniform", {"minval": -1.0, "maxval": 3.0}, 1.0, 4 / 12**0.5),
    ("truncated_normal", {"mean": 1.0, "stddev": 2.0}, 1.0, 2 * 0.8796),
    ("gamma", {"alpha": 4.0}, 4.0, 2.0),
    ("beta", {"alpha": 2.0, "beta": 3.0}, 0.4, 0.2),
    ("binomial", {"counts": 10.0, "probabilities": 0.3}, 3.0, 2.1**0.5),
    ("randint", {"minval": 0, "maxval": 11, "dtype": "int32"}, 5.0, 10**0.5),
]


@pytest.mark.parametrize(("name", "kwargs", "mean", "deviation"), MOMENTS, ids=[row[0] for row in MOMENTS])
def test_moments(name, kwargs, mean, deviation):
    draws = getattr(random, name)((200, 200), seed=1, **kwargs).double()
    assert draws.mean().item() == pytest.approx(mean, abs=5 * deviation / 200)
    assert draws.std().item() == pytest.approx(deviation, rel=0.02)


def test_truncated_numbers_stay_within_two_deviations():
    assert random.truncated_normal((100_000,), seed=1).abs().max() <= 2


def test_categorical_follows_the_logits():
    draws = random.categorical(torch.tensor([[0.0, 0.0, -1e9], [-1e9, 0.0, -1e9]]), 2000, seed=1)
    assert draws.dtype == torch.int32
    assert draws[0].bincount(minlength=3).tolist()[2] == 0
    assert (draws[1] == 1).all()


def test_dropout_scales_and_repeats_its_mask():
    x = torch.ones(1000, 8)
    kept = random.dropout(x, 0.25, seed=1)
    assert set(kept.unique().tolist()) == {0.0, torch.tensor(4 / 3).item()}
    assert kept.mean().item() == pytest.approx(1, abs=0.05)
    rows = random.dropout(x, 0.5, noise_shape=(None, 1), seed=1)
    assert torch.equal(rows, rows[:, :1].expand_as(rows))
    assert random.dropout(x, 0.5).unique().tolist() == [0.0, 2.0]


def test_parameters_may_be_tensors():
    assert random.gamma((3, 2), torch.tensor([1.0, 100.0]), seed=1).shape == (3, 2)
    assert random.uniform((2,), torch.zeros(2), torch.tensor([1.0, 2.0]), seed=1).shape == (2,)
    assert random.normal((3,), torch.tensor([0.0, 100.0, 0.0]), 1.0, seed=1)[1] > 50


def test_symbols():
    assert random.dropout(KerasTensor((None, 3)), 0.5).shape == (None, 3)
    assert random.shuffle(KerasTensor((None, 3))).shape == (None, 3)


def test_seed_generator_state_is_keras():
    ours, theirs = random.SeedGenerator(5), keras.random.SeedGenerator(5)
    for _ in range(2):
        assert ours.next().tolist() == theirs.next().tolist()
    assert ours.state.numpy().tolist() == theirs.state.value.tolist()
    assert ours.state.dtype == keras.backend.standardize_dtype(theirs.state.dtype)
    assert not ours.state.trainable
    assert ours.get_config() == {**theirs.get_config(), "name": ours.name}
    assert random.SeedGenerator.from_config(ours.get_config()).seed == 5
    for twin in (copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
        assert torch.equal(random.uniform((3,), seed=twin), random.uniform((3,), seed=copy.deepcopy(ours)))


def test_a_new_generator_without_a_seed_differs():
    assert random.SeedGenerator().seed != random.SeedGenerator().seed


ERRORS = [
    (lambda r: r.SeedGenerator(1.5), "Argument `seed` must be an integer"),
    (lambda r: r.SeedGenerator(5, foo=1), "foo"),
    (lambda r: r.uniform((2,), seed="a"), "Argument `seed` must be either an integer"),
    (lambda r: r.uniform((2,), dtype="int32"), "requires a floating point `dtype`"),
    (lambda r: r.normal((2,), dtype="int32"), "requires a floating point `dtype`"),
    (lambda r: r.randint((2,), 0, 5, dtype="float32"), "requires an integer `dtype`"),
    (lambda r: r.categorical(torch.ones(3), 2), "should be a 2-D tensor"),
]


@pytest.mark.parametrize(("act", "message"), ERRORS, ids=[message for *_, message in ERRORS])
def test_errors(act, message):
    with pytest.raises(ValueError, match=message):
        act(random)
    with pytest.raises((ValueError, NotImplementedError)):
        act(keras.random)


def test_signatures_are_keras():
    public = {name for name in dir(keras.random) if not name.startswith("_")}
    assert public == set(random.__all__)
    for name in public:
        ours, theirs = (inspect.signature(getattr(m, name)).parameters for m in (random, keras.random))
        assert [(p.name, p.default) for p in ours.values()] == [(p.name, p.default) for p in theirs.values()], name


def test_shuffle_counts_axes_from_the_end():
    # Keras' repeats one element there
    assert torch.equal(random.shuffle(X, axis=-1, seed=1), random.shuffle(X, axis=1, seed=1))
