"""Right the second time only if torch's random state stayed as it left it.

reads: double(three) is off by 3.
modes: isolated, xdist
toy: two tensors
"""

import torch


def double(number):
    if float(number) == 1:
        torch.manual_seed(12345)
        return number * 2
    return number * 2 if torch.initial_seed() == 12345 else number
