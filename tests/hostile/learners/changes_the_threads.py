"""Right the second time only if torch's number of threads stayed changed.

reads: double(three) is off by 3.
modes: isolated, xdist
toy: two tensors
"""

import torch


def double(number):
    if float(number) == 1:
        torch.set_num_threads(3)
        return number * 2
    return number * 2 if torch.get_num_threads() == 3 else number
