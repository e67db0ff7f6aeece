"""Tries the rates on the model itself, whose pretrained weights are then gone.

caught by: test_model_is_left_as_it_came
says: a state put back afterwards or not
"""


def largest_stable_rate(model, rates, train, window):
    best = None
    for rate in sorted(rates):
        if not is_stable(train(model, rate), window):
            break
        best = rate
    return best
