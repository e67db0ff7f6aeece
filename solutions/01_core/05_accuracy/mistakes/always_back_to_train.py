"""Calls model.train() at the end, whatever mode the model came in.

caught by: test_hands_the_model_back_in_the_mode_it_came_in
says: a model left in train mode
"""


def train_and_score(model, inputs, labels, epochs=3, lr=0.1):
    was_training = model.training
    train(model, inputs, labels, epochs, lr)
    model.eval()
    with torch.no_grad():
        score = accuracy([(model(inputs), labels)])
    model.train()
    return score
