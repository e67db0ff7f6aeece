"""Right, in plain loops: each candidate is fitted and scored in turn, sums are kept by hand."""

import math


def choose(scores, costs):
    best = None
    for name, value in scores.items():
        if value != value or value in (math.inf, -math.inf):
            continue
        if best is None or value > scores[best]:
            best = name
        elif value == scores[best] and costs[name] < costs[best]:
            best = name
    return best


def compare(candidates, costs, draws, validation, test, score):
    scores, kept = {}, {}
    for name, make in candidates.items():
        total, kept[name] = 0.0, []
        for draw in draws:
            model = make()
            model.fit(draw)
            total += score(model, validation)
            kept[name].append(model)
        scores[name] = total / len(draws)
    best = choose(scores, costs)
    if best is None:
        return None, scores, None
    return best, scores, sum(score(model, test) for model in kept[best]) / len(draws)
