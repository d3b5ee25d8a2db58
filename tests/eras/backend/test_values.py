"""Variables, shapes, random numbers, sessions and settings."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras._eras import backend as K


def test_reading_and_setting():
    v = K.variable(np.arange(4.0).reshape(2, 2), name="a/b")
    assert v.dtype == "float32"
    assert K.is_variable(v) and not K.is_variable(v.value)
    K.set_value(v, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(K.get_value(v), [[1, 2], [3, 4]])
    K.batch_set_value([(v, np.zeros((2, 2))), (w := K.variable(1), 5)])
    assert [a.tolist() for a in K.batch_get_value([v, w])] == [[[0, 0], [0, 0]], 5]
    assert K.get_value(0.5) == 0.5
    assert K.eval(v + 1).tolist() == [[1, 1], [1, 1]]
    with pytest.raises(TypeError, match=r"K\.set_value: expected a variable"):
        K.set_value(0.1, 0.2)
    with pytest.raises(ValueError, match="shape"):
        K.set_value(v, [1, 2])


def test_learning_rate():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    rate = K.get_value(model.optimizer.learning_rate)
    assert f"{rate:.3f}" == "0.010"
    K.set_value(model.optimizer.learning_rate, rate * 0.5)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.005)
    assert K.get_value(model.optimizer.iterations) == 0


def test_updates():
    v = K.variable([1.0, 2.0])
    K.update(v, v * 2)
    K.update_add(v, 1)
    K.update_sub(v, [1.0, 0.0])
    assert K.get_value(v).tolist() == [2, 5]
    K.moving_average_update(v, 0.0, 0.5)
    assert K.get_value(v).tolist() == [1, 2.5]
    with pytest.raises(TypeError, match=r"K\.update_add: expected a variable"):
        K.update_add(1.0, 1.0)


def test_shapes():
    x = torch.zeros(2, 3, 4)
    assert K.shape(x)[1:] * 2 == (6, 8)
    assert 12 // K.shape(x)[1:] == (4, 3)
    assert (K.shape(x) * np.array([1, 2, 3])).tolist() == [2, 6, 12]
    assert K.concatenate([K.shape(x)[:-1], [1]]) == (2, 3, 1)
    assert K.stack([K.shape(x)[0], 5]) == (2, 5)
    assert K.prod(K.shape(x)[1:]) == 12
    assert K.reshape(x, K.concatenate([K.shape(x)[:1], [12]])).shape == (2, 12)
    assert K.size(x) == 24
    with pytest.raises(ValueError, match="do not go together"):
        K.shape(x) + (1,)


def test_symbolic_shapes():
    x = keras.Input((3, 4))
    assert K.int_shape(x) == (None, 3, 4)
    assert K.shape(x)[1] == 3
    noise = K.random_normal((K.shape(x)[0], 3, 4))
    assert noise.shape == (None, 3, 4)
    flat = K.reshape(x, (K.shape(x)[0], K.shape(x)[1] * K.shape(x)[2]))
    assert flat.shape == (None, 12)
    tiled = K.tile(x, [1, K.shape(x)[1], 1])
    model = keras.Model(x, [x + noise, flat, tiled, K.size(x), K.zeros((K.shape(x)[0], 2)), K.shape(x)[0] * 2])
    found = model(torch.ones(5, 3, 4))
    assert [tuple(t.shape) for t in found[:3]] == [(5, 3, 4), (5, 12), (5, 9, 4)]
    assert found[3] == 60
    assert found[4].shape == (5, 2)
    assert found[5] == 10


def test_sampling_in_a_lambda():
    def sampling(args):
        mean, log_var = args
        batch, dim = K.shape(mean)[0], K.int_shape(mean)[1]
        return mean + K.exp(0.5 * log_var) * K.random_normal(shape=(batch, dim), mean=0.0, stddev=1.0)

    mean, log_var = keras.Input((2,)), keras.Input((2,))
    z = keras.layers.Lambda(sampling, output_shape=(2,))([mean, log_var])
    assert z.shape == (None, 2)
    found = keras.Model([mean, log_var], z)([torch.zeros(1000, 2), torch.zeros(1000, 2)])
    assert abs(float(found.mean())) < 0.2
    assert 0.8 < float(found.std()) < 1.2


def test_kinds():
    symbol, tensor = K.placeholder(ndim=2), torch.zeros(2)
    assert symbol.shape == (None, None)
    assert K.is_symbolic(symbol) and not K.is_symbolic(tensor)
    assert K.is_placeholder(symbol) and not K.is_placeholder(symbol + 1)
    assert K.is_tensor(symbol) and K.is_tensor(tensor) and not K.is_tensor(np.zeros(2))
    assert K.get_variable_shape(tensor) == (2,)
    assert K.symbolic(len) is K.eager(len) is len
    with pytest.raises(ValueError, match="either a shape or ndim"):
        K.placeholder()
    with pytest.raises(ValueError, match=r"K\.cast_to_floatx: expected numbers"):
        K.cast_to_floatx("a")


def test_made_variables():
    for made in (K.zeros((2, 3)), K.ones((2, 3)), K.random_uniform_variable((2, 3), 1, 2)):
        assert K.is_variable(made)
        assert made.trainable
    assert K.is_variable(K.eye((2, 3)))
    spread = K.random_normal_variable((1000,), 3.0, 0.5, seed=1)
    assert abs(float(K.get_value(K.mean(spread))) - 3) < 0.1


def test_random():
    assert K.random_uniform((1000,), 2, 3).min() >= 2
    assert K.random_uniform((1000,), 0, 5, dtype="int32").max() == 4
    assert K.truncated_normal((1000,)).abs().max() <= 2
    assert K.dtype(K.random_normal((2,), dtype="float64")) == "float64"
    for function in (K.random_binomial, K.random_bernoulli):
        draws = function((1000,), p=0.3)
        assert set(draws.tolist()) == {0.0, 1.0}
        assert 0.2 < float(draws.mean()) < 0.4
    dropped = K.dropout(torch.ones(1000), 0.25)
    assert sorted(set(dropped.tolist())) == [0.0, pytest.approx(4 / 3)]
    rows = K.dropout(torch.ones(50, 4), 0.5, noise_shape=(50, 1), seed=1)
    assert (rows == rows[:, :1]).all()


def test_a_seed_starts_a_stream():
    K.reset_uids()
    first, second = K.random_normal((3,), seed=7), K.random_normal((3,), seed=7)
    assert not torch.equal(first, second)
    K.reset_uids()
    assert torch.equal(first, K.random_normal((3,), seed=7))


def test_session():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    K.set_session(None)
    session = K.get_session()
    with session.as_default(), session.graph.as_default(), K.get_graph().as_default():
        assert session.run(model.output, feed_dict={model.input: [[1.0, 2.0]]}).tolist() == [[3]]
        fetched = session.run([model.layers[0].kernel, None, K.variable(2.0)])
        assert fetched[0].tolist() == [[1], [1]]
        assert fetched[1:] == [None, 2]
    session.graph.finalize()
    session.close()
    assert len(K._get_available_gpus()) == torch.cuda.device_count()
    other = object()
    K.set_session(other)
    assert K.get_session() is other
    K.set_session(None)
    K.manual_variable_initialization(True)


def test_names():
    with K.name_scope("outer/inner"):
        assert K.variable(0.0, name="v").path == "outer_inner/v"
    keras.layers.Dense(1)
    K.reset_uids()
    assert keras.layers.Dense(1).name == "dense"


def test_orderings():
    with pytest.warns(DeprecationWarning, match="set_image_data_format"):
        K.set_image_dim_ordering("th")
    try:
        assert keras.config.image_data_format() == "channels_first"
        with pytest.warns(DeprecationWarning, match="image_data_format"):
            assert K.image_dim_ordering() == "th"
        assert K.normalize_data_format(None) == "channels_first"
        assert K.normalize_data_format("channels_last") == "channels_last"
    finally:
        keras.config.set_image_data_format("channels_last")
    with pytest.raises(ValueError, match="Unknown dim_ordering: 'ft'"):
        K.set_image_dim_ordering("ft")
    with pytest.raises(ValueError, match="must be 'channels_last' or 'channels_first'"):
        K.bias_add(torch.zeros(2, 2), torch.zeros(2), "last")
    assert K._BACKEND == "tensorflow"


def test_arguments_of_keras_1():
    x = torch.zeros(2, 3)
    with pytest.warns(DeprecationWarning, match="`dim=` is now called `axis=`"):
        assert K.expand_dims(x, dim=1).shape == (2, 1, 3)
    with pytest.warns(DeprecationWarning, match="`std=` is now called `stddev=`"):
        K.random_normal((2,), std=0.1)
    images, kernel = torch.zeros(1, 3, 5, 5), torch.zeros(3, 3, 3, 2)
    with pytest.warns(DeprecationWarning, match="is now"):
        found = K.conv2d(images, kernel, border_mode="same", dim_ordering="th")
    assert found.shape == (1, 2, 5, 5)
    with pytest.warns(DeprecationWarning, match="is now"):
        assert K.one_hot(torch.tensor([1]), nb_classes=3).tolist() == [[0, 1, 0]]
    assert K.deconv2d is K.conv2d_transpose
    assert K.pack([x, x]).shape == (2, 2, 3)
    assert K.lesser(x, 1).all() and K.lesser_equal(x, 0).all()
    assert K.asymmetric_temporal_padding(torch.zeros(1, 2, 3), 1, 2).shape == (1, 5, 3)
    assert K.asymmetric_spatial_2d_padding(torch.zeros(1, 2, 2, 1), 1, 0, 2, 1).shape == (1, 3, 5, 1)
    assert K.spatial_2d_padding(torch.zeros(1, 2, 2, 1), (1, 2)).shape == (1, 4, 6, 1)


def test_libraries_below():
    assert K.np is np
    assert K.tf.constant([1, 2]).tolist() == [1, 2]
