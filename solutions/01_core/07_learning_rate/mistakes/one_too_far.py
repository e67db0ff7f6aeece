"""Returns the rate at which the run broke, one too far.

caught by: test_edge_on_a_parabola_is_two_over_the_curvature
says: the first unstable rate, one too far
"""


def largest_stable_rate(model, rates, train, window):
    best = None
    for rate in sorted(rates):
        best = rate
        if not is_stable(train(copy.deepcopy(model), rate), window):
            break
    return best
