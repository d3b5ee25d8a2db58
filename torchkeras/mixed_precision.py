"""Mixed precision under its older path: policies, and the optimizer that scales losses."""

from torchkeras.config import dtype_policy, set_dtype_policy
from torchkeras.dtype_policies import DTypePolicy
from torchkeras.optimizers import LossScaleOptimizer

__all__ = ["DTypePolicy", "LossScaleOptimizer", "Policy", "dtype_policy", "global_policy", "set_dtype_policy"]
__all__ += ["set_global_policy"]

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy
