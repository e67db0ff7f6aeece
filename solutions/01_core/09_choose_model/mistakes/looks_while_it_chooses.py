"""Looks at the test set whenever a candidate is the best so far.

caught by: test_test_set_is_looked_at_once_and_last
says: a look at whichever is the best so far
"""


def compare(candidates, costs, draws, validation, test, score):
    models = {name: [make() for _ in draws] for name, make in candidates.items()}
    for own in models.values():
        for model, draw in zip(own, draws):
            model.fit(draw)
    scores, final = {}, None
    for name, own in models.items():
        scores[name] = fmean(score(m, validation) for m in own)
        if choose(scores, costs) == name:
            final = fmean(score(m, test) for m in own)
    return choose(scores, costs), scores, final
