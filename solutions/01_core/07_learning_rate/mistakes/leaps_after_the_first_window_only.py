"""Looks for leaps after the first window only, when the model is wrecked already.

caught by: test_leap_above_twice_the_first_loss_is_not_stable
says: begins after the first window
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses[window:]) <= 2 * losses[0]
