"""Fills memory with tensors.

reads: ?
toy: tensor
"""

import torch


def double(numbers):
    kept = []
    while True:
        kept.append(torch.zeros(1 << 18))
