"""Scores with gradients on, and so builds a graph that nobody will use.

caught by: test_scores_without_a_graph
says: keeps a graph that nobody needs
"""


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    was_training = model.training
    train(model, inputs, labels, epochs, lr)
    model.eval()
    score = accuracy([(model(inputs), labels)])
    model.train(was_training)
    return score
