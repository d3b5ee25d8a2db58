"""``keras.layers``: each family in a file of its own."""

from torchkeras.layers import _scaling as _scaling
from torchkeras.layers._activation import *
from torchkeras.layers._aliases import *
from torchkeras.layers._attention import *
from torchkeras.layers._batch_normalization import *
from torchkeras.layers._bidirectional import *
from torchkeras.layers._conv_lstm import *
from torchkeras.layers._convolution import *
from torchkeras.layers._core import *
from torchkeras.layers._depthwise_convolution import *
from torchkeras.layers._einsum_dense import *
from torchkeras.layers._embedding import *
from torchkeras.layers._foreign import *
from torchkeras.layers._global_pooling import *
from torchkeras.layers._input_layer import *
from torchkeras.layers._input_spec import InputSpec
from torchkeras.layers._lambda import *
from torchkeras.layers._layer import Layer, deserialize, serialize
from torchkeras.layers._merging import *
from torchkeras.layers._multi_head_attention import *
from torchkeras.layers._normalization import *
from torchkeras.layers._padding import *
from torchkeras.layers._pooling import *
from torchkeras.layers._recurrent import *
from torchkeras.layers._recurrent_cells import *
from torchkeras.layers._recurrent_layers import *
from torchkeras.layers._regularization import *
from torchkeras.layers._reshaping import *
from torchkeras.layers._reversible_embedding import *
from torchkeras.layers._spectral_normalization import *
from torchkeras.layers._torch_layer import TorchLayer
from torchkeras.layers._torch_module import *
from torchkeras.layers._transposed_convolution import *
from torchkeras.layers._wrappers import *
from torchkeras.layers.preprocessing import *
