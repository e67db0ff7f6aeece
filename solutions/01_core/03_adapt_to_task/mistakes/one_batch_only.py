"""Returns inside of the loop, after the first batch.

caught by: test_every_step_moves_each_parameter_by_its_rate_times_its_gradient
says: a return inside of the loop
"""


def adapt(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor, Tensor]],
    classes: int,
    *,
    lr: float,
    head_lr: float,
    frozen: Sequence[str] = (),
    head: str = "lm_head",
    optimizer: Callable[[list[dict[str, Any]]], torch.optim.Optimizer] = torch.optim.AdamW,
) -> list[float]:
    """Give `model` a head for the task, and train it on `batches`, one step each."""
    replace_head(model, classes, head=head)
    groups = parameter_groups(model, lr=lr, head_lr=head_lr, frozen=frozen, head=head)
    trainer = optimizer(groups)
    losses = []
    model.train()
    for ids, lengths, labels in batches:
        trainer.zero_grad()
        loss = cross_entropy(class_logits(model, ids, lengths), labels)
        loss.backward()
        trainer.step()
        losses.append(loss.item())
        return losses
