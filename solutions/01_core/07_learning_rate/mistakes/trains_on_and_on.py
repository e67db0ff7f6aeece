"""Trains one and the same copy at every rate, so each trial begins where one ended.

caught by: test_every_trial_starts_from_the_same_weights
says: one model trained on and on
"""


def largest_stable_rate(model, rates, train, window):
    best = None
    trial = copy.deepcopy(model)
    for rate in sorted(rates):
        if not is_stable(train(trial, rate), window):
            break
        best = rate
    return best
