"""Gives a tie to the dearest candidate.

caught by: test_ties_go_to_the_cheaper
says: the dearest of equals
"""


def choose(scores, costs):
    finite = [name for name in scores if math.isfinite(scores[name])]
    return max(finite, key=lambda name: (scores[name], costs[name]), default=None)
