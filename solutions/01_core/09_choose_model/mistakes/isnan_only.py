"""Looks for NaN alone, so that a score of inf wins.

caught by: test_failed_candidates_never_win
says: a candidate whose score is inf taken
"""


def choose(scores, costs):
    able = [name for name in scores if not math.isnan(scores[name])]
    return min(able, key=lambda name: (-scores[name], costs[name]), default=None)
