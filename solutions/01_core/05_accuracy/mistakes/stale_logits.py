"""Scores the logits that train() returns, made before its last optimizer step.

caught by: test_scores_the_model_it_hands_back
says: accuracy on stale logits
"""


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    was_training = model.training
    logits = train(model, inputs, labels, epochs, lr)
    model.train(was_training)
    return accuracy([(logits, labels)])
