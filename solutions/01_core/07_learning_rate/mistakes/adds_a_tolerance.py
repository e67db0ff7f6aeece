"""Lets the end be a tenth above the start, and so a slow rise pass.

caught by: test_flat_is_slow_and_not_unstable
says: a tolerance that the contract does not have
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= 1.1 * start and max(losses) <= 2 * losses[0]
