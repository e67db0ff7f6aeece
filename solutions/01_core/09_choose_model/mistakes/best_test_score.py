"""Reports the test score of the luckiest of the chosen models.

caught by: test_test_set_is_looked_at_once_and_last
says: the luckiest model's test score
"""


def compare(candidates, costs, draws, validation, test, score):
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {name: fmean(score(m, validation) for m in own) for name, own in models.items()}
    best = choose(scores, costs)
    return best, scores, None if best is None else max(score(m, test) for m in models[best])
