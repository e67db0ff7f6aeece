"""Leaves the draws that failed out of the mean.

caught by: test_candidate_that_fails_in_a_draw_is_not_chosen
says: the candidate that failed in a draw
"""


def compare(candidates, costs, draws, validation, test, score):
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {}
    for name, own in models.items():
        found = [value for m in own if math.isfinite(value := score(m, validation))]
        scores[name] = fmean(found) if found else math.nan
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
