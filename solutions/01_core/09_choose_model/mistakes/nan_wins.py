"""Trusts min with NaN, which keeps it when it comes first.

caught by: test_failed_candidates_never_win
says: a candidate whose score is nan taken
"""


def choose(scores, costs):
    return min(scores, key=lambda name: (-scores[name], costs[name]), default=None)
