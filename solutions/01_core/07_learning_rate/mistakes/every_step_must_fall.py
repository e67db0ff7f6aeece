"""Demands that every loss is below the one before, which no real history does.

caught by: test_noisy_but_falling_is_stable
says: every loss is below the one before
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    return all(b <= a for a, b in zip(losses, losses[1:]))
