"""Compares the two ends only, and misses the leap between them.

caught by: test_leap_above_twice_the_first_loss_is_not_stable
says: with the leap between them unseen
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start
