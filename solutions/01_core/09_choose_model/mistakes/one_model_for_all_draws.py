"""Fits one model on draw after draw, so that it has seen them all.

caught by: test_every_candidate_learns_from_every_draw
says: one model for all draws
"""


def compare(candidates, costs, draws, validation, test, score):
    models = {name: [make()] * len(draws) for name, make in candidates.items()}
    scores = {}
    for name, own in models.items():
        found = []
        for model, draw in zip(own, draws):
            model.fit(draw)
            found.append(score(model, validation))
        scores[name] = fmean(found)
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
