"""Puts back a state_dict that is the very tensors which training has changed.

caught by: test_model_is_left_as_it_came
says: a state put back afterwards or not
"""


def largest_stable_rate(model, rates, train, window):
    best = None
    state = model.state_dict()
    for rate in sorted(rates):
        losses = train(model, rate)
        model.load_state_dict(state)
        if not is_stable(losses, window):
            break
        best = rate
    return best
