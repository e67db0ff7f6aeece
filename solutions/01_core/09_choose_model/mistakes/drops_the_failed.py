"""Deletes the failed candidates from the caller's dict.

caught by: test_arguments_stay_as_they_are
says: names in the scores, after choose
"""


def choose(scores, costs):
    for name in [name for name in scores if not math.isfinite(scores[name])]:
        del scores[name]
    return min(scores, key=lambda name: (-scores[name], costs[name]), default=None)
