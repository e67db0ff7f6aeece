"""Copies the dict but not the tensors in it.

caught by: test_best_is_the_highest_score_and_the_earliest_of_equals
says: a reference to the model's own tensors
"""


def fine_tune(
    model: torch.nn.Module,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    *,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    evaluate: Callable[[torch.nn.Module], float],
    every: int,
    warmup: int,
    max_norm: float,
) -> History:
    history = History()
    base_rates = [group["lr"] for group in optimizer.param_groups]
    came_in_train_mode = model.training
    model.train()
    for step, (inputs, labels) in enumerate(batches, start=1):
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), labels)
        if not torch.isfinite(loss):
            history.stopped_at = step
            break
        loss.backward()
        norm = clip_grad_norm_(model.parameters(), max_norm)
        for group, base in zip(optimizer.param_groups, base_rates):
            group["lr"] = base * min(1.0, step / max(1, warmup))
        optimizer.step()
        history.losses.append(loss.item())
        history.norms.append(norm.item())
        history.rates.append(optimizer.param_groups[0]["lr"])
        if step % every == 0:
            model.eval()
            score = evaluate(model)
            model.train()
            history.scores.append(score)
            if history.best_score is None or score > history.best_score:
                history.best_score = score
                history.best_state = dict(model.state_dict())
    model.train(came_in_train_mode)
    return history
