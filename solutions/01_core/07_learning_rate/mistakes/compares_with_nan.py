"""Asks whether a loss equals NaN, which nothing does, not even NaN.

caught by: test_nan_and_infinities_are_never_stable
says: a comparison with NaN
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or any(loss == math.nan or abs(loss) == math.inf for loss in losses):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) <= 2 * losses[0]
