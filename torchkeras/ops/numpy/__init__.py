"""``keras.ops.numpy``: the operations that NumPy has, with Keras' dtype rules."""

from torchkeras.ops.numpy._arithmetic import *
from torchkeras.ops.numpy._bitwise import *
from torchkeras.ops.numpy._comparison import *
from torchkeras.ops.numpy._creation import *
from torchkeras.ops.numpy._elementwise import *
from torchkeras.ops.numpy._indexing import *
from torchkeras.ops.numpy._joining import *
from torchkeras.ops.numpy._nan import *
from torchkeras.ops.numpy._ordering import *
from torchkeras.ops.numpy._products import *
from torchkeras.ops.numpy._reductions import *
from torchkeras.ops.numpy._shaping import *
from torchkeras.ops.numpy._statistics import *
from torchkeras.ops.numpy._triangles import *
from torchkeras.ops.numpy._vectorize import *
from torchkeras.ops.numpy._windows import *
