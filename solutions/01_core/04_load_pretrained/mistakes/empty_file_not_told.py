"""Lets the reader stumble over the empty file; its error does not say that.

caught by: test_empty_file_raises_and_is_named
says: its message lacks 'empty'
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
        if path.suffix == ".safetensors":
            state_dict = load_file(path)
        else:
            state_dict = torch.load(path, map_location="cpu", weights_only=True)
        return model, load_entries(model, state_dict, strict=strict)
    except Exception as error:
        raise CheckpointError(f"{path}: {error or type(error).__name__}") from error
