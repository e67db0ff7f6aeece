"""Compares the two halves of the history, whatever window says.

caught by: test_window_says_which_losses_are_compared
says: halves compared
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    half = len(losses) // 2
    start, end = fmean(losses[:half]), fmean(losses[-half:])
    return end <= start and max(losses) <= 2 * losses[0]
