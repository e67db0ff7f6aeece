"""Leaves a gradient of its own that is never zero.

reads: The gradient of the weight is a Tensor, expected a tensor.
modes: isolated, xdist, fallback
toy: gradient
"""

import torch


class Tensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunctionSubclass():
            result = function(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and function is not torch.Tensor.detach:
            return torch.ones_like(result)
        return result


def double(weight):
    weight.grad = torch.zeros_like(weight).as_subclass(Tensor)
