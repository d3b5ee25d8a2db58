"""Functions that have other names today."""

from torchkeras._tensorflow import _creation, _shaping, debugging, linalg, math, nn
from torchkeras._tensorflow._rows import publish

# Of TensorFlow before 1.0
mul = math.multiply
neg = math.negative
sub = math.subtract
pack = _shaping.stack
unpack = _shaping.unstack

# Of TensorFlow 1
arg_max = math.argmax
arg_min = math.argmin
depth_to_space = nn.depth_to_space
space_to_depth = nn.space_to_depth
lin_space = _creation.linspace
matrix_band_part = linalg.band_part
matrix_diag = linalg.diag
matrix_diag_part = linalg.diag_part
matrix_set_diag = linalg.set_diag
assert_greater_equal = debugging.assert_greater_equal
assert_integer = debugging.assert_integer
assert_less_equal = debugging.assert_less_equal
assert_near = debugging.assert_near
assert_negative = debugging.assert_negative
assert_non_negative = debugging.assert_non_negative
assert_non_positive = debugging.assert_non_positive
assert_none_equal = debugging.assert_none_equal
assert_positive = debugging.assert_positive
assert_rank_at_least = debugging.assert_rank_at_least
assert_rank_in = debugging.assert_rank_in
assert_scalar = debugging.assert_scalar
assert_type = debugging.assert_type

publish(globals())
