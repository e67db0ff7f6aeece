"""Takes the median of the draws, where the mean was asked for.

caught by: test_scores_are_means_over_the_draws
says: the median
"""


def compare(candidates, costs, draws, validation, test, score):
    from statistics import median

    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {name: median(score(m, validation) for m in own) for name, own in models.items()}
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
