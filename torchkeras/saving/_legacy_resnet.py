"""The layers of ResNet50 had other names, and another order, in the weights that Keras published until 2019.

Those files still go around, copied into caches and data sets; by order alone two branches of a block would be swapped.
"""

import re

_FIXED = {"conv1": "conv1_conv", "bn_conv1": "conv1_bn", "fc1000": "predictions"}
_BLOCK = re.compile(r"(res|bn)([2-5])([a-f])_branch(1|2a|2b|2c)")
_PARTS = {"1": "0", "2a": "1", "2b": "2", "2c": "3"}


def todays_name(name: str) -> str:
    """The layer's name today, where `name` is an old one of ResNet50.

    >>> todays_name("res3b_branch2c"), todays_name("bn2a_branch1"), todays_name("dense_1")
    ('conv3_block2_3_conv', 'conv2_block1_0_bn', 'dense_1')
    """
    found = _BLOCK.fullmatch(name)
    if found is None:
        return _FIXED.get(name, name)
    kind, stage, block, branch = found.groups()
    return f"conv{stage}_block{ord(block) - ord('a') + 1}_{_PARTS[branch]}_{'bn' if kind == 'bn' else 'conv'}"
