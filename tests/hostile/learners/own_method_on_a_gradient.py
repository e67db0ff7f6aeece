"""Leaves a gradient of zeros with an answer of its own.

reads: The gradient of the weight is zero everywhere.
modes: isolated, xdist, fallback
toy: gradient
"""

import torch


def double(weight):
    weight.grad = torch.zeros_like(weight)
    weight.grad.any = lambda: True
