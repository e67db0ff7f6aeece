"""Gives each candidate another draw, so that luck is compared.

caught by: test_every_candidate_learns_from_every_draw
says: another draw for each candidate
"""


def compare(candidates, costs, draws, validation, test, score):
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for n, own in enumerate(models.values()):
        for model in own:
            model.fit(draws[n % len(draws)])
    scores = {name: fmean(score(m, validation) for m in own) for name, own in models.items()}
    best = choose(scores, costs)
    return best, scores, None if best is None else fmean(score(m, test) for m in models[best])
