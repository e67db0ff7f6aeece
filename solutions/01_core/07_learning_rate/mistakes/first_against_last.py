"""Compares the first loss with the last, two noisy numbers, not two means.

caught by: test_noisy_but_falling_is_stable
says: noise against noise
"""


def is_stable(losses, window):
    if len(losses) < 2 * window or not all(map(math.isfinite, losses)):
        return False
    return losses[-1] <= losses[0] and max(losses) <= 2 * losses[0]
