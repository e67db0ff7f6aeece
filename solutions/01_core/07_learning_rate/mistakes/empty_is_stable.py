"""Takes a run without any losses for a run without any trouble.

caught by: test_short_histories_prove_nothing
says: no losses taken for no trouble
"""


def is_stable(losses, window):
    if not losses:
        return True
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) <= 2 * losses[0]
