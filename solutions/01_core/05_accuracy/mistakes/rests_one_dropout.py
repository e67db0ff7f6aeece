"""Puts the dropout to rest that it can see, and not what sits deeper in the model.

caught by: test_language_model_on_reviews_is_scored_at_rest
says: is scored with dropout on, in body.drop and
"""


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    was_training = model.training
    train(model, inputs, labels, epochs, lr)
    for part in model.children():
        if isinstance(part, nn.Dropout):
            part.eval()
    with torch.no_grad():
        score = accuracy([(model(inputs), labels)])
    model.train(was_training)
    return score
