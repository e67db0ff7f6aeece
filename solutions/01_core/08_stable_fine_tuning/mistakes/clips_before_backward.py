"""Clips before backward, when there is no gradient of this batch yet.

caught by: test_order_of_events_in_every_step
says: no clipping between backward and step
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
        norm = clip_grad_norm_(model.parameters(), max_norm)
        loss.backward()
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
                history.best_state = copy.deepcopy(model.state_dict())
    model.train(came_in_train_mode)
    return history
