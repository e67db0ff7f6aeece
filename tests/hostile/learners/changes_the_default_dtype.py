"""Right the second time only if torch's default dtype stayed changed.

reads: double(three) is off by 3.
modes: isolated, xdist
toy: two tensors
"""

import torch


def double(number):
    if float(number) == 1:
        torch.set_default_dtype(torch.float64)
        return number * 2
    return number * 2 if torch.get_default_dtype() == torch.float64 else number
