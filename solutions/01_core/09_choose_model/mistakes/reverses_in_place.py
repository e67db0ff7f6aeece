"""Changes the order of the caller's draws.

caught by: test_arguments_stay_as_they_are
says: examples sorted, shuffled, joined or used up
"""


def compare(candidates, costs, draws, validation, test, score):
    for draw in draws:
        draw.reverse()
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {name: fmean(score(m, validation) for m in own) for name, own in models.items()}
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
