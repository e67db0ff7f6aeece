"""Takes any finite history for a stable one, however it rises.

caught by: test_finite_but_rising_is_not_stable
says: any finite history taken for a stable one
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    return True
