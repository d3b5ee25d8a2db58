"""``tf.config.threading``: how many threads compute."""

import torch

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import own, publish


@own
def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """So many threads for one operation on the CPU; 0 leaves it as it is."""
    if num_threads > 0:
        torch.set_num_threads(int(num_threads))


@own
def get_intra_op_parallelism_threads() -> int:
    """How many threads compute one operation."""
    return torch.get_num_threads()


@own
def set_inter_op_parallelism_threads(num_threads: int) -> None:
    """Accepted: operations run one after the other."""


@own
def get_inter_op_parallelism_threads() -> int:
    """How many operations torch may run at once."""
    return torch.get_num_interop_threads()


publish(globals())
__getattr__ = _refused.lookup("tf.config.threading", globals())
