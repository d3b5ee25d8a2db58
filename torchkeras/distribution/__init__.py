"""Several devices: one process a device, started by ``torchrun``.

Under ``torchrun`` training is data-parallel without anything from here. ``ModelParallel`` splits weights as well.
"""

from torchkeras.distribution._devices import get_device_count, initialize, list_devices
from torchkeras.distribution._distributions import DataParallel, ModelParallel, distribution, set_distribution
from torchkeras.distribution._layout_map import LayoutMap
from torchkeras.distribution._mesh import DeviceMesh, TensorLayout
from torchkeras.distribution._tensors import distribute_tensor
