"""Looks for leaps from each loss to the next, and refuses ordinary noise.

caught by: test_noisy_but_falling_is_stable
says: a loss measured by the one before it
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and all(b <= 2 * a for a, b in zip(losses, losses[1:]))
