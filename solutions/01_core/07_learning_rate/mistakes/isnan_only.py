"""Looks for NaN alone, so that -inf passes as a very low loss.

caught by: test_nan_and_infinities_are_never_stable
says: which lets infinities through
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or any(map(math.isnan, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) <= 2 * losses[0]
