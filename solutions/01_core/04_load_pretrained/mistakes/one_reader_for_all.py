"""Reads every file with load_file, whatever its name says.

caught by: test_loaded_model_gives_the_sources_logits
says: Loading a.pt (a Path) raises CheckpointError
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
        state_dict = load_file(path)
        return model, load_entries(model, state_dict, strict=strict)
    except Exception as error:
        raise CheckpointError(f"{path}: {error or type(error).__name__}") from error
