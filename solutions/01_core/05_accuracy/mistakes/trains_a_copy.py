"""Trains and scores a copy, and hands the caller back an untrained model.

caught by: test_scores_the_model_it_hands_back
says: a copy trained in its place
"""


import copy


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    scored = copy.deepcopy(model)
    train(scored, inputs, labels, epochs, lr)
    scored.eval()
    with torch.no_grad():
        return accuracy([(scored(inputs), labels)])
