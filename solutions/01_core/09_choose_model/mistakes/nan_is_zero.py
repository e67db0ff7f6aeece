"""Counts a failed candidate as 0, which can tie, and wins where it is cheap.

caught by: test_failed_candidates_never_win
says: a failure counted as 0
"""


def choose(scores, costs):
    known = {name: value if math.isfinite(value) else 0.0 for name, value in scores.items()}
    if not any(map(math.isfinite, scores.values())):
        return None
    return min(known, key=lambda name: (-known[name], costs[name]))
