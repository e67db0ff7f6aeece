"""Does not pass frozen on, so everything trains.

caught by: test_frozen_parts_stay_bit_for_bit
says: frozen without effect on training
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
    groups = parameter_groups(model, lr=lr, head_lr=head_lr, head=head)
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
