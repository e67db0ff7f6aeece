"""Multiplies large matrices for ever.

reads: ?
toy: tensor
"""

import torch


def double(numbers):
    matrix = torch.ones(400, 400)
    while True:
        matrix @ matrix
