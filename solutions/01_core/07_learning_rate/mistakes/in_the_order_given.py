"""Tries the rates in the order given, and ends at the first large one.

caught by: test_search_goes_up_from_the_smallest_rate_and_ends_at_the_edge
says: the last stable rate in the order given
"""


def largest_stable_rate(model, rates, train, window):
    best = None
    for rate in rates:
        if not is_stable(train(copy.deepcopy(model), rate), window):
            break
        best = rate
    return best
