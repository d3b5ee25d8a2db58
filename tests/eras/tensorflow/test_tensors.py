"""Conversion, data types, text, methods of tensors, variables and modules."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import _tensorflow as tf

NUMERIC = [tf.bool, tf.uint8, tf.uint16, tf.uint32, tf.uint64, tf.int8, tf.int16, tf.int32, tf.int64]
NUMERIC += [tf.bfloat16, tf.float16, tf.half, tf.float32, tf.float64, tf.double, tf.complex64, tf.complex128]


@pytest.mark.parametrize("dtype", NUMERIC, ids=str)
def test_data_types_are_those_of_torch(dtype: torch.dtype) -> None:
    assert isinstance(dtype, tf.DType)
    assert tf.zeros((2,), dtype).dtype == dtype
    assert tf.as_dtype(keras.ops.dtype(tf.zeros((2,), dtype))) is dtype


def test_text_is_a_data_type() -> None:
    text = tf.constant(["a", "bc"])
    assert text.dtype == tf.string and isinstance(tf.string, tf.DType) and tf.as_dtype("string") == tf.string
    assert tf.is_tensor(text) and tf.size(text) == 2 and tf.rank(text) == 1 and tf.shape(text).tolist() == [2]
    assert tf.constant("q").numpy() == b"q"
    assert tf.cast(text, tf.string) is text
    with pytest.raises(ValueError, match="flaot32"):
        tf.as_dtype("flaot32")


def test_functions_that_move_elements_move_text() -> None:
    text = tf.constant(["a", "b", "c", "d"])
    assert tf.reshape(text, [2, -1]).tolist() == [[b"a", b"b"], [b"c", b"d"]]
    assert tf.expand_dims(text, -1).shape == (4, 1)
    assert tf.concat([text, text[:1]], axis=0).tolist() == [b"a", b"b", b"c", b"d", b"a"]
    assert tf.gather(text, [3, 0]).tolist() == [b"d", b"a"]
    assert tf.where(tf.equal(text, "b"), text, "-").tolist() == [b"-", b"b", b"-", b"-"]
    assert tf.boolean_mask(text, tf.not_equal(text, "b")).tolist() == [b"a", b"c", b"d"]
    assert sorted(tf.random.shuffle(text).tolist()) == [b"a", b"b", b"c", b"d"]
    assert [part.tolist() for part in tf.split(text, 2, name="parts")] == [[b"a", b"b"], [b"c", b"d"]]


def test_arrays_are_copied() -> None:
    array = np.zeros(2, "float32")
    constant, converted = tf.constant(array), tf.convert_to_tensor(array)
    array[0] = 1
    assert constant.tolist() == converted.tolist() == [0.0, 0.0]


def test_new_tensors_are_on_the_default_device() -> None:
    with keras.device("meta"):
        made = [
            tf.constant(np.ones(2)),
            tf.constant([1, 2]),
            tf.convert_to_tensor(np.ones(2)),
            tf.zeros((2,)),
            tf.range(3),
        ]
        made += [tf.fill((2,), 1.0), tf.one_hot([1], 3), tf.eye(2), tf.linspace(0.0, 1.0, 3), tf.random.normal((2,))]
        made += [tf.random.uniform((2,)), tf.signal.hann_window(4), tf.sequence_mask([1], 3), tf.Variable([1.0]).value]
        assert {tensor.device.type for tensor in made} == {"meta"}
        x = tf.zeros((2, 3))
        assert tf.concat([tf.shape(x)[:-1], [5]], 0).tolist() == [2, 5]  # sizes stay on the host
        assert tf.reshape(x, [tf.shape(x)[0], -1, 1]).shape == (2, 3, 1)


def test_methods_of_tensors() -> None:
    tensor, symbol = tf.zeros((2, 3)), keras.Input((3,))
    assert tensor.get_shape().as_list() == [2, 3] and symbol.get_shape().as_list() == [None, 3]
    tensor.set_shape((None, 3))
    symbol.set_shape([4, 3])
    with pytest.raises(ValueError, match="set_shape"):
        tensor.set_shape((3, 3))
    assert {tensor.ref(): 1}[tensor.experimental_ref()] == 1 and tensor.ref().deref() is tensor
    assert tensor.eval().shape == (2, 3)
    assert isinstance(tensor, tf.Tensor) and not isinstance(symbol, tf.Tensor)
    assert tf.is_symbolic_tensor(symbol) and not tf.is_symbolic_tensor(tensor)
    assert tf.newaxis is None
    assert not isinstance(tensor, tf.IndexedSlices)
    assert tf.IndexedSlices(tensor, [0, 1]).values is tensor


def test_shapes_that_do_not_go_together() -> None:
    with pytest.raises(ValueError, match=r"ensure_shape: the tensor has shape \(2, 3\)"):
        tf.ensure_shape(tf.zeros((2, 3)), [2, 4])
    with pytest.raises(ValueError, match="unknown"):
        tf.TensorShape(None).as_list()
    assert str(tf.TensorShape([None, 3])) == "(None, 3)" and repr(tf.TensorShape(None)) == "TensorShape(None)"
    assert tf.TensorShape([None, 3])[1].value == 3 and tf.TensorShape([2, 3]).ndims == 2
    assert tf.TensorShape([2, 3]).dims == [2, 3] and tf.TensorShape([2, 3]) == (2, 3)
    assert tf.compat.dimension_value(tf.TensorShape([None, 3])[1]) == 3
    assert tf.compat.dimension_at_index(tf.TensorShape([None, 3]), 0) is None


def test_specs() -> None:
    spec = tf.TensorSpec.from_tensor(tf.zeros((2, 3)))
    assert spec == tf.type_spec_from_value(tf.ones((2, 3)))
    assert spec == tf.TensorSpec([2, 3]) and repr(spec) == "TensorSpec(shape=(2, 3), dtype=tf.float32, name=None)"
    assert isinstance(tf.data.Dataset.from_tensor_slices(np.zeros((2, 3))).element_spec, tf.TensorSpec)
    assert not spec.is_compatible_with(tf.zeros((2, 3), tf.int32))


def test_sizes_of_symbolic_tensors_are_known_when_the_model_runs() -> None:
    x = keras.Input((4, 6))
    batch = tf.shape(x)[0]
    assert tf.shape(x)[1:] * 2 == (8, 12)
    parts = [
        tf.reshape(x, (batch, tf.shape(x)[1] * 6)),
        tf.zeros((batch, 2)),
        tf.broadcast_to(tf.ones((1, 5)), [batch, 5]),
        tf.tile(tf.ones((1, 2)), [batch, 2]),
        tf.fill([batch, 3], 7.0),
        tf.random.normal([batch, 3]),
        tf.cast(batch, tf.float32) * tf.ones((1,)),
    ]
    assert [part.shape for part in parts[:6]] == [(None, 24), (None, 2), (None, 5), (None, 4), (None, 3), (None, 3)]
    found = keras.Model(x, parts)(np.ones((3, 4, 6), "float32"))
    assert [tuple(part.shape) for part in found[:6]] == [(3, 24), (3, 2), (3, 5), (3, 4), (3, 3), (3, 3)]
    assert found[6].tolist() == [3.0]
    with pytest.raises(ValueError, match="put the computation into a layer"):
        tf.zeros((batch * 2, 2))


def test_shapes_in_a_layer_of_ones_own() -> None:
    class Positions(keras.layers.Layer):
        def call(self, x: torch.Tensor) -> torch.Tensor:
            batch, length = tf.shape(x)[0], tf.shape(x)[1]
            places = tf.tile(tf.range(length)[tf.newaxis], [batch, 1])
            return tf.reshape(x, [batch, length * x.shape[-1]]) + tf.cast(tf.reduce_sum(places), x.dtype)

    inputs = keras.Input((5, 2))
    model = keras.Model(inputs, Positions()(inputs))
    assert model.output.shape == (None, 10)
    assert model(np.zeros((3, 5, 2), "float32")).tolist() == [[30.0] * 10] * 3


def test_variables() -> None:
    v = tf.Variable([1.0, 2.0], name="block/w:0", constraint=keras.constraints.NonNeg())
    assert v.name == "w" and v.get_shape() == (2,) and v.device == "/device:CPU:0" and v.initializer is None
    assert (
        v.dtype == tf.float32 == v.dtype and v.dtype == "float32" and v.dtype != tf.int32 and v.dtype.name == "float32"
    )
    assert v.assign_add([1.0, 1.0]) is v and v.eval().tolist() == [2.0, 3.0]
    assert v.initialized_value().tolist() == [2.0, 3.0]
    assert {v.ref(): 1}[v.experimental_ref()] == 1
    layer = keras.layers.Dense(1)
    layer.build((None, 2))
    assert isinstance(layer.kernel, tf.Variable)
    assert tf.VariableAggregation.MEAN == "mean" and tf.VariableSynchronization.AUTO == "auto"
    with pytest.raises(ValueError, match="`initial_value` is needed"):
        tf.Variable()
    with pytest.raises(ValueError, match="`shape` is"):
        tf.Variable([1.0], shape=(2,))


def test_a_variable_in_a_layer_of_ones_own_is_trained_and_saved() -> None:
    class Scale(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.scale = tf.Variable(1.0, name="scale")

        def call(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.scale

    model = keras.Sequential([keras.layers.Input((1,)), Scale()])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.fit(np.ones((4, 1)), 3 * np.ones((4, 1)), epochs=40, verbose=0)
    assert len(model.trainable_variables) == 1 and float(model.layers[0].scale) == pytest.approx(3.0, abs=0.01)


def test_modules_find_what_is_in_them() -> None:
    class Inner(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = [tf.Variable(1.0), {"b": tf.Variable(2, trainable=False)}]

        @tf.Module.with_name_scope
        def __call__(self, x: float) -> torch.Tensor:
            return self.w[0] * x

    class Outer(tf.Module):
        def __init__(self) -> None:
            super().__init__(name="outer")
            self.layer = keras.layers.Dense(2)
            self.layer.build((None, 3))
            self.inner = Inner()
            self.again = self.inner

    module = Outer()
    assert module.name == "outer" and Inner().name.startswith("inner")
    assert len(module.variables) == 4 and len(module.trainable_variables) == 3
    assert len(module.non_trainable_variables) == 1
    assert module.submodules == (module.inner, module.layer)
    with module.name_scope:
        assert tf.Variable(1.0, name="v").path == "outer/v"
    assert module.inner(3.0) == 3.0


def test_structures() -> None:
    assert tf.nest.is_nested([1]) and not tf.nest.is_nested(1)
    tf.nest.assert_same_structure({"a": [1, 2]}, {"a": [3, 4]})
    with pytest.raises(ValueError, match="mismatch"):
        tf.nest.assert_same_structure([1, 2], [1, [2]])


def test_initializers_of_the_root() -> None:
    assert tf.random_normal_initializer(0.0, 0.02, seed=1)((3,)).shape == (3,)
    assert tf.random_uniform_initializer(-1, 1, seed=1)((3,)).abs().max() <= 1


def test_printing(capsys: pytest.CaptureFixture[str]) -> None:
    tf.print(
        "loss:", tf.constant(0.5), [tf.range(20), "x"], {"v": tf.Variable([1, 2])}, output_stream="stdout", sep="|"
    )
    out = capsys.readouterr().out
    assert out == "loss:|0.5|[[ 0  1  2 ... 17 18 19], 'x']|{'v': [1 2]}\n"
    tf.print(tf.constant([1, 2]), end="!")
    assert capsys.readouterr().err == "[1 2]!"
    assert float(tf.timestamp()) > 1e9
    assert tf.get_logger().name == "tensorflow"
