"""Trains the model itself at the rate found, though only the rate was asked for.

caught by: test_model_is_left_as_it_came
says: trained once more, at the rate found
"""


def largest_stable_rate(model, rates, train, window):
    best = None
    for rate in sorted(rates):
        if not is_stable(train(copy.deepcopy(model), rate), window):
            break
        best = rate
    if best is not None:
        train(model, best)
    return best
