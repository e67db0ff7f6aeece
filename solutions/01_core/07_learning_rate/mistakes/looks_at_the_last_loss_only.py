"""Checks the last loss only, though trouble may have come and gone.

caught by: test_nan_and_infinities_are_never_stable
says: only the last loss looked at
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not math.isfinite(losses[-1]):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) <= 2 * losses[0]
