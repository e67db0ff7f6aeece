"""Takes the cheapest candidate, whatever it scores.

caught by: test_highest_score_is_chosen
says: the cheapest taken, whatever it scores
"""


def choose(scores, costs):
    finite = [name for name in scores if math.isfinite(scores[name])]
    return min(finite, key=costs.get, default=None)
