"""Scores all candidates on the test set and takes the best of those.

caught by: test_scores_are_means_over_the_draws
says: a choice by the test scores
"""


def compare(candidates, costs, draws, validation, test, score):
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {name: fmean(score(m, validation) for m in own) for name, own in models.items()}
    final = {name: fmean(score(m, test) for m in own) for name, own in models.items()}
    best = choose(final, costs)
    return best, scores, final.get(best)
