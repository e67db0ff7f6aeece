"""Right, with numpy, and the verdict in numpy's own kind of bool; the search calls itself."""

from copy import deepcopy

import numpy as np


def is_stable(losses, window):
    history = np.asarray(losses, dtype=float)
    if len(history) < 2 * window or not np.isfinite(history).all():
        return np.bool_(False)
    rise = history[-window:].mean() - history[:window].mean()
    return np.logical_not(rise > 0 or (history > history[0] + history[0]).any())


def largest_stable_rate(model, rates, train, window, best=None):
    if len(rates) == 0:
        return best
    lowest = min(rates)
    if not is_stable(train(deepcopy(model), lowest), window):
        return best
    larger = [rate for rate in rates if rate > lowest]
    return largest_stable_rate(model, larger, train, window, best=lowest)
