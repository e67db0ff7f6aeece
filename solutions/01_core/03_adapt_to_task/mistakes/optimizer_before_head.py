"""Makes the optimizer before the new head is in: the head never trains.

caught by: test_training_starts_from_the_pretrained_body_and_a_new_head
says: an optimizer made before the new head was put in
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
    groups = parameter_groups(model, lr=lr, head_lr=head_lr, frozen=frozen, head=head)
    trainer = optimizer(groups)
    replace_head(model, classes, head=head)
    losses = []
    model.train()
    for ids, lengths, labels in batches:
        trainer.zero_grad()
        loss = cross_entropy(class_logits(model, ids, lengths), labels)
        loss.backward()
        trainer.step()
        losses.append(loss.item())
    return losses
