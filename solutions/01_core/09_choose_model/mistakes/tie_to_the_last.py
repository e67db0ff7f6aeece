"""Goes on to any later candidate that is as good, whatever it costs.

caught by: test_ties_go_to_the_cheaper
says: the last of equals, whatever it costs
"""


def choose(scores, costs):
    best = None
    for name, value in scores.items():
        if math.isfinite(value) and (best is None or value >= scores[best]):
            best = name
    return best
