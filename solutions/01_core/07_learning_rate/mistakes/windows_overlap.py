"""Demands one window of losses, so that start and end overlap.

caught by: test_short_histories_prove_nothing
says: windows that overlap
"""


def is_stable(losses, window):
    if len(losses) <= window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) <= 2 * losses[0]
