"""Turns gradients off for the whole process, so the next training has nothing to learn by.

caught by: test_scores_without_a_graph
says: still off when train_and_score is done
"""


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    was_training = model.training
    train(model, inputs, labels, epochs, lr)
    model.eval()
    torch.set_grad_enabled(False)
    score = accuracy([(model(inputs), labels)])
    model.train(was_training)
    return score
