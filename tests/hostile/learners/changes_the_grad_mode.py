"""Right the second time only if gradients stayed switched off.

reads: double(three) is off by 3.
modes: isolated, xdist
toy: two tensors
"""

import torch


def double(number):
    if float(number) == 1:
        torch.set_grad_enabled(False)
        return number * 2
    return number * 2 if not torch.is_grad_enabled() else number
