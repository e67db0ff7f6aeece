"""Takes the mean over all rows here, and so forgets the ignored labels after all.

caught by: test_scores_the_model_it_hands_back
says: labels of -100 counted as wrong
"""


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    was_training = model.training
    train(model, inputs, labels, epochs, lr)
    model.eval()
    with torch.no_grad():
        score = (model(inputs).argmax(1) == labels).float().mean().item()
    model.train(was_training)
    return score
