"""``tensorflow.python``: of TensorFlow's inside only what scripts reach for."""
