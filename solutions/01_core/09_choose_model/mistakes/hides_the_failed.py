"""Leaves failed candidates out of the scores, so that nobody hears of them.

caught by: test_candidate_that_fails_in_a_draw_is_not_chosen
says: a failed candidate taken out of the scores
"""


def compare(candidates, costs, draws, validation, test, score):
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {name: fmean(score(m, validation) for m in own) for name, own in models.items()}
    scores = {name: value for name, value in scores.items() if math.isfinite(value)}
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
