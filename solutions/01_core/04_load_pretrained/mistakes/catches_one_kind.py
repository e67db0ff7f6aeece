"""Catches RuntimeError only, the one kind that had come up before.

caught by: test_text_file_is_not_a_checkpoint
says: expected CheckpointError
"""


def load_pretrained(
    path: str | os.PathLike[str] | None,
    build: Callable[[], nn.Module],
    *,
    model: nn.Module | None = None,
    strict: bool = True,
) -> tuple[nn.Module, LoadReport]:
    model = build() if model is None else model
    if path is None:
        return model, LoadReport(fresh=True)
    path = Path(path)
    try:
        if path.is_file() and path.stat().st_size == 0:
            raise ValueError("the file is empty")
        if path.suffix == ".safetensors":
            state_dict = load_file(path)
        else:
            state_dict = torch.load(path, map_location="cpu", weights_only=True)
        return model, load_entries(model, state_dict, strict=strict)
    except (RuntimeError, CheckpointError) as error:
        raise CheckpointError(f"{path}: {error or type(error).__name__}") from error
