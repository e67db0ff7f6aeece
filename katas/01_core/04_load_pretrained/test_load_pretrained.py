"""The spec of load_pretrained: real checkpoints, and real broken ones, on disk."""

import copy
import math
import os
import re

import pytest
import torch

from pytest_kata import checks


# The checkpoints' models. Their names are chosen to be awkward: `embed` begins with letters of
# "module.", and `encoder.module.weight` has "module." in its middle.
def classifier(seed, *, vocab=23, width=8, classes=3, bias=True):
    """A small text classifier with its own weights: parameters, buffers and a real id 0."""

    class Residual(torch.nn.Module):
        def __init__(self, module):
            super().__init__()
            self.module = module

        def forward(self, x):
            return x + torch.tanh(self.module(x))

    class Norm(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = torch.nn.Parameter(torch.ones(width))
            self.register_buffer("mean", torch.zeros(width))
            self.register_buffer("steps", torch.tensor(0))

        def forward(self, x):
            return (x - self.mean) * self.scale

    class TextClassifier(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = torch.nn.Embedding(vocab, width)
            self.encoder = Residual(torch.nn.Linear(width, width, bias=bias))
            self.norm = Norm()
            self.head = torch.nn.Linear(width, classes, bias=bias)

        def forward(self, ids):
            return self.head(self.norm(self.encoder(self.embed(ids).mean(dim=1))))

    return filled(TextClassifier(), seed)


def filled(model, seed):
    """`model` with every parameter and buffer drawn from `seed`."""
    generator = torch.Generator().manual_seed(seed)
    for value in model.state_dict().values():
        if value.is_floating_point():
            value.copy_(torch.rand(value.shape, generator=generator) + 0.5)
        else:
            value.fill_(int(torch.randint(1, 999, (), generator=generator)))
    return model


def other_architecture(seed):
    """A model that shares no entry with the classifier."""
    layers = [torch.nn.Linear(8, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3)]
    return filled(torch.nn.Sequential(*layers), seed)


def logits(model):
    ids = torch.tensor([[0, 3, 22, 7, 0], [5, 0, 1, 19, 4], [11, 2, 2, 8, 21]])
    with torch.no_grad():
        return copy.deepcopy(model).eval()(ids)


def save(state, path):
    """Write `state` to `path`, in the format that its name promises."""
    import safetensors.torch

    if path.suffix == ".safetensors":
        safetensors.torch.save_file(dict(state), path)
    else:
        torch.save(state, path)
    return path


class Build:
    """A factory that counts its calls and hands out models unlike every checkpoint."""

    def __init__(self, seed, **options):
        self.seed, self.options, self.calls = seed, options, 0

    def __call__(self):
        self.calls += 1
        return classifier(self.seed + 1000 + self.calls, **self.options)


def words_of(error, folder=None):
    """What `error` says, without the folder's name: pytest names that after the test."""
    said = " ".join(str(error).split())
    return said.replace(str(folder), "...") if folder else said


def shortened(said):
    """`said` without its end, where it is too long to be read."""
    return said if len(said) <= 160 else said[:160].rpartition(" ")[0] + " ..."


def load(kata, what, path, build, looks_like="", **options):
    """load_pretrained(path, build, **options), which must hand back (model, report)."""
    try:
        got = kata.load_pretrained(path, build, **options)
    except NotImplementedError:
        raise
    except (kata.CheckpointError, RuntimeError) as error:
        said = words_of(error, path and os.path.dirname(path))
        if "norm.mean" in said and "norm.scale" not in said:
            looks_like = "buffers left out of the comparison"
        raise checks.Miss(
            "value",
            f"loading {what} raises {type(error).__name__}, but it should load: {shortened(said)}",
            looks_like=looks_like,
        ) from error
    return pair(got, what)


def pair(got, what):
    """`got`, which must be (model, report)."""
    if got is None:
        raise checks.Miss(
            "returned",
            f"load_pretrained for {what} hands back None",
            because="The caller's next line is model.train().",
        )
    checks.instance(got, tuple, f"what load_pretrained hands back for {what}")
    checks.that(
        len(got) == 2,
        f"what load_pretrained hands back for {what} is a tuple of {len(got)}, "
        "expected two: (model, report)",
    )
    checks.instance(got[0], torch.nn.Module, f"the model that load_pretrained gives for {what}")
    return got


def traceback_of(error):
    """`error`, and those that Python shows above it."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def refused(kata, what, call, mentions=(), kinds=(), folder=None, looks_like="", because=""):
    """Expect `call` to raise CheckpointError (or one of `kinds`), and hand the error back."""
    try:
        got = call()
    except Exception as error:
        with checks.raises((kata.CheckpointError, *kinds), what):
            raise
        said = words_of(error, folder)
        lacking = [repr(word) for word in mentions if word.lower() not in said.lower()]
        if lacking:
            raise checks.Miss(
                "value",
                f"{what} raises {type(error).__name__}, but its message lacks "
                f"{', '.join(lacking)}; it says: {shortened(said) or 'nothing'}",
                because="What must whoever reads it know to mend the file or the path?",
            ) from error
        return error
    if got is None:
        raise checks.Miss(
            "value",
            f"{what} raises nothing and hands back None",
            looks_like="a failed load that hands back None",
            because="Who meets that None, and how far from here?",
        )
    if type(got) is tuple and got and getattr(got[-1], "fresh", None) is True:
        looks_like = "a fall back to a fresh model where a checkpoint was asked for"
    raise checks.Miss(
        "value",
        f"{what} raises nothing and hands back {checks.describe(got)}",
        looks_like=looks_like or "a failed load passed off as a good one",
        because=because or "How would the caller know that these weights are not the checkpoint's?",
    )


def check_report(report, what, *, looks_like=None, **want):
    """Every field of `report`; the lists in any order, those not named in `want` empty."""
    checks.returned(report, f"the report for {what}")
    for field in ("missing", "unexpected", "mismatched", "none_entries"):
        name = f"report.{field} for {what}"
        got = getattr(report, field, None)
        checks.instance(got, (list, tuple, set, frozenset), name)
        known = {words: value for (at, words), value in (looks_like or {}).items() if at == field}
        checks.equal(sorted(got, key=repr), sorted(want.get(field, [])), name, looks_like=known)
    for field, empty in (("prefix", ""), ("fresh", False)):
        got, name = getattr(report, field, None), f"report.{field} for {what}"
        checks.equal(got, want.get(field, empty), name)


def check_loaded(model, want, what, looks_like="", because=""):
    """Every parameter and buffer of `model` is bit-equal to `want`."""
    got = model.state_dict()
    wrong = [name for name in want if not torch.equal(got[name], want[name])]
    checks.that(
        not wrong,
        f"{what}: {len(wrong)} of {len(want)} entries are not as they should be; "
        f"the first is {(wrong or ['-'])[0]}",
        looks_like=looks_like,
        because=because,
    )


def snapshot(model):
    return copy.deepcopy(model.state_dict())


# Files that are none


@pytest.mark.task(1)
def test_missing_file_raises_and_is_named(kata, kata_seed, tmp_path):
    """Where there is no file, the error says which; only None asks for a fresh model."""
    (tmp_path / "a_folder").mkdir()
    for name in ("nowhere.pt", "nowhere.safetensors", "a_folder"):
        refused(
            kata,
            f"loading {name}, which is no file,",
            lambda name=name: kata.load_pretrained(tmp_path / name, Build(kata_seed)),
            mentions=[name],
            kinds=[OSError],
            folder=tmp_path,
        )
    try:
        got = kata.load_pretrained("", Build(kata_seed))
    except (kata.CheckpointError, OSError):
        return
    raise checks.Miss(
        "value",
        f'loading the path "" raises nothing and hands back {checks.describe(got)}',
        looks_like="a path that is tested for being falsy, not for being None",
        because="An unset variable in a script becomes an empty string.",
    )


@pytest.mark.task(1)
def test_empty_file_raises_and_is_named(kata, kata_seed, tmp_path):
    """A file of no bytes raises an error that names it and says that it is empty."""
    for name in ("hollow.pt", "hollow.safetensors"):
        (tmp_path / name).touch()
        refused(
            kata,
            f"loading {name}, a file of 0 bytes,",
            lambda name=name: kata.load_pretrained(tmp_path / name, Build(kata_seed)),
            mentions=[name, "empty"],
            folder=tmp_path,
        )


@pytest.mark.task(1)
def test_truncated_file_raises_and_is_named(kata, kata_seed, tmp_path):
    """A file cut off anywhere raises an error that names it and keeps the reader's error."""
    for name in ("cut.pt", "cut.safetensors"):
        whole = save(classifier(kata_seed).state_dict(), tmp_path / name).read_bytes()
        for size in (1, 100, len(whole) // 2, len(whole) - 1):
            (tmp_path / name).write_bytes(whole[:size])
            error = refused(
                kata,
                f"loading {name}, {size} bytes of {len(whole)},",
                lambda name=name: kata.load_pretrained(tmp_path / name, Build(kata_seed)),
                mentions=[name],
                folder=tmp_path,
            )
            checks.that(
                any(not isinstance(one, kata.CheckpointError) for one in traceback_of(error)),
                f"the error for {name} hides the one that the reader raised",
                looks_like="raise … from None" if error.__suppress_context__ else "",
                because="Somebody has to find out why the file cannot be read.",
            )


@pytest.mark.task(1)
def test_text_file_is_not_a_checkpoint(kata, kata_seed, tmp_path):
    """A pointer or a web page saved under a checkpoint's name raises an error that names it."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:9f86d081\nsize 438011\n"
    page = "<html><body><h1>404</h1>this model is not here</body></html>\n"
    for name, text in (("lfs.bin", pointer), ("page.pt", page), ("page.safetensors", page)):
        (tmp_path / name).write_text(text)
        refused(
            kata,
            f"loading {name}, a text file,",
            lambda name=name: kata.load_pretrained(tmp_path / name, Build(kata_seed)),
            mentions=[name],
            folder=tmp_path,
        )


@pytest.mark.task(1)
def test_code_in_a_checkpoint_is_not_run(kata, kata_seed, tmp_path):
    """A checkpoint is data: a pickle that would run code raises, and the code is not run."""
    marker = tmp_path / "made_by_the_checkpoint"

    class Stowaway:
        def __reduce__(self):
            return os.mkdir, (str(marker),)

    state = {**classifier(kata_seed).state_dict(), "notes": Stowaway()}
    path = save(state, tmp_path / "downloaded.pt")
    model, error = classifier(kata_seed), None
    try:
        kata.load_pretrained(path, Build(kata_seed), model=model, strict=False)
    except Exception as raised:
        error = raised
    checks.that(
        not marker.exists(),
        "loading downloaded.pt ran code that the file brought along (it made a folder)",
        looks_like="an unpickling that trusts the file",
        because="Who wrote the file, and what may a pickle call?",
    )
    with checks.raises(kata.CheckpointError, "loading downloaded.pt", mentions=["downloaded.pt"]):
        if error is not None:
            raise error


# What a load is


@pytest.mark.task(1)
def test_loaded_model_gives_the_sources_logits(kata, kata_seed, tmp_path):
    """A checkpoint of either format, from a str or a Path, gives the source model's logits."""
    for name, bias in (("a.pt", True), ("b.safetensors", True), ("c.bin", False)):
        source = classifier(kata_seed, bias=bias)
        path = save(source.state_dict(), tmp_path / name)
        build = Build(kata_seed, bias=bias)
        for given in (path, str(path)):
            what = f"{name} (a {'str' if given is not path else 'Path'})"
            model, report = load(kata, what, given, build)
            checks.close(logits(model), logits(source), f"the logits of {what}", atol=0.0)
            check_report(report, what)
        checks.equal(build.calls, 2, "the number of build() calls in two loads")


@pytest.mark.task(1)
def test_given_model_is_the_one_that_is_loaded(kata, kata_seed, tmp_path):
    """A model handed in is loaded in place and handed back; build() is left alone."""
    source = classifier(kata_seed)
    path = save(source.state_dict(), tmp_path / "a.safetensors")
    for training in (True, False):
        mine, build = classifier(kata_seed + 1).train(training), Build(kata_seed)
        model, _ = load(kata, "a model handed in", path, build, model=mine)
        checks.that(model is mine, "the model handed back is not the one handed in")
        checks.equal(build.calls, 0, "the number of build() calls when a model is handed in")
        check_loaded(mine, source.state_dict(), "the model handed in, after the load")
        checks.equal(mine.training, training, f"model.training, {training} before the load,")


@pytest.mark.task(1)
def test_none_path_is_a_fresh_model_and_says_so(kata, kata_seed):
    """None asks for a fresh model: it comes as built, and the report says fresh."""
    for strict in (True, False):
        build = Build(kata_seed)
        model, report = load(kata, "path None", None, build, strict=strict)
        check_loaded(model, classifier(kata_seed + 1001).state_dict(), "the fresh model")
        checks.equal(build.calls, 1, "the number of build() calls for path None")
        check_report(report, "path None", fresh=True)

        mine = classifier(kata_seed)
        model, report = load(kata, "path None with a model", None, build, model=mine, strict=strict)
        checks.that(model is mine, "path None with a model hands back another model")
        check_loaded(mine, classifier(kata_seed).state_dict(), "the model handed in with path None")
        check_report(report, "path None with a model", fresh=True)


@pytest.mark.task(1)
def test_model_of_length_zero_is_still_a_model(kata, kata_seed, tmp_path):
    """A container without modules has length 0 and is falsy, but it is not None."""

    class SoftPrompt(torch.nn.ModuleList):
        """A trained prompt; the list of adapters behind it is still empty."""

        def __init__(self):
            super().__init__()
            self.prompt = torch.nn.Parameter(torch.zeros(4, 8))

    source = filled(SoftPrompt(), kata_seed)
    path = save(source.state_dict(), tmp_path / "prompt.pt")
    for given in (path, None):
        mine, build = SoftPrompt(), Build(kata_seed)
        what = "a model of length 0"
        try:
            got = kata.load_pretrained(given, build, model=mine)
        except kata.CheckpointError:
            if build.calls == 0:
                raise
            got = None
        checks.that(
            build.calls == 0,
            f"{what} is handed in, but another one is built and used",
            looks_like="model = model or build()",
            because="What is bool() of an empty container?",
        )
        model, _ = pair(got, what)
        checks.that(model is mine, f"{what} is handed in, but another one is handed back")
        want = source if given else SoftPrompt()
        check_loaded(mine, want.state_dict(), "the model of length 0 after the load")


@pytest.mark.task(2)
def test_loading_copies(kata, kata_seed):
    """The model keeps its parameters, dtype and memory; only the values come from the dict."""
    source, model = classifier(kata_seed), classifier(kata_seed + 1)
    state = {
        name: value.double() if value.is_floating_point() else value.clone()
        for name, value in source.state_dict().items()
    }
    before, held = copy.deepcopy(state), dict(model.named_parameters())
    dtype = model.embed.weight.dtype
    kata.load_entries(model, state)
    for name, parameter in model.named_parameters():
        checks.that(
            parameter is held[name] and parameter.dtype == dtype,
            f"{name} of the model is replaced by the load, not filled",
            looks_like="the checkpoint's tensors put in the place of the model's",
            because="What does an optimizer hold that was made before the load?",
        )
    check_loaded(model, source.state_dict(), "the model after loading float64 entries")

    state = source.state_dict()
    kata.load_entries(model, state)
    with torch.no_grad():
        for value in model.state_dict().values():
            value.add_(1)
    checks.unchanged(
        state,
        {name: value.to(state[name].dtype) for name, value in before.items()},
        "the dict that was loaded, when the model is trained afterwards,",
        looks_like="a model and a dict that share memory",
    )


# Checkpoints that do not fit


@pytest.mark.task(2)
def test_one_missing_entry(kata, kata_seed, tmp_path):
    """An entry that is not there: named in the error if strict, else in the report."""
    for gone in ("head.bias", "norm.mean"):
        state = snapshot(classifier(kata_seed))
        del state[gone]
        path = save(state, tmp_path / "short.safetensors")
        what = f"a checkpoint without {gone}"

        model = classifier(kata_seed + 1)
        want = {**model.state_dict(), **state}
        want = {name: value.clone() for name, value in want.items()}
        _, report = load(
            kata,
            f"{what} (strict=False)",
            path,
            Build(kata_seed),
            model=model,
            strict=False,
            looks_like="strict=False without effect",
        )
        check_report(
            report,
            f"{what} (strict=False)",
            missing=[gone],
            looks_like={("missing", "a load whose report is thrown away"): []},
        )
        check_loaded(model, want, f"the model, loaded from {what}")
        for options in ({}, {"strict": True}):
            refused(
                kata,
                f"loading {what} (strict)",
                lambda options=options: kata.load_pretrained(path, Build(kata_seed), **options),
                mentions=["short.safetensors", "missing", gone],
                folder=tmp_path,
            )


@pytest.mark.task(2)
def test_another_architecture_raises_strict_or_not(kata, kata_seed, tmp_path):
    """Where no entry fits, nothing would be loaded: an error, with strict False as well."""
    path = save(other_architecture(kata_seed).state_dict(), tmp_path / "mlp.safetensors")
    for strict in (True, False):
        model = classifier(kata_seed + 1)
        before = snapshot(model)
        refused(
            kata,
            f"loading another architecture (strict={strict})",
            lambda model=model, strict=strict: kata.load_pretrained(
                path, Build(kata_seed), model=model, strict=strict
            ),
            mentions=["mlp.safetensors", "missing", "embed.weight", "unexpected", "2.bias"],
            folder=tmp_path,
            looks_like="an untrained model that passes for a pretrained one",
            because="What is left of a load when none of its entries fits?",
        )
        checks.unchanged(model.state_dict(), before, "the model, in a load that failed,")
    wider = {name: torch.ones(*value.shape, 2) for name, value in snapshot(model).items()}
    for what, state in (("no entry", {}), ("an entry for each, of other shapes", wider)):
        for strict in (True, False):
            refused(
                kata,
                f"loading a state_dict with {what} (strict={strict})",
                lambda state=state, strict=strict: kata.load_entries(
                    classifier(kata_seed), state, strict=strict
                ),
            )


@pytest.mark.task(2)
def test_one_unexpected_entry(kata, kata_seed, tmp_path):
    """An entry that the model has no place for: in the error if strict, else in the report."""
    source, model = classifier(kata_seed), classifier(kata_seed + 1)
    state = {"pooler.weight": torch.ones(8, 8), **source.state_dict()}
    path = save(state, tmp_path / "long.pt")
    what = "a checkpoint with a pooler.weight too many"
    _, report = load(
        kata,
        f"{what} (strict=False)",
        path,
        Build(kata_seed),
        model=model,
        strict=False,
        looks_like="strict=False without effect",
    )
    check_report(report, f"{what} (strict=False)", unexpected=["pooler.weight"])
    check_loaded(model, source.state_dict(), f"the model, loaded from {what}")
    for options in ({}, {"strict": True}):
        refused(
            kata,
            f"loading {what} (strict)",
            lambda options=options: kata.load_pretrained(path, Build(kata_seed), **options),
            mentions=["long.pt", "unexpected", "pooler.weight"],
            folder=tmp_path,
        )


@pytest.mark.task(2)
def test_one_wrong_shape(kata, kata_seed, tmp_path):
    """An entry of another shape is never bent to fit: an error if strict, else in the report."""
    model = classifier(kata_seed + 1, classes=5)
    for shape in ((7, 8), (8, 5), (1, 8), (40,)):
        state = snapshot(classifier(kata_seed, classes=5))
        state["head.weight"] = torch.full(shape, 2.0)
        path = save(state, tmp_path / "wide.safetensors")
        what = f"a checkpoint whose head.weight is {shape}, not (5, 8),"
        kept = model.head.weight.detach().clone()
        _, report = load(
            kata, f"{what} strict=False,", path, Build(kata_seed), model=model, strict=False
        )
        checks.unchanged(
            model.head.weight.detach(),
            kept,
            f"head.weight of the model, where the checkpoint's is {shape},",
            looks_like="a tensor bent to fit (reshape or broadcasting)",
        )
        check_report(
            report,
            f"{what} strict=False",
            mismatched=["head.weight"],
            looks_like={("missing", "a wrong shape counted as missing"): ["head.weight"]},
        )
        check_loaded(model, {**state, "head.weight": kept}, f"the model, loaded from {what}")
        for options in ({}, {"strict": True}):
            refused(
                kata,
                f"loading {what} strict",
                lambda path=path, options=options: kata.load_pretrained(
                    path, Build(kata_seed, classes=5), **options
                ),
                mentions=["wide.safetensors", "head.weight", str(shape)[1:-1].strip(","), "5, 8"],
                folder=tmp_path,
            )


@pytest.mark.task(2)
def test_none_entry_means_that_there_is_no_such_tensor(kata, kata_seed, tmp_path):
    """A None (bias=None) is listed; it is no extra entry, and it fills no place in the model."""
    source = classifier(kata_seed, bias=False)
    nothing = ["encoder.module.bias", "head.bias"]
    path = save({**source.state_dict(), **dict.fromkeys(nothing)}, tmp_path / "nobias.pt")
    for strict in (True, False):
        what = f"bias=None for a model without biases (strict={strict})"
        build = Build(kata_seed, bias=False)
        model, report = load(
            kata, what, path, build, strict=strict, looks_like="a None entry taken for a tensor"
        )
        check_report(
            report,
            what,
            none_entries=nothing,
            looks_like={("unexpected", "a None entry counted as unexpected"): nothing},
        )
        checks.close(logits(model), logits(source), f"the logits with {what}", atol=0.0)

    model, what = classifier(kata_seed + 1), "bias=None for a model with biases"
    kept = model.head.bias.detach().clone()
    _, report = load(kata, what, path, Build(kata_seed), model=model, strict=False)
    check_report(
        report,
        f"{what} (strict=False)",
        missing=nothing,
        none_entries=nothing,
        looks_like={("missing", "a None that passes for a bias"): []},
    )
    checks.unchanged(
        model.head.bias.detach(), kept, "head.bias, for which the checkpoint has None,"
    )
    refused(
        kata,
        f"loading {what} (strict)",
        lambda: kata.load_pretrained(path, Build(kata_seed)),
        mentions=["nobias.pt", "missing", "head.bias"],
        folder=tmp_path,
    )


@pytest.mark.task(2)
def test_other_data_is_not_a_state_dict(kata, kata_seed, tmp_path):
    """A list, an optimizer's state or a whole run's record raises; the odd entry is named."""
    source = classifier(kata_seed)
    run = {**source.state_dict(), "epoch": 7}
    optimizer = {"state": {}, "param_groups": [{"lr": 0.1, "params": [0, 1, 2]}]}
    for name, data, entry in (
        ("rows.pt", list(source.state_dict().values()), "list"),
        ("optimizer.pt", optimizer, "state"),
        ("run.pt", run, "epoch"),
    ):
        path = save(data, tmp_path / name)
        for strict in (True, False):
            refused(
                kata,
                f"loading {name} (strict={strict}), which is no state_dict,",
                lambda path=path, strict=strict: kata.load_pretrained(
                    path, Build(kata_seed), strict=strict
                ),
                mentions=[name, entry],
                folder=tmp_path,
            )
            refused(
                kata,
                f"load_entries with what is in {name} (strict={strict})",
                lambda data=data, strict=strict: kata.load_entries(
                    classifier(kata_seed), data, strict=strict
                ),
                mentions=[entry],
            )


# Names


@pytest.mark.task(2)
def test_prefix_is_taken_off_the_front_of_the_names_only(kata, kata_seed, tmp_path):
    """The `module.` that DataParallel puts before every name goes; one within a name stays."""
    source = classifier(kata_seed)
    state = {f"module.{name}": value for name, value in source.state_dict().items()}
    names = set(source.state_dict())
    wrongs = {
        "every module. taken away, in the middle of a name too": lambda n: n.replace("module.", ""),
        "str.lstrip, which takes off any of the letters": lambda n: n.lstrip("module."),
        "names left as they are": lambda n: n,
    }
    for name in ("parallel.pt", "parallel.safetensors"):
        path = save(state, tmp_path / name)
        what = f"{name}, all of whose names begin with module.,"
        for strict in (True, False):
            model = classifier(kata_seed + 1)
            try:
                got = kata.load_pretrained(path, Build(kata_seed), model=model, strict=strict)
            except kata.CheckpointError as error:
                said = words_of(error, tmp_path)
                named = {word.strip(".") for word in re.findall(r"[\w.]+", said)}
                looks = [w for w, wrong in wrongs.items() if {*map(wrong, state)} - names <= named]
                raise checks.Miss(
                    "value",
                    f"loading {what} raises CheckpointError: {shortened(said)}",
                    looks_like=looks[0] if looks else "",
                ) from error
            _, report = pair(got, what)
            check_report(report, what, prefix="module.")
            check_loaded(model, source.state_dict(), f"the model, loaded from {what}")


@pytest.mark.task(2)
def test_module_that_belongs_to_the_model_stays(kata, kata_seed):
    """`module.` is a prefix only if every name has it and none is one of the model's names."""

    def wrapped(seed):
        model = torch.nn.Module()
        model.module = torch.nn.Linear(4, 3)
        model.head = torch.nn.Linear(3, 2)
        return filled(model, seed)

    source, model = wrapped(kata_seed), wrapped(kata_seed + 1)
    body = {name: value for name, value in source.state_dict().items() if "module." in name}
    looks = "a prefix taken off that is the model's own"
    some = "a prefix taken off name by name, though it is the model's own"
    for what, state, missing in (
        ("a model with a part called module", source.state_dict(), []),
        ("a checkpoint of only the part called module", body, ["head.bias", "head.weight"]),
    ):
        try:
            report = kata.load_entries(model, state, strict=not missing)
        except kata.CheckpointError as error:
            raise checks.Miss(
                "value", f"loading {what} raises: {error}", looks_like=looks if missing else some
            ) from error
        check_report(report, what, missing=missing)
        check_loaded(model, state, f"the model, loaded from {what}", looks)

    twice = {f"module.{name}": value for name, value in source.state_dict().items()}
    model = wrapped(kata_seed + 2)
    report = kata.load_entries(model, twice)
    check_report(report, "module. before the names of such a model", prefix="module.")
    check_loaded(model, source.state_dict(), "the model, its names with one more module. before")

    more, what = {**body, "module.extra": torch.ones(2)}, "one entry more than the part module has"
    for state in (more, dict(reversed(more.items()))):
        try:
            report = kata.load_entries(model, state, strict=False)
        except kata.CheckpointError as error:
            raise checks.Miss(
                "value", f"loading {what} raises: {error}", looks_like=looks
            ) from error
        missing = ["head.bias", "head.weight"]
        check_report(report, what, missing=missing, unexpected=["module.extra"])


@pytest.mark.task(2)
def test_module_before_some_names_is_no_prefix(kata, kata_seed):
    """Where only some names begin with `module.`, nothing is taken off."""
    source = classifier(kata_seed).state_dict()
    state = {f"module.{n}" if n.startswith("norm.") else n: v for n, v in source.items()}
    norm = [name for name in source if name.startswith("norm.")]
    what = "a checkpoint with module. before the names of norm only"
    report = kata.load_entries(classifier(kata_seed + 1), state, strict=False)
    check_report(
        report,
        what,
        missing=norm,
        unexpected=[f"module.{name}" for name in norm],
        looks_like={("missing", "a prefix taken off name by name"): []},
    )
    most = {**{f"module.{n}": v for n, v in source.items()}, "pooler.weight": torch.ones(8, 8)}
    refused(
        kata,
        "loading names with module. before all but one, so that none fits (strict=False),",
        lambda: kata.load_entries(classifier(kata_seed + 1), most, strict=False),
        mentions=["unexpected", "module.embed.weight", "pooler.weight"],
    )


@pytest.mark.task(2)
def test_worked_example_reports_everything_at_once(kata):
    """The example at the top of the file, name for name."""
    model = torch.nn.Module()
    model.embed, model.head = torch.nn.Embedding(23, 8), torch.nn.Linear(8, 3)
    state = {
        "module.embed.weight": torch.full((23, 8), 0.25),
        "module.head.weight": torch.ones(5, 8),
        "module.head.bias": None,
        "module.pooler.weight": torch.ones(8, 8),
    }
    refused(
        kata,
        "the worked example, strict,",
        lambda: kata.load_entries(model, dict(state)),
        mentions=["head.bias", "head.weight", "pooler.weight", "5, 8", "3, 8"],
    )
    report = kata.load_entries(model, dict(state), strict=False)
    check_report(
        report,
        "the worked example (strict=False)",
        missing=["head.bias"],
        unexpected=["pooler.weight"],
        mismatched=["head.weight"],
        none_entries=["head.bias"],
        prefix="module.",
    )
    checks.close(
        model.embed.weight.detach(), torch.full((23, 8), 0.25), "the loaded embed.weight", atol=0.0
    )


# What a load leaves alone


@pytest.mark.task(2)
def test_callers_dict_is_unchanged(kata, kata_seed):
    """The dict handed in has the same names, in the same order, and the same tensors after."""
    source = classifier(kata_seed, bias=False).state_dict()
    state = {f"module.{name}": value for name, value in source.items()}
    state["module.head.bias"] = None
    for strict, extra in ((True, {}), (False, {}), (True, {"module.odd": torch.ones(3)})):
        mine = {**state, **extra}
        names, values, before = list(mine), list(mine.values()), copy.deepcopy(mine)
        model = classifier(kata_seed + 1, bias=False)
        what = f"{'an error' if extra else 'a load'} (strict={strict})"
        try:
            report = kata.load_entries(model, mine, strict=strict)
        except kata.CheckpointError:
            checks.that(bool(extra), f"load_entries raises for a dict that fits (strict={strict})")
        else:
            checks.returned(report, "what load_entries hands back")
        checks.that(
            len(mine) == len(names) and all(a is b for a, b in zip(mine, names, strict=True)),
            f"the caller's dict has other names or another order after {what}",
            looks_like="None entries deleted from the caller's own dict"
            if list(mine) == [name for name in names if before[name] is not None]
            else "names rewritten in the caller's own dict",
            because="Whose dict is it, and what will they do with it next?",
        )
        checks.that(
            all(a is b for a, b in zip(mine.values(), values, strict=True)),
            f"the caller's dict holds other values after {what}",
            because="Whose dict is it, and what will they do with it next?",
        )
        checks.unchanged(mine, before, f"the caller's dict, after {what},")


@pytest.mark.task(2)
def test_failed_load_leaves_the_model_as_it_was(kata, kata_seed, tmp_path):
    """When a load fails, whatever the reason, the model is bit-equal to before: not half loaded."""
    good = classifier(kata_seed).state_dict()
    names, build = list(good), Build(kata_seed)
    cases = [
        ("a wrong shape in the middle", True, {**good, "norm.scale": torch.ones(9)}),
        ("an entry missing at the end", True, {name: good[name] for name in names[:-1]}),
        ("an entry too many at the end", True, {**good, "z": torch.ones(2)}),
        ("a number for the last entry", True, {**good, names[-1]: 0.5}),
        ("a number for the last entry", False, {**good, names[-1]: 0.5}),
    ]
    for reason, strict, state in cases:
        path = save(state, tmp_path / "bad.pt")
        calls = {
            "load_pretrained": lambda model: kata.load_pretrained(
                path, build, model=model, strict=strict
            ),
            "load_entries": lambda model: kata.load_entries(model, state, strict=strict),
        }
        for function, call in calls.items():
            model = classifier(kata_seed + 1)
            before = snapshot(model)
            what = f"{function} with {reason} (strict={strict})"
            refused(kata, what, lambda: call(model))
            after = model.state_dict()
            moved = [name for name in names if not torch.equal(after[name], before[name])]
            looks = "entries checked only after they were copied"
            if reason == "a wrong shape in the middle" and "head.weight" not in moved:
                looks = "a copy entry by entry that stops at the bad one"
            checks.unchanged(
                after,
                before,
                f"{what} raises, but the model that it was given",
                looks_like=looks,
                because="Can everything be known before the first tensor is copied?",
            )


# The real thing


def test_shipped_checkpoint_loads_and_knows_english(kata, kata_seed):
    """The kit's own checkpoint, a GPT-2 in float16 whose output layer is tied to its embedding."""
    import safetensors.torch

    from pytest_kata.lab.checkpoint import SHIPPED, load_config, load_tokenizer
    from pytest_kata.lab.model import GPT2
    from pytest_kata.lab.reviews import labelled

    path, config = SHIPPED / "model.safetensors", load_config(SHIPPED)
    stored = safetensors.torch.load_file(path)
    model = GPT2(config, generator=torch.Generator().manual_seed(kata_seed)).eval()
    build, what = Build(kata_seed), "the kit's own checkpoint"
    same, report = load(kata, f"{what} (strict=False)", path, build, model=model, strict=False)
    checks.that(same is model, f"{what} is loaded into another model than the one handed in")
    check_report(
        report,
        f"{what} (strict=False)",
        missing=["lm_head.weight"],
        looks_like={("missing", "a tied tensor counted under one of its two names"): []},
    )
    want = {name: value.float() for name, value in stored.items()}
    check_loaded(model, want, f"the model, loaded from {what}")
    refused(
        kata,
        f"loading {what}, which has the tied tensor under one of its two names (strict),",
        lambda: kata.load_pretrained(path, build, model=model),
        mentions=["model.safetensors", "missing", "lm_head.weight"],
        folder=SHIPPED,
    )
    ids = torch.tensor([load_tokenizer().encode(" ".join(t for t, _ in labelled("test")[:4]))])
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(model(ids[:, :-1])[0], ids[0, 1:]).item()
    checks.that(
        loss < 6.5,
        f"the model, loaded from {what}, needs {loss:.2f} nats a token of a text it has not seen; "
        f"one that knows nothing needs {math.log(config.vocab_size):.2f}",
    )
