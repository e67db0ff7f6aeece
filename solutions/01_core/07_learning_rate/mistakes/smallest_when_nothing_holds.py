"""Hands back the smallest rate when none is stable, and it will be used.

caught by: test_no_stable_rate_is_none
says: the smallest rate handed back, though it was not stable
"""


def largest_stable_rate(model, rates, train, window):
    best = min(rates, default=None)
    for rate in sorted(rates):
        if not is_stable(train(copy.deepcopy(model), rate), window):
            break
        best = rate
    return best
