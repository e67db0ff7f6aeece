"""Hands back a true tensor with a method of its own.

reads: double(numbers) is off by up to 3 (at [2]); 3 of 3 entries are wrong.
modes: isolated, xdist, fallback
toy: tensor
"""

import torch


class Right:
    def __init__(self):
        self.double = lambda: torch.tensor([2.0, -4.0, 6.0])


def double(numbers):
    result = numbers.clone()
    result.detach = Right
    return result
