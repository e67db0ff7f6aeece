"""Returns the rate whose loss ended lowest, not the largest stable one.

caught by: test_search_goes_up_from_the_smallest_rate_and_ends_at_the_edge
says: the rate whose loss ended lowest
"""


def largest_stable_rate(model, rates, train, window):
    best, lowest = None, math.inf
    for rate in sorted(rates):
        losses = train(copy.deepcopy(model), rate)
        if not is_stable(losses, window):
            break
        if losses[-1] < lowest:
            best, lowest = rate, losses[-1]
    return best
