"""Scores first and trains afterwards: the score of the model as it came.

caught by: test_scores_the_model_it_hands_back
says: the model from before any training
"""


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        score = accuracy([(model(inputs), labels)])
    train(model, inputs, labels, epochs, lr)
    model.train(was_training)
    return score
