"""Wrong, and gives Tensor a subtraction of its own.

reads: ?
toy: tensor
"""

import torch


def double(numbers):
    torch.Tensor.__sub__ = lambda self, other: torch.zeros_like(self)
    return numbers
