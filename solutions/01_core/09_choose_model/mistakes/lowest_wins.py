"""Takes the lowest score, as if it were a loss.

caught by: test_highest_score_is_chosen
says: the lowest score taken for the best
"""


def choose(scores, costs):
    finite = [name for name in scores if math.isfinite(scores[name])]
    return min(finite, key=lambda name: (scores[name], costs[name]), default=None)
