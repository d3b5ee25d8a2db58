"""``tf.bitwise``: the bits of integers."""

from torchkeras import ops
from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import binary, publish, unary

bitwise_and = binary(ops.bitwise_and)
bitwise_or = binary(ops.bitwise_or)
bitwise_xor = binary(ops.bitwise_xor)
invert = unary(ops.bitwise_invert)
left_shift = binary(ops.bitwise_left_shift)
right_shift = binary(ops.bitwise_right_shift)

publish(globals())
__getattr__ = _refused.lookup("tf.bitwise", globals())
