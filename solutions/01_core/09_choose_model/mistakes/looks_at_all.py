"""Looks at the test scores of all candidates, though it chooses without them.

caught by: test_test_set_is_looked_at_once_and_last
says: every candidate scored on the test set
"""


def compare(candidates, costs, draws, validation, test, score):
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores = {name: fmean(score(m, validation) for m in own) for name, own in models.items()}
    best = choose(scores, costs)
    final = {name: fmean(score(m, test) for m in own) for name, own in models.items()}
    return best, scores, final.get(best)
