"""Uses copy.copy, which makes a new module around the same parameters.

caught by: test_model_is_left_as_it_came
says: a shallow copy, which shares its parameters
"""


def largest_stable_rate(model, rates, train, window):
    best = None
    for rate in sorted(rates):
        if not is_stable(train(copy.copy(model), rate), window):
            break
        best = rate
    return best
