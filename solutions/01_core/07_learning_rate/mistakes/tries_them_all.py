"""Trains at every rate first and only then looks where the edge is.

caught by: test_search_goes_up_from_the_smallest_rate_and_ends_at_the_edge
says: trials beyond the edge, which only burn time
"""


def largest_stable_rate(model, rates, train, window):
    best = None
    histories = {rate: train(copy.deepcopy(model), rate) for rate in sorted(rates)}
    for rate, losses in histories.items():
        if not is_stable(losses, window):
            break
        best = rate
    return best
