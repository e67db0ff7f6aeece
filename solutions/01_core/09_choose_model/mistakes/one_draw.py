"""Compares on the first draw alone.

caught by: test_every_candidate_learns_from_every_draw
says: fewer draws for this candidate than there are
"""


def compare(candidates, costs, draws, validation, test, score):
    draws = draws[:1]
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {name: fmean(score(m, validation) for m in own) for name, own in models.items()}
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
