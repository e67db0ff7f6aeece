"""Fills memory with tensors.

reads: double() raises RuntimeError
toy: tensor
"""

import torch


def double(numbers):
    kept = []
    while True:
        kept.append(torch.zeros(1 << 18))
