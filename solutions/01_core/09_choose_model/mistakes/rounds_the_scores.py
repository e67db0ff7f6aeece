"""Rounds the scores to hundredths, and makes ties where there are none.

caught by: test_highest_score_is_chosen
says: scores rounded before they are compared
"""


def choose(scores, costs):
    finite = [name for name in scores if math.isfinite(scores[name])]
    return min(finite, key=lambda name: (-round(scores[name], 2), costs[name]), default=None)
