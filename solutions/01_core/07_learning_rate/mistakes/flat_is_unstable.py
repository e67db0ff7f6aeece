"""Demands progress, so that a rate that is merely slow counts as unstable.

caught by: test_flat_is_slow_and_not_unstable
says: a demand for progress
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end < start and max(losses) <= 2 * losses[0]
