"""Right, with numpy: draw by draw, a table of scores, and a sort by cost before the best."""

import numpy as np


def choose(scores, costs):
    names = sorted(scores, key=costs.get)
    values = np.array([scores[name] for name in names], dtype=float)
    if not np.isfinite(values).any():
        return None
    return names[int(np.argmax(np.where(np.isfinite(values), values, -np.inf)))]


def compare(candidates, costs, draws, validation, test, score):
    models = []
    for draw in draws:
        row = [make() for make in candidates.values()]
        for model in row:
            model.fit(draw)
        models.append(row)
    table = np.array([[score(model, validation) for model in row] for row in models])
    means = table.mean(axis=0) if candidates else []
    scores = {name: float(mean) for name, mean in zip(candidates, means)}
    best = choose(scores=scores, costs=costs)
    if best is None:
        return best, scores, None
    at = list(candidates).index(best)
    return best, scores, float(np.mean([score(row[at], test) for row in models]))
