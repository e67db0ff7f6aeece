"""Adds the validation examples to what is learned from.

caught by: test_every_candidate_learns_from_every_draw
says: validation examples learned from
"""


def compare(candidates, costs, draws, validation, test, score):
    draws = [draw + validation for draw in draws]
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {name: fmean(score(m, validation) for m in own) for name, own in models.items()}
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
