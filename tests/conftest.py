"""What every test of the kit stands on: an environment without the kit's own settings."""

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

# How fast this machine is decides nothing.
settings.register_profile("kit", deadline=None, max_examples=50)
settings.load_profile("kit")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No test sees whose journal, or whose learner, the person at this machine has chosen."""
    for name in ("KATA_HOME", "KATA_LEARNER"):
        monkeypatch.delenv(name, raising=False)
