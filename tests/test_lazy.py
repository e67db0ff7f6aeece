"""The stand-in for torch's compiler, each time in a Python that has not loaded it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
OPTIMIZERS = ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "NAdam", "Rprop"]

TRAIN = """
import sys
import torch
from pytest_kata import lazy

def trained(name):
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    optimizer = getattr(torch.optim, name)(model.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + step))
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.ones(2, 3)).square().sum().backward()
        optimizer.step()
        schedule.step()
    optimizer.load_state_dict(optimizer.state_dict())
    assert torch.is_grad_enabled()
    return torch.cat([p.detach().flatten() for p in model.parameters()])

def loaded():
    return "torch._dynamo.utils" in sys.modules
"""


def python(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRAIN + code], cwd=PROJECT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_optimizers_do_the_same_without_the_compiler() -> None:
    python(
        f"""
lazy.defer_compiler()
without = [trained(name) for name in {OPTIMIZERS}]
assert not loaded()
import torch._dynamo.utils
assert loaded()
del torch.optim.Optimizer.add_param_group.__wrapped__.__dict__["__dynamo_disable"]
for name, there in zip({OPTIMIZERS}, without):
    assert torch.equal(trained(name), there), name
"""
    )


@pytest.mark.parametrize(
    "use",
    [
        "torch.compile(lambda x: x * 2, backend='eager')(torch.ones(2))",
        "torch.func.vmap(torch.func.grad(lambda x: x**2))(torch.arange(3.0))",
        "import torch._dynamo.utils",
        "from torch._dynamo import config",
    ],
    ids=["compile", "vmap", "submodule", "from"],
)
def test_who_needs_the_compiler_gets_it(use: str) -> None:
    python(
        f"""
lazy.defer_compiler()
trained("SGD")
assert not loaded()
{use}
assert loaded()
assert torch._dynamo is sys.modules["torch._dynamo"]
assert torch._dynamo.__file__
trained("AdamW")
"""
    )


def test_a_compiler_that_is_loaded_stays() -> None:
    python(
        """
import torch._dynamo
real = torch._dynamo
lazy.defer_compiler()
assert torch._dynamo is real
"""
    )


def test_looking_at_every_module_does_not_load_it() -> None:
    python(
        """
import inspect
lazy.defer_compiler()
inspect.getmodule(inspect.currentframe())
[hasattr(module, "__file__") for module in list(sys.modules.values())]
assert not loaded()
"""
    )
