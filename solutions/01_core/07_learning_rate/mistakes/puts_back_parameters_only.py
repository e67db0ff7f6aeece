"""Puts back the parameters only; the buffers go on from trial to trial.

caught by: test_every_trial_starts_from_the_same_weights
says: but no buffers
"""


def largest_stable_rate(model, rates, train, window):
    best = None
    start = [parameter.detach().clone() for parameter in model.parameters()]
    trial = copy.deepcopy(model)
    for rate in sorted(rates):
        for parameter, value in zip(trial.parameters(), start):
            parameter.data.copy_(value)
        if not is_stable(train(trial, rate), window):
            break
        best = rate
    return best
