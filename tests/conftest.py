"""What every test of the kit stands on: an environment without the kit's own settings."""

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No test sees whose journal, or whose learner, the person at this machine has chosen."""
    for name in ("KATA_HOME", "KATA_LEARNER"):
        monkeypatch.delenv(name, raising=False)
