"""Takes the last loss alone for the end, so one easy batch decides.

caught by: test_finite_but_rising_is_not_stable
says: the last loss alone taken for the end
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), losses[-1]
    return end <= start and max(losses) <= 2 * losses[0]
