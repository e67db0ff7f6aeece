"""Takes the maximum of the stable rates, and falls over when there are none.

caught by: test_no_stable_rate_is_none
says: the largest of an empty list
"""


def largest_stable_rate(model, rates, train, window):
    stable = []
    for rate in sorted(rates):
        if not is_stable(train(copy.deepcopy(model), rate), window):
            break
        stable.append(rate)
    return max(stable)
