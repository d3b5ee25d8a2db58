"""What scripts ask of and tell the machine: devices, threads, strategies, versions."""

import unittest

import pytest
import torch

import torchkeras as keras
from torchkeras import _settings
from torchkeras import _tensorflow as tf


def test_devices_are_those_that_torch_finds() -> None:
    gpus = tf.config.list_physical_devices("GPU")
    assert len(gpus) == torch.cuda.device_count() == len(tf.config.experimental.list_physical_devices("GPU"))
    (cpu,) = tf.config.list_physical_devices("CPU")
    assert cpu == tf.config.PhysicalDevice("/physical_device:CPU:0", "CPU")
    assert tf.config.list_logical_devices("CPU") == [tf.config.LogicalDevice("/device:CPU:0", "CPU")]
    assert tf.test.is_gpu_available() is torch.cuda.is_available() is bool(tf.test.gpu_device_name())
    assert tf.test.is_built_with_cuda() is torch.backends.cuda.is_built() is tf.test.is_built_with_gpu_support()
    assert tf.test.is_built_with_rocm() is (torch.version.hip is not None) and tf.test.is_built_with_xla() is False
    assert tf.config.get_device_details(cpu) == {}


def test_hidden_gpus_leave_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = []
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(_settings, "set_device", chosen.append)
    gpus = tf.config.list_physical_devices("GPU")
    tf.config.set_visible_devices(gpus[1], "GPU")
    assert tf.config.get_visible_devices("GPU") == [gpus[1]]
    tf.config.set_visible_devices([], "GPU")
    assert tf.config.get_visible_devices("GPU") == [] and tf.config.list_logical_devices("GPU") == []
    tf.config.set_visible_devices(gpus, "GPU")
    assert chosen == ["cuda:1", "cpu", "cuda:0"]


def test_settings_that_change_nothing() -> None:
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.experimental.set_memory_growth(cpu, True)
    assert tf.config.get_memory_growth(cpu) is True
    tf.config.run_functions_eagerly(True)
    tf.config.experimental_run_functions_eagerly(False)
    assert tf.config.functions_run_eagerly() is True is tf.config.experimental_functions_run_eagerly()
    tf.config.set_soft_device_placement(False)
    assert tf.config.get_soft_device_placement() is True
    tf.config.set_synchronous_execution(True)
    tf.config.optimizer.set_jit(True)
    tf.config.optimizer.set_experimental_options({"layout_optimizer": True})
    assert tf.config.optimizer.get_jit() == "" and tf.config.optimizer.get_experimental_options() == {}
    tf.config.set_virtual_device_configuration(cpu, [tf.config.VirtualDeviceConfiguration(memory_limit=1024)])
    with pytest.warns(UserWarning, match="it stays one"):
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration(1)] * 2)
    tf.debugging.set_log_device_placement(True)
    tf.autograph.set_verbosity(0)
    tf.autograph.trace("x")
    assert tf.autograph.experimental.do_not_convert(len) is len
    assert tf.autograph.experimental.do_not_convert()(len) is len
    assert tf.types.experimental.TensorLike is not None
    with pytest.raises(ValueError, match="torchrun"):
        tf.config.experimental_connect_to_cluster("resolver")


def test_settings_of_torch() -> None:
    threads, precision = torch.get_num_threads(), torch.get_float32_matmul_precision()
    try:
        tf.config.threading.set_intra_op_parallelism_threads(2)
        tf.config.threading.set_inter_op_parallelism_threads(2)
        assert tf.config.threading.get_intra_op_parallelism_threads() == 2 == torch.get_num_threads()
        assert tf.config.threading.get_inter_op_parallelism_threads() == torch.get_num_interop_threads()
        tf.config.enable_tensor_float_32_execution(True)
        assert tf.config.tensor_float_32_execution_enabled() and torch.get_float32_matmul_precision() == "high"
        tf.config.enable_op_determinism()
        assert torch.are_deterministic_algorithms_enabled()
        tf.debugging.enable_check_numerics()
        assert torch.is_anomaly_enabled()
    finally:
        tf.debugging.disable_check_numerics()
        torch.use_deterministic_algorithms(False)
        torch.set_float32_matmul_precision(precision)
        torch.set_num_threads(threads)
    assert not torch.is_anomaly_enabled()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_memory_of_a_gpu() -> None:
    assert tf.config.get_memory_info("GPU:0")["peak"] >= 0


def test_memory_is_asked_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda index: 10 + index)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda index: 20 + index)
    assert tf.config.get_memory_info("GPU:1") == {"current": 11, "peak": 21}


def test_a_mirrored_strategy_computes_on_one_device_and_points_to_torchrun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.distribute, "_warned", False)
    with pytest.warns(UserWarning, match=r"torchrun --nproc-per-node=N -m torchkeras") as caught:
        strategy = tf.distribute.MirroredStrategy(devices=["/gpu:0", "/gpu:1"])
    assert len(caught) == 1 and caught[0].filename == __file__
    for kind in (tf.distribute.MultiWorkerMirroredStrategy, tf.distribute.CentralStorageStrategy):
        assert isinstance(kind(), tf.distribute.Strategy)  # the second one says nothing
    assert not tf.distribute.has_strategy()
    with strategy.scope():
        assert tf.distribute.get_strategy() is strategy and tf.distribute.has_strategy()
        assert tf.distribute.in_cross_replica_context()
        model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
    assert strategy.num_replicas_in_sync == 1
    data = tf.data.Dataset.from_tensor_slices((tf.ones((4, 2)), tf.ones((4, 1)))).batch(2)
    assert model.fit(strategy.experimental_distribute_dataset(data), verbose=0).history["loss"]
    values = strategy.run(lambda x, y: x + y, args=(tf.constant([1.0, 2.0]),), kwargs={"y": 1.0})
    assert strategy.reduce(tf.distribute.ReduceOp.SUM, values, axis=0) == 5.0
    assert strategy.reduce(tf.distribute.ReduceOp.MEAN, values, axis=0) == 2.5
    assert strategy.reduce("SUM", values, axis=None) is values is strategy.gather(values, 0)
    assert strategy.experimental_local_results(values) == (values,)
    made = strategy.distribute_datasets_from_function(lambda context: context.get_per_replica_batch_size(8))
    assert made == 8 == tf.distribute.InputContext().get_per_replica_batch_size(8)
    assert strategy.experimental_distribute_values_from_function(lambda c: c.replica_id_in_sync_group) == 0
    assert tf.distribute.get_replica_context().all_reduce("SUM", [1, 2]) == [1, 2]
    assert not isinstance(values, tf.distribute.DistributedValues)
    with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        assert tf.zeros(2).device.type == "cpu"


def test_where_there_is_no_tpu_scripts_take_another_strategy() -> None:
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(tpu="")
        strategy = tf.distribute.TPUStrategy(resolver)
    except ValueError:
        strategy = tf.distribute.get_strategy()
    assert strategy.num_replicas_in_sync == 1
    for kind in (tf.distribute.TPUStrategy, tf.distribute.experimental.TPUStrategy):
        with pytest.raises(ValueError, match="not on TPUs"):
            kind(None)
    with pytest.raises(ValueError, match="torchrun"):
        tf.distribute.ParameterServerStrategy()


def test_versions_pass_the_usual_checks() -> None:
    version = tf.__version__
    assert version == tf.version.VERSION and version.startswith("2") and version >= "2.0" and float(version[:3]) >= 2.3
    assert tuple(map(int, version.split(".")[:2])) >= (2, 4)
    assert tf.sysconfig.get_build_info()["is_cuda_build"] is torch.backends.cuda.is_built()
    assert "torchkeras" in tf.version.GIT_VERSION and tf.version.COMPILER_VERSION and tf.version.GRAPH_DEF_VERSION == 0


class TestOfTensors(tf.test.TestCase):
    __test__ = True

    def test_comparisons(self) -> None:
        self.assertAllEqual(tf.constant([1, 2]), [1, 2])
        self.assertAllClose(tf.constant([1.0]), [1.0000001])
        self.assertShapeEqual(tf.ones((2, 3)), tf.zeros((2, 3)))
        assert self.evaluate({"a": tf.constant(1)})["a"] == 1
        with pytest.raises(AssertionError):
            self.assertAllClose(tf.constant([1.0]), [1.1])


def test_tests_can_be_run_as_scripts() -> None:
    assert tf.test.main is unittest.main
