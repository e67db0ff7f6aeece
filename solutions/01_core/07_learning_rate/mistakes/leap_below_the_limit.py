"""Takes a loss of exactly twice the first for a leap.

caught by: test_leap_above_twice_the_first_loss_is_not_stable
says: a leap seen at exactly twice the first
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) < 2 * losses[0]
