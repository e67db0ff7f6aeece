"""Right, in plain Python: one pass over the history; the model's state saved and put back."""

import math
import pickle


def is_stable(losses, window):
    count = len(losses)
    if count < window + window:
        return False
    first = last = highest = 0.0
    for place, loss in enumerate(losses):
        if loss != loss or loss in (math.inf, -math.inf):
            return False
        first += loss if place < window else 0.0
        last += loss if place >= count - window else 0.0
        highest = loss if loss > highest else highest
    return not (last > first or highest > 2 * losses[0])


def largest_stable_rate(model, rates, train, window):
    as_it_came = pickle.dumps(model)
    found = None
    for rate in sorted(set(rates)):
        losses = train(pickle.loads(as_it_came), rate)
        if is_stable(losses, window):
            found = rate
        else:
            return found
    return found
