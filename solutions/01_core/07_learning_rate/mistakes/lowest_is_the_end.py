"""Takes the lowest later loss for the end, so a run that fell and then rose passes.

caught by: test_finite_but_rising_is_not_stable
says: the lowest loss taken for the end
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), min(losses[window:])
    return end <= start and max(losses) <= 2 * losses[0]
