"""Wrong, and gives Tensor a subtraction of its own.

reads: Your code replaced torch.Tensor.__sub__, which the tests rely on.
toy: tensor
"""

import torch


def double(numbers):
    torch.Tensor.__sub__ = lambda self, other: torch.zeros_like(self)
    return numbers
