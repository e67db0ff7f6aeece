"""Gives a tie to whichever stands first, and never looks at the costs.

caught by: test_ties_go_to_the_cheaper
says: the first of equals, whatever it costs
"""


def choose(scores, costs):
    finite = [name for name in scores if math.isfinite(scores[name])]
    return max(finite, key=scores.get, default=None)
