"""Judges any history, however short: one loss is never above itself.

caught by: test_short_histories_prove_nothing
says: a verdict on too few losses
"""


def is_stable(losses, window):
    if not losses or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) <= 2 * losses[0]
