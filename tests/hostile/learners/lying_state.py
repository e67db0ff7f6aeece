"""Hands back a dict of its own that always holds what was there before.

reads: The state changed: its keys are not the same.
modes: isolated, xdist, fallback
toy: state
"""


class State(dict):
    def __init__(self, before):
        super().__init__({name: value.clone() for name, value in before.items()})
        self.before = {name: value.clone() for name, value in before.items()}

    def __getitem__(self, name):
        return self.before[name]


def double(state):
    kept = State(state)
    for value in kept.values():
        value.zero_()
    return kept
