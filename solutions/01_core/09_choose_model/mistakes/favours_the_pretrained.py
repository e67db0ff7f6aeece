"""Takes the pretrained model because it ought to win.

caught by: test_highest_score_is_chosen
says: a favourite that the data do not support
"""


def choose(scores, costs):
    finite = [name for name in scores if math.isfinite(scores[name])]
    for name in finite:
        if "pretrained" in name:
            return name
    return min(finite, key=lambda name: (-scores[name], costs[name]), default=None)
