"""Kernels for lists of tensors, whose number may be a tensor: in a compiled step the learning rate is one.

Torch's own want a Python number, which would be a constant of the graph, and each new rate a new compilation.
Written tensor by tensor they cost a graph nothing, as the compiler joins them again.
"""

import torch
from torch import Tensor

List = list[Tensor] | tuple[Tensor, ...]
Number = float | Tensor


def add_(tensors: List, others: List, alpha: Number) -> None:
    """``tensors += alpha * others``"""
    if not isinstance(alpha, Tensor):
        torch._foreach_add_(tensors, others, alpha=alpha)
        return
    for tensor, other in zip(tensors, others):
        tensor.add_(other * alpha)


def mul_(tensors: List, number: Number) -> None:
    """``tensors *= number``"""
    if not isinstance(number, Tensor):
        torch._foreach_mul_(tensors, number)
        return
    for tensor in tensors:
        tensor.mul_(number)


def div(tensors: List, number: Number) -> list[Tensor]:
    """``tensors / number``"""
    if not isinstance(number, Tensor):
        return list(torch._foreach_div(tensors, number))
    return [tensor / number for tensor in tensors]


def addcdiv_(tensors: List, numerators: List, denominators: List, number: Number) -> None:
    """``tensors += number * numerators / denominators``"""
    if not isinstance(number, Tensor):
        torch._foreach_addcdiv_(tensors, numerators, denominators, number)
        return
    for tensor, numerator, denominator in zip(tensors, numerators, denominators):
        tensor.add_(numerator / denominator * number)


def lerp_(tensors: List, ends: List, share: Number) -> None:
    """``tensors += share * (ends - tensors)``"""
    if not isinstance(share, Tensor):
        torch._foreach_lerp_(tensors, ends, share)
        return
    for tensor, end in zip(tensors, ends):
        tensor.add_((end - tensor) * share)
