"""Refuses a history of exactly two windows, which do not overlap.

caught by: test_short_histories_prove_nothing
says: one loss more demanded
"""


def is_stable(losses, window):
    if len(losses) <= 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) <= 2 * losses[0]
