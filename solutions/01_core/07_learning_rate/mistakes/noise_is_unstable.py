"""Calls a history unstable because it varies much, though it falls.

caught by: test_noisy_but_falling_is_stable
says: a limit on how much the losses may differ
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) - min(losses) < 5
