"""Takes the best of no candidates, which is an error.

caught by: test_failed_candidates_never_win
says: the best of nothing
"""


def choose(scores, costs):
    finite = [name for name in scores if math.isfinite(scores[name])]
    return min(finite, key=lambda name: (-scores[name], costs[name]))
