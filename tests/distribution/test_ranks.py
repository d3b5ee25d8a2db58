"""What the ranks of a job have in common, and what not."""

import functools
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset, DistributedSampler, IterableDataset, TensorDataset

import torchkeras as keras
from torchkeras import _ranks


def test_one_process_is_the_first_of_one() -> None:
    assert (_ranks.rank(), _ranks.world_size(), _ranks.is_first(), _ranks.start()) == (0, 1, True, False)
    thing = object()
    assert _ranks.broadcast(thing) is thing and _ranks.gather(thing) == [thing]
    assert _ranks.total(torch.ones(2)).tolist() == [1, 1] and not torch.distributed.is_initialized()
    _ranks.barrier()


def test_ranks_talk(on_ranks: Any) -> None:
    def talk() -> Any:
        _ranks.barrier()
        sent = _ranks.send(torch.full((2,), 5.0 + _ranks.rank())).tolist()
        return (
            _ranks.broadcast({"from": _ranks.rank()}),
            _ranks.gather(_ranks.rank()),
            _ranks.total(torch.ones(1)),
            sent,
        )

    assert on_ranks(3, talk) == [({"from": 0}, [0, 1, 2], torch.tensor([3.0]), [5.0, 5.0])] * 3


def model_of(*layers: Any, **options: Any) -> Any:
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(**{"optimizer": keras.optimizers.SGD(0.1), "loss": "mse", **options})
    return model


class Rows(keras.callbacks.Callback):
    """Counts the rows that the model sees in training."""

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        self.seen: list[int] = []
        model.register_forward_pre_hook(
            lambda module, args: self.seen.append(len(args[0])) if module.training else None
        )


def test_weights_begin_as_those_of_the_first_rank(on_ranks: Any) -> None:
    def train() -> Any:
        keras.utils.set_random_seed(_ranks.rank())
        model = model_of(keras.layers.Dense(3), optimizer=keras.optimizers.SGD(0.0))
        model.fit(np.ones((8, 4)), np.ones((8, 3)), verbose=0)
        return model.get_weights()[0], keras.random.uniform((1,)).item()

    first, second = on_ranks(2, train)
    np.testing.assert_array_equal(first[0], second[0])
    assert first[1] == second[1]  # what is drawn outside of steps


@pytest.mark.parametrize("seed", [None, 5])
def test_dropout_differs_between_ranks(on_ranks: Any, seed: int | None) -> None:
    def train() -> Any:
        seen = []
        drop = keras.layers.Dropout(0.5, seed=seed)
        drop.register_forward_hook(lambda module, args, output: seen.append(output.detach() != 0))
        model = model_of(drop, keras.layers.Dense(1))
        model.fit(np.ones((64, 4), "float32"), np.ones((64, 1)), batch_size=16, epochs=1, verbose=0)
        return [mask.numpy() for mask in seen if mask.shape == (8, 4)], model.get_weights()

    (masks, weights), (others, same) = on_ranks(2, train)
    assert len(masks) == 4 and not any(np.array_equal(a, b) for a in masks[1:] for b in others[1:])
    np.testing.assert_array_equal(weights[0], same[0])


def test_moving_statistics_are_alike_after_an_epoch(on_ranks: Any) -> None:
    x = np.random.default_rng(0).normal(2, 3, (32, 4)).astype("float32")

    def train() -> Any:
        model = model_of(keras.layers.BatchNormalization(momentum=0.5), keras.layers.Dense(1))
        model.fit(x, x[:, :1], batch_size=32, epochs=1, shuffle=False, verbose=0)
        return model.layers[0].moving_mean.numpy(), model.evaluate(x, x[:, :1], verbose=0)

    first, second = on_ranks(2, train)
    np.testing.assert_allclose(first[0], x.mean(0) * 0.5, rtol=1e-5)
    np.testing.assert_array_equal(first[0], second[0])
    assert first[1] == second[1]


class Numbers(Dataset[Any]):
    def __len__(self) -> int:
        return 21

    def __getitem__(self, index: int) -> Any:
        return torch.full((4,), float(index)), torch.zeros(1)


def test_a_distributed_sampler_shards_by_itself(on_ranks: Any) -> None:
    def train() -> Any:
        sampler = DistributedSampler(Numbers(), _ranks.world_size(), _ranks.rank(), shuffle=False)
        model, rows = model_of(keras.layers.Dense(1)), Rows()
        history = model.fit(DataLoader(Numbers(), 4, sampler=sampler), epochs=1, verbose=0, callbacks=[rows])
        return rows.seen, history.history, model.get_weights()[0]

    first, second = on_ranks(2, train)
    assert first[0] == second[0] == [4, 4, 3]
    assert first[1] == second[1]
    np.testing.assert_array_equal(first[2], second[2])


class Uneven(IterableDataset[Any]):
    """Four batches on the first rank, two on the second."""

    def __iter__(self) -> Iterator[Any]:
        for index in range(16 - 8 * _ranks.rank()):
            yield torch.full((4,), index + 100.0 * _ranks.rank()) / 200, torch.ones(1)


def test_uneven_shards_neither_hang_nor_drop(on_ranks: Any) -> None:
    def train() -> Any:
        model = model_of(keras.layers.Dense(1, kernel_initializer="ones"))
        history = model.fit(DataLoader(Uneven(), 4), epochs=2, verbose=0)
        return history.history, model.get_weights()[0], model.evaluate(DataLoader(Uneven(), 4), verbose=0)

    first, second = on_ranks(2, train)
    np.testing.assert_array_equal(first[1], second[1])
    assert first[0] == second[0] and first[2] == second[2]

    model = model_of(keras.layers.Dense(1, kernel_initializer="ones"))
    rows = [torch.arange(16) / 200, (torch.arange(8) + 100) / 200]
    batches = [torch.cat([part[at : at + 4] for part in rows])[:, None].repeat(1, 4) for at in (0, 4, 8, 12)]

    def whole() -> Iterator[Any]:
        for batch in batches * 2:
            yield batch, torch.ones(len(batch), 1)

    history = model.fit(whole(), steps_per_epoch=4, epochs=2, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], first[1], atol=1e-6)
    np.testing.assert_allclose(history.history["loss"], first[0]["loss"], atol=1e-6)


def test_each_rank_sees_its_rows_alone(on_ranks: Any) -> None:
    data = TensorDataset(torch.ones(10, 4), torch.ones(10, 1))

    def train() -> Any:
        model, rows, loaded = model_of(keras.layers.Dense(1)), Rows(), Rows()
        model.fit(np.ones((10, 4)), np.ones((10, 1)), batch_size=6, verbose=0, callbacks=[rows])
        other = model_of(keras.layers.Dense(1))
        other.fit(DataLoader(data, 6), verbose=0, callbacks=[loaded])
        return rows.seen, loaded.seen

    assert on_ranks(2, train) == [([3, 2], [3, 2])] * 2
    assert on_ranks(4, train) == [([2, 1], [2, 1])] * 2 + [([1, 1], [1, 1])] * 2


@pytest.mark.parametrize("epoch", [False, True], ids=["within", "after"])
def test_one_rank_stops_all(on_ranks: Any, epoch: bool) -> None:
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.batch = batch
            if not epoch and _ranks.rank() == 1 and batch == 2:
                self.model.stop_training = True

        def on_epoch_end(self, number: int, logs: Any = None) -> None:
            if _ranks.rank() == 1:
                self.model.stop_training = True

    def train() -> Any:
        stop = Stop()
        model = model_of(keras.layers.Dense(1))
        history = model.fit(np.ones((64, 4)), np.ones((64, 1)), batch_size=8, epochs=4, verbose=0, callbacks=[stop])
        return len(history.epoch), stop.batch

    assert on_ranks(2, train) == [(1, 7 if epoch else 2)] * 2


def test_only_the_first_rank_prints(on_ranks: Any) -> None:
    def train() -> str:
        import contextlib
        import io

        with contextlib.redirect_stdout(io.StringIO()) as printed:
            model_of(keras.layers.Dense(1)).fit(np.ones((8, 4)), np.ones((8, 1)), verbose=2)
        return printed.getvalue()

    first, second = on_ranks(2, train)
    assert "loss:" in first and second == ""


def test_other_weights_on_another_rank_are_refused(on_ranks: Any) -> None:
    def train() -> None:
        model_of(keras.layers.Dense(1 + _ranks.rank())).fit(np.ones((8, 4)), np.ones((8, 1)), verbose=0)

    with pytest.raises(AssertionError, match="expected the same weights on all ranks"):
        on_ranks(2, train)


def test_ranks_skip_steps_that_overflow_together(on_ranks: Any) -> None:
    x = np.ones((16, 4), "float32")
    x[12:] = 1e30  # rows of the second rank: their loss is infinite

    def train() -> Any:
        optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1), initial_scale=4.0)
        model = model_of(keras.layers.Dense(1, kernel_initializer="ones"), optimizer=optimizer)
        model.fit(x, np.ones((16, 1)), batch_size=16, shuffle=False, verbose=0)
        return model.get_weights()[0], float(optimizer.dynamic_scale)

    for weights, scale in on_ranks(2, train):
        assert (weights == 1).all() and scale == 2


def test_a_rank_that_fails_ends_the_others(on_ranks: Any) -> None:
    class Fail(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 3 and _ranks.rank() == 1:
                raise ArithmeticError("the second rank is dead")

    def train() -> None:
        model_of(keras.layers.Dense(1)).fit(np.ones((64, 4)), np.ones((64, 1)), 8, verbose=0, callbacks=[Fail()])

    begin = time.monotonic()
    with pytest.raises(AssertionError, match=r"(?s)rank 0:.*rank 1:.*the second rank is dead"):
        on_ranks(2, train)
    assert time.monotonic() - begin < 30


def test_compiled_steps_run_as_they_are(on_ranks: Any) -> None:
    def train(jit_compile: bool) -> Any:
        keras.utils.set_random_seed(1)
        model = model_of(keras.layers.Dense(2), jit_compile=jit_compile)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            model.fit(np.ones((12, 4)), np.ones((12, 2)), batch_size=4, verbose=0)
        return model.get_weights()[0], [str(warning.message) for warning in told]

    plain, compiled = (on_ranks(2, functools.partial(train, flag)) for flag in (False, True))
    assert [told for _, told in plain] == [[], []] and [len(told) for _, told in compiled] == [1, 0]
    for (wanted, _), (found, _) in zip(plain, compiled):
        np.testing.assert_array_equal(found, wanted)


def test_ranks_of_mixed_precision_stay_alike(on_ranks: Any) -> None:
    def train() -> Any:
        keras.utils.set_random_seed(1)
        keras.config.set_dtype_policy("mixed_bfloat16")
        x = np.random.default_rng(0).normal(size=(36, 4)).astype("float32")
        model = model_of(keras.layers.Dense(8, "relu"), keras.layers.Dense(1))
        model.fit(x, x[:, :1], batch_size=5, epochs=3, verbose=0)
        return model.get_weights()[0]

    first, second = on_ranks(2, train)
    np.testing.assert_array_equal(first, second)
    before = keras.config.dtype_policy()
    np.testing.assert_allclose(train(), first, atol=0.02)
    keras.config.set_dtype_policy(before)
