"""Scores each candidate by its luckiest draw.

caught by: test_scores_are_means_over_the_draws
says: the luckiest draw
"""


def compare(candidates, costs, draws, validation, test, score):
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {name: max(score(m, validation) for m in own) for name, own in models.items()}
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
