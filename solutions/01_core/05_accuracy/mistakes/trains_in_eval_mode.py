"""Switches to eval mode before the training, which then runs without dropout.

caught by: test_trains_in_train_mode_and_scores_in_eval_mode
says: is trained in eval mode
"""


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    was_training = model.training
    model.eval()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        loss = nn.functional.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        score = accuracy([(model(inputs), labels)])
    model.train(was_training)
    return score
