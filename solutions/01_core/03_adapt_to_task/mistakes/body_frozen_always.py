"""Freezes all but the head, asked or not: the body cannot adapt.

caught by: test_adapted_checkpoint_knows_the_task_and_keeps_its_body
says: a body that stays still though nothing froze it
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
    for name, parameter in model.named_parameters():
        if not name.startswith(head + "."):
            parameter.requires_grad = False
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
