"""Right the second time only if inference mode stayed on.

reads: double(three) is off by 3.
modes: isolated, xdist
toy: two tensors
"""

import torch


def double(number):
    if float(number) == 1:
        torch.inference_mode().__enter__()
        return number * 2
    return number * 2 if torch.is_inference_mode_enabled() else number
