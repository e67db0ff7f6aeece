"""Multiplies large matrices for ever.

reads: Your code was still running at its time limit, in double()
toy: tensor
"""

import torch


def double(numbers):
    matrix = torch.ones(400, 400)
    while True:
        matrix @ matrix
