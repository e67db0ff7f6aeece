"""Takes the largest of all stable rates, also one that was lucky beyond the edge.

caught by: test_search_goes_up_from_the_smallest_rate_and_ends_at_the_edge
says: also of those beyond the edge
"""


def largest_stable_rate(model, rates, train, window):
    stable = [rate for rate in rates if is_stable(train(copy.deepcopy(model), rate), window)]
    return max(stable, default=None)
