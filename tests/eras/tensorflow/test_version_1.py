"""What scripts of TensorFlow 1 do around Keras: sessions and graphs that are nothing, flags, old names."""

import logging
import sys
from typing import Any

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import _tensorflow as tf

tf1 = tf.compat.v1


def test_the_boilerplate_of_sessions() -> None:
    config = tf1.ConfigProto(allow_soft_placement=True, gpu_options=tf1.GPUOptions(allow_growth=True))
    config.gpu_options.per_process_gpu_memory_fraction = 0.4
    config.graph_options.optimizer_options.global_jit_level = 1
    assert config.allow_soft_placement and tf1.RunOptions(trace_level=tf1.RunOptions.FULL_TRACE).trace_level == 3
    with tf1.Graph().as_default(), tf1.Session(config=config) as session:
        assert session.run(tf1.global_variables_initializer()) is None
        assert session.run([tf1.local_variables_initializer(), tf1.tables_initializer()]) == [None, None]
        assert tf1.initialize_all_variables() is None is tf1.variables_initializer([])
        value, text = session.run([tf.constant([1.0, 2.0]), {"v": tf.Variable(3)}])
        assert type(value) is np.ndarray and value.tolist() == [1.0, 2.0] and text["v"] == 3
        with session.as_default():
            assert tf.constant(4.0).eval() == 4.0
    session.close()
    assert session.list_devices() == [] and session.graph is tf1.get_default_graph()
    assert isinstance(tf1.get_default_session(), tf1.Session) and tf1.InteractiveSession().run(2) == 2


def test_a_session_runs_the_graph_of_a_model() -> None:
    x = keras.Input((2,))
    model = keras.Model(x, keras.layers.Dense(1, kernel_initializer="ones")(x))
    y, both = tf1.Session().run([model.output, model.output * 2], feed_dict={x: np.ones((3, 2))})
    assert y.tolist() == [[2.0]] * 3 and both.tolist() == [[4.0]] * 3


def test_switches_of_the_two_versions() -> None:
    for switch in (tf1.enable_eager_execution, tf1.enable_v2_behavior, tf1.enable_v2_tensorshape):
        assert switch() is None
    for switch in (tf1.disable_v2_tensorshape, tf1.enable_resource_variables, tf1.disable_resource_variables):
        assert switch() is None
    for switch in (tf1.enable_control_flow_v2, tf1.disable_control_flow_v2, tf1.reset_default_graph):
        assert switch() is None
    assert tf1.executing_eagerly_outside_functions() and tf1.add_to_collection("x", 1) is None
    for switch in (tf1.disable_eager_execution, tf1.disable_v2_behavior):
        with pytest.warns(UserWarning, match="runs everything eagerly") as caught:
            switch()
        assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "name",
    ["get_collection", "global_variables", "placeholder", "placeholder_with_default", "trainable_variables"],
)
def test_graphs_are_refused(name: str) -> None:
    refused = [tf1.get_collection, tf1.global_variables, tf1.placeholder, tf1.placeholder_with_default]
    assert getattr(tf1, name) in [*refused, tf1.trainable_variables]
    with pytest.raises(NotImplementedError, match=f"tf.{name} builds a graph"):
        getattr(tf1, name)(tf.float32, shape=(None, 3))
    with pytest.raises(NotImplementedError, match="Call the function"):
        tf1.wrap_function(len, [])


def test_old_names_at_the_root_say_where_they_are_today() -> None:
    vars(tf).pop("set_random_seed", None)
    with pytest.warns(DeprecationWarning, match=r"today it is tf\.compat\.v1\.set_random_seed") as caught:
        tf.set_random_seed(1)
    assert caught[0].filename == __file__
    tf.set_random_seed(2)  # and only once


def test_random_numbers_and_initializers_by_their_old_names() -> None:
    for make in (tf1.random_normal, tf1.random_uniform, tf1.truncated_normal):
        assert make([2, 3], seed=1, name="x").shape == (2, 3)
    assert tf1.random_gamma([2], 1.0).shape == (2,) and tf1.random_poisson([2], 1.0).shape == (2,)
    assert sorted(tf1.random_shuffle([3, 1, 2]).tolist()) == [1, 2, 3]
    assert tf1.multinomial([[0.0, 0.0]], 5).shape == (1, 5)
    assert tf1.to_bfloat16([1.0]).dtype == tf.bfloat16
    makers = [tf1.glorot_normal_initializer, tf1.glorot_uniform_initializer, tf1.orthogonal_initializer]
    makers += [tf1.truncated_normal_initializer, tf1.variance_scaling_initializer, tf1.uniform_unit_scaling_initializer]
    for maker in makers:
        assert maker(seed=1)((3, 3)).shape == (3, 3)


def test_get_variable_makes_one() -> None:
    made = tf1.get_variable("w", [2, 3], initializer=tf1.truncated_normal_initializer(stddev=0.1))
    assert made.name == "w" and made.shape == (2, 3) and made.trainable
    assert tf1.get_variable("b", 3, initializer=tf.zeros_initializer()).numpy().tolist() == [0.0] * 3
    assert tf1.get_variable("c", initializer=tf.constant(5.0), trainable=False).numpy() == 5.0


def test_variables_assigned_by_functions(capsys: pytest.CaptureFixture[str]) -> None:
    v = tf.Variable(1.0)
    assert tf1.assign(v, 5.0) is v and tf1.assign_add(v, 2.0) is v and tf1.assign_sub(v, 1.0) is v
    assert tf1.Print(v, [v, tf.constant([1, 2])], message="v:") is v
    assert float(v) == 6.0 and capsys.readouterr().err == "v: 6.0 [1 2]\n"
    assert tf.__version__ == tf1.VERSION


def test_renamed_functions() -> None:
    a, b, square = tf.constant([1.0, -2.0]), tf.constant([3.0, 4.0]), tf.ones((2, 2))
    assert tf1.mul(a, b).tolist() == [3.0, -8.0] and tf1.sub(a, b).tolist() == [-2.0, -6.0]
    assert tf1.neg(a).tolist() == [-1.0, 2.0] and tf1.pack([a, b]).shape == (2, 2) and len(tf1.unpack(square)) == 2
    assert tf1.arg_max(b, 0) == 1 and tf1.arg_min(b, 0) == 0
    assert tf1.lin_space(0.0, 1.0, 3).tolist() == [0.0, 0.5, 1.0]
    assert tf1.matrix_diag(a).shape == (2, 2) and tf1.matrix_diag_part(square).shape == (2,)
    assert tf1.matrix_band_part(square, 0, 0).sum() == 2 and tf1.matrix_set_diag(square, a)[1, 1] == -2
    assert tf1.space_to_depth(tf.ones((1, 2, 2, 1)), 2).shape == (1, 1, 1, 4)
    assert tf1.depth_to_space(tf.ones((1, 1, 1, 4)), 2).shape == (1, 2, 2, 1)
    assert tf.parallel_stack([a, b]).shape == (2, 2)
    for check in (tf1.assert_greater_equal, tf1.assert_less_equal, tf1.assert_near):
        check(a, a)
    tf1.assert_none_equal(a, b)
    tf1.assert_positive(b), tf1.assert_non_negative(b), tf1.assert_negative(-b), tf1.assert_non_positive(-b)
    tf1.assert_rank_in(a, [1]), tf1.assert_rank_at_least(a, 1), tf1.assert_scalar(tf.constant(1))
    tf1.assert_type(a, tf.float32), tf1.assert_integer(tf.constant(1))


def test_logging(caplog: pytest.LogCaptureFixture) -> None:
    level = tf1.logging.get_verbosity()
    tf1.logging.set_verbosity(tf1.logging.INFO)
    try:
        with caplog.at_level(tf1.logging.INFO, "tensorflow"):
            tf1.logging.debug("no")
            tf1.logging.info("step %d", 3)
            tf1.logging.warn("w"), tf1.logging.warning("w"), tf1.logging.error("e"), tf1.logging.fatal("f")
            tf1.logging.log(tf1.logging.WARN, "l")
        assert [record.getMessage() for record in caplog.records] == ["step 3", "w", "w", "e", "f", "l"]
        levels = [tf1.logging.DEBUG, tf1.logging.WARNING, tf1.logging.ERROR, tf1.logging.FATAL]
        assert levels == [logging.DEBUG, logging.WARNING, logging.ERROR, logging.CRITICAL]
    finally:
        tf1.logging.set_verbosity(level)


def test_flags_come_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = tf1.app.flags
    monkeypatch.setattr(tf1.flags, "FLAGS", type(tf1.flags.FLAGS)())
    monkeypatch.setattr(sys, "argv", ["script.py", "--batch=64", "--verbose", "--rate", "0.5", "--names=a,b", "rest"])
    flags.DEFINE_integer("batch", 32, "size")
    flags.DEFINE_float("rate", 0.1, "rate")
    flags.DEFINE_string("path", "data", "where")
    flags.DEFINE_boolean("verbose", False, "talk")
    flags.DEFINE_bool("quiet", True, "be quiet")
    flags.DEFINE_list("names", [], "names")
    flags.DEFINE_enum("mode", "train", ["train", "test"], "mode")
    found = flags.FLAGS
    assert (found.batch, found.rate, found.path, found.verbose, found.quiet) == (64, 0.5, "data", True, True)
    assert found.names == ["a", "b"] and found.mode == "train"
    found.batch = 3
    assert found.batch == 3 and found.flag_values_dict()["batch"] == 3
    with pytest.raises(AttributeError, match="Did you mean 'batch'"):
        _ = found.bach
    left: list[Any] = []
    with pytest.raises(SystemExit):
        tf1.app.run(main=left.extend)
    assert left == ["script.py", "rest"]


def test_text_and_bytes() -> None:
    assert tf.compat.as_bytes("é") == "é".encode() and tf.compat.as_str(b"a") == "a" == tf.compat.as_text("a")
    assert tf.compat.as_str_any(3) == "3" and tf.compat.path_to_str("a/b") == "a/b"
    with pytest.raises(TypeError, match="Expected binary or unicode string"):
        tf.compat.as_text(3)
    assert tf.compat.v2 is tf and tf1.keras is keras


def test_numpys_names() -> None:
    tnp = tf.experimental.numpy
    tnp.experimental_enable_numpy_behavior()
    assert isinstance(tnp.asarray([1, 2]), tnp.ndarray) and tnp.concatenate([[1], [2]]).tolist() == [1, 2]
    assert tnp.sum(tnp.ones((2, 2), dtype=tnp.float32)) == 4.0 and tnp.newaxis is None
    assert (tnp.pi, tnp.e, tnp.inf) == (np.pi, np.e, np.inf) and tnp.euler_gamma == np.euler_gamma
    assert np.isnan(tnp.nan) and tnp.bool_ == tf.bool


@pytest.mark.parametrize("name", ["contrib", "estimator", "feature_column", "layers", "lite", "raw_ops", "saved_model"])
def test_namespaces_that_stay_tensorflows_say_what_to_do(name: str) -> None:
    with pytest.raises(AttributeError, match=rf"tf\.{name} is TensorFlow proper: .* (tf\.keras|torch|model\.)"):
        getattr(tf, name)


def test_the_nearest_name_is_shown() -> None:
    with pytest.raises(AttributeError, match=r"tf\.reduce_summ is TensorFlow proper: .* Nearest: 'reduce_sum'"):
        _ = tf.reduce_summ
    with pytest.raises(ImportError, match="is TensorFlow proper"):
        exec("from torchkeras._tensorflow.nn import no_such_function")
