"""Deletes the failed candidates from the caller's dict.

caught by: test_choose_changes_neither_scores_nor_costs
says: failed candidates deleted from the caller's dict
"""


def choose(scores, costs):
    for name in [name for name in scores if not math.isfinite(scores[name])]:
        del scores[name]
    return min(scores, key=lambda name: (-scores[name], costs[name]), default=None)
