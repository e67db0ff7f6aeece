"""Forgets eval mode: the score is taken with dropout on, and differs from call to call.

caught by: test_trains_in_train_mode_and_scores_in_eval_mode
says: scoring with dropout on
"""


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    was_training = model.training
    train(model, inputs, labels, epochs, lr)
    with torch.no_grad():
        score = accuracy([(model(inputs), labels)])
    model.train(was_training)
    return score
