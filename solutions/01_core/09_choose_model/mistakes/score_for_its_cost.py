"""Divides the score by the cost, a trade that nobody has asked for.

caught by: test_highest_score_is_chosen
says: the best score for its cost
"""


def choose(scores, costs):
    finite = [name for name in scores if math.isfinite(scores[name])]
    return max(finite, key=lambda name: scores[name] / costs[name], default=None)
