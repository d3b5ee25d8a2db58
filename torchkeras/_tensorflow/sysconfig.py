"""``tf.sysconfig``: how torch was built."""

from typing import Any

import torch

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import own, publish


@own
def get_build_info() -> dict[str, Any]:
    """Torch's CUDA and cuDNN, under TensorFlow's words."""
    return {
        "is_cuda_build": torch.backends.cuda.is_built(),
        "is_rocm_build": torch.version.hip is not None,
        "cuda_version": torch.version.cuda,
        "cudnn_version": str(torch.backends.cudnn.version() or ""),
    }


publish(globals())
__getattr__ = _refused.lookup("tf.sysconfig", globals())
