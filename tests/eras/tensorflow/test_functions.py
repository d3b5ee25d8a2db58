"""``tf.function``, control flow, scopes and contexts, random numbers."""

from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import _tensorflow as tf
from torchkeras.ops._torch_functions import OTHERS, torch_function


def test_functions_run_eagerly_and_get_tensors() -> None:
    kinds = []

    @tf.function
    def f(x: object, n: object = None, *, flag: bool = True) -> object:
        """Its text."""
        kinds.append((type(x), type(n)))
        return x

    assert f.__name__ == "f" and f.__doc__ == "Its text."
    f(np.ones(2), 3)
    f(tf.ones(2), n=[np.ones(2)])
    assert kinds == [(torch.Tensor, int), (torch.Tensor, list)]
    with pytest.raises(NotImplementedError, match=r"model\.save\('model\.keras'\)"):
        f.get_concrete_function(tf.TensorSpec([2]))
    assert f.python_function(5) == 5


def test_functions_are_methods_with_and_without_a_signature() -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(1)

        @tf.function(jit_compile=True)
        def call(self, x: torch.Tensor, training: bool | None = None) -> torch.Tensor:
            return self.dense(x) * (2 if training else 1)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.int32)])
        def scaled(self, x: torch.Tensor, n: torch.Tensor) -> torch.Tensor:
            assert x.dtype == torch.float32 and n.dtype == torch.int32
            return x * n

    model = Own()
    plain = model(tf.ones((1, 2)))
    assert (model(tf.ones((1, 2)), training=True) == 2 * plain).all()
    assert model.scaled([1, 2], 3).tolist() == [3.0, 6.0]


def test_control_flow_that_finds_no_branch() -> None:
    with pytest.raises(ValueError, match="no `default`"):
        tf.case([(tf.constant(False), lambda: 1)])
    with pytest.raises(IndexError, match="dynamic_size=True"):
        tf.TensorArray(tf.float32, 1).write(3, 1.0)
    with pytest.raises(ValueError, match="nobody wrote"):
        tf.TensorArray(tf.float32, 1).read(0)


def test_conditions_of_symbolic_tensors_are_computed_when_the_model_runs() -> None:
    x = keras.Input((2,))
    model = keras.Model(x, tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2, lambda: x * 0))
    assert model(tf.ones((1, 2))).tolist() == [[2.0, 2.0]] and model(-tf.ones((1, 2))).tolist() == [[0.0, 0.0]]


def test_scopes() -> None:
    with tf.name_scope("outer/inner") as scope, tf.compat.v1.variable_scope("more", reuse=True):
        assert scope == "outer/inner/" and tf.Variable(1.0, name="v").path == "outer/inner/more/v"
    for name in ("/cpu:0", "/device:CPU:0", "/job:localhost/replica:0/task:0/device:GPU:7", "/TPU:0", None):
        with tf.device(name):
            assert tf.zeros(2).device.type in ("cpu", "cuda")
    with tf.control_dependencies([tf.no_op()]), tf.init_scope():
        assert tf.group(tf.constant(1), tf.constant(2)) is None
    with tf.Graph().as_default() as graph, graph.device("/cpu:0"), graph.name_scope("g"):
        assert tf.Variable(1.0, name="v").path == "g/v"
    assert tf.Graph().get_operations() == [] and tf.Graph().finalize() is None
    assert isinstance(tf.compat.v1.get_default_graph(), tf.Graph)
    assert tf.no_gradient("Op") is None


def test_the_global_seed_begins_everything_anew() -> None:
    def numbers() -> list[torch.Tensor]:
        tf.random.set_seed(5)
        model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
        return [
            tf.random.normal((3,), mean=1.0, stddev=2.0),
            tf.random.uniform((3,), -1, 1),
            tf.random.uniform((3,), maxval=9, dtype=tf.int32),
            tf.random.truncated_normal((3,), stddev=0.1),
            tf.random.gamma((3,), [0.5, 1.5], beta=2.0),
            tf.random.poisson((3,), [1.0, 10.0]),
            tf.random.categorical(tf.math.log([[0.2, 0.8]]), 4),
            tf.random.multinomial([[0.0, 1.0]], 2),
            tf.random.shuffle(tf.range(8)),
            tf.random.normal((2,), seed=3),
            tf.random.normal((2,), seed=3),
            tf.constant(model.get_weights()[0]),
        ]

    first, second = numbers(), numbers()
    for one, other in zip(first, second):
        assert torch.equal(one, other)
    assert not torch.equal(first[9], first[10])
    assert first[4].shape == (3, 2) and first[5].shape == (3, 2) and first[6].shape == (1, 4)
    assert first[6].dtype == torch.int64 and sorted(first[8].tolist()) == list(range(8))


def test_random_numbers_have_the_moments_asked_for() -> None:
    tf.random.set_seed(1)
    normal = tf.random.normal((20000,), mean=3.0, stddev=2.0)
    assert float(normal.mean()) == pytest.approx(3.0, abs=0.1) and float(normal.std()) == pytest.approx(2.0, abs=0.1)
    assert float(tf.random.poisson((20000,), 4.0).mean()) == pytest.approx(4.0, abs=0.1)
    assert float(tf.random.gamma((20000,), 3.0, beta=2.0).mean()) == pytest.approx(1.5, abs=0.05)
    whole = tf.random.uniform((20000,), 2, 5, dtype=tf.int64)
    assert set(whole.tolist()) == {2, 3, 4} and whole.dtype == torch.int64
    with pytest.raises(ValueError, match="needs `maxval`"):
        tf.random.uniform((2,), dtype=tf.int32)


def test_stateless_numbers_are_the_same_each_time() -> None:
    makers = (
        lambda seed: tf.random.stateless_normal((3,), seed=seed),
        lambda seed: tf.random.stateless_uniform((3,), seed=seed),
        lambda seed: tf.random.stateless_truncated_normal((3,), seed=seed),
        lambda seed: tf.random.stateless_categorical([[0.0] * 50], 9, seed=seed),
        lambda seed: tf.random.split(seed, 3),
        lambda seed: tf.random.fold_in(seed, 7),
    )
    for make in makers:
        assert torch.equal(make([1, 2]), make(tf.constant([1, 2]))) and not torch.equal(make([1, 2]), make([2, 1]))


def test_generators_have_a_state_of_their_own() -> None:
    one, other = tf.random.Generator.from_seed(1), tf.random.Generator.from_seed(1)
    assert torch.equal(one.normal((3,)), other.normal((3,)))
    assert torch.equal(one.uniform((3,), maxval=4, dtype=tf.int32), other.uniform((3,), maxval=4, dtype=tf.int32))
    assert torch.equal(one.truncated_normal((3,)), tf.random.Generator(copy_from=other).truncated_normal((3,)))
    one.reset_from_seed(1)
    assert not torch.equal(one.normal((3,)), other.normal((3,)))
    assert one.make_seeds(2).shape == (2, 2) and len(one.split(3)) == 3 and one.state.shape == (2,)
    tf.random.set_global_generator(one)
    assert tf.random.get_global_generator() is one
    assert isinstance(one, tf.random.experimental.Generator)
    assert tf.random.Generator.from_non_deterministic_state().normal((2,)).shape == (2,)


def test_negative_samples_of_word2vec() -> None:
    sampled, expected, of_sampled = tf.random.log_uniform_candidate_sampler(
        true_classes=[[3]], num_true=1, num_sampled=4, unique=True, range_max=10, seed=1
    )
    assert len(set(sampled.tolist())) == 4 and expected.shape == (1, 1) and of_sampled.shape == (4,)


def test_dropout_keeps_the_sum_on_average() -> None:
    tf.random.set_seed(0)
    for dropped in (tf.nn.dropout(tf.ones((100, 100)), rate=0.4), tf.nn.dropout(tf.ones((100, 100)), keep_prob=0.6)):
        assert float(tf.reduce_mean(dropped)) == pytest.approx(1.0, abs=0.05) and (dropped == 0).any()


def test_the_greedy_decoder() -> None:
    logits = tf.math.log(tf.one_hot([[0], [0], [2], [1]], 3) + 1e-6)
    (decoded,), _ = tf.nn.ctc_greedy_decoder(logits, [4])
    assert [number for number in decoded[0].tolist() if number >= 0] == [0, 1]


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_models_with_these_functions_are_saved(suffix: str, tmp_path: Path) -> None:
    x = keras.Input((4, 6))
    batch = tf.shape(x)[0]
    y = tf.nn.l2_normalize(tf.clip_by_value(x, 0.2, 0.8), axis=-1)
    y = tf.concat([y, tf.cumsum(x, axis=1, exclusive=True)], axis=-1) * tf.one_hot(tf.cast(x[:, :1, 0], tf.int32), 12)
    model = keras.Model(x, [tf.reshape(y, (batch, 48)), tf.cast(tf.reduce_mean(y, axis=[1, 2]) > 0.5, tf.float32)])
    model.save(tmp_path / f"model.{suffix}")
    again = keras.models.load_model(tmp_path / f"model.{suffix}")
    data = np.random.RandomState(0).rand(3, 4, 6).astype("float32")
    for one, other in zip(model.predict(data, verbose=0), again.predict(data, verbose=0), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_file_that_names_an_unknown_function_says_how_to_load_it() -> None:
    with pytest.raises(ValueError, match="has imported tensorflow under the runner"):
        torch_function("tensorflow.no_such")


def test_functions_that_files_may_name_only_compute() -> None:
    barred = ("read", "write", "file", "py_func", "numpy_func", "print")
    assert not any(part in name for name in OTHERS for part in barred)
