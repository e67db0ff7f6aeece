"""Takes one loss more than window at each end.

caught by: test_window_says_which_losses_are_compared
says: two losses at each end, not window
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[: window + 1]), fmean(losses[-window - 1 :])
    return end <= start and max(losses) <= 2 * losses[0]
