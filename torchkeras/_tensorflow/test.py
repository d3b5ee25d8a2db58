"""``tf.test``: what scripts ask of the machine, and a test case that compares tensors."""

import unittest
from typing import Any

import numpy as np
import torch

from torchkeras import ops
from torchkeras._structures import map_leaves
from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import own, publish


@own
def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: Any = None) -> bool:
    """Whether torch finds a GPU, of that compute capability at least."""
    if not torch.cuda.is_available():
        return False
    return min_cuda_compute_capability is None or torch.cuda.get_device_capability() >= min_cuda_compute_capability


@own
def gpu_device_name() -> str:
    """``"/device:GPU:0"``, or an empty text where torch finds none."""
    return "/device:GPU:0" if torch.cuda.is_available() else ""


@own
def is_built_with_cuda() -> bool:
    """Whether torch was built for CUDA."""
    return torch.backends.cuda.is_built()


is_built_with_gpu_support = is_built_with_cuda


@own
def is_built_with_rocm() -> bool:
    """Whether torch was built for ROCm."""
    return torch.version.hip is not None


@own
def is_built_with_xla() -> bool:
    """False."""
    return False


class TestCase(unittest.TestCase):
    """A test case that compares tensors, arrays, and structures of them."""

    __test__ = False  # a class to derive from, not a test itself

    def evaluate(self, tensors: Any) -> Any:
        """The values as arrays."""
        return map_leaves(ops.convert_to_numpy, tensors)

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """All elements are equal."""
        np.testing.assert_array_equal(ops.convert_to_numpy(a), ops.convert_to_numpy(b), msg or "")

    def assertAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None) -> None:
        """All elements are near each other."""
        np.testing.assert_allclose(ops.convert_to_numpy(a), ops.convert_to_numpy(b), rtol, atol, err_msg=msg or "")

    def assertShapeEqual(self, input_a: Any, input_b: Any, msg: str | None = None) -> None:
        """The shapes are equal."""
        assert tuple(input_a.shape) == tuple(input_b.shape), msg


main = unittest.main

publish(globals(), "TestCase", "main")
__getattr__ = _refused.lookup("tf.test", globals())
