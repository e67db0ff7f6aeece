"""Allows three times the first loss, where the contract allows twice.

caught by: test_leap_above_twice_the_first_loss_is_not_stable
says: more allowed than twice the first loss
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    start, end = fmean(losses[:window]), fmean(losses[-window:])
    return end <= start and max(losses) <= 3 * losses[0]
