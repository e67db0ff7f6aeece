"""Returns the smallest rate that is stable: safe, and slow.

caught by: test_pretrained_model_survives_your_rate_and_not_the_next
says: a search that ends before the edge
"""


def largest_stable_rate(model, rates, train, window):
    for rate in sorted(rates):
        if is_stable(train(copy.deepcopy(model), rate), window):
            return rate
    return None
