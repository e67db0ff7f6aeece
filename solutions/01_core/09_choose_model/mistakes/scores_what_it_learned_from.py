"""Scores each model on the draw that it has learned from.

caught by: test_scores_are_means_over_the_draws
says: scores on the examples that were learned from
"""


def compare(candidates, costs, draws, validation, test, score):
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {
        name: fmean(score(m, draw) for m, draw in zip(own, draws)) for name, own in models.items()
    }
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
