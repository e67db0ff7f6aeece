"""Calls is_stable with a window of its own.

caught by: test_window_reaches_the_verdict
says: a window of 2, whatever the caller says
"""


def largest_stable_rate(model, rates, train, window):
    best = None
    for rate in sorted(rates):
        if not is_stable(train(copy.deepcopy(model), rate), 2):
            break
        best = rate
    return best
