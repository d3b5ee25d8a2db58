"""``tensorflow.python.client``: the listing of devices."""
