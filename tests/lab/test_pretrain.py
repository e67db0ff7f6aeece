"""Pre-training: the loss falls, a run is seeded, resumes bit for bit, and its figures are right."""

import dataclasses
import io
import math
import xml.etree.ElementTree as ElementTree

import pytest
import torch
from rich.console import Console

from pytest_kata.catalog import KitError
from pytest_kata.lab import checkpoint, measure, plot, pretrain, reviews, text, tokenizer, training
from pytest_kata.lab.model import GPT2, Config
from pytest_kata.lab.training import Plan, advance

MODEL = Config(vocab_size=300, n_positions=16, n_embd=32, n_layer=1, n_head=2)
PLAN = Plan(model=MODEL, seed=4, steps=40, batch=4, warm_up=5, evaluate_every=10)
CPU = torch.device("cpu")
TEXTS = [f"Return item {n} of the list, or item {n + 1} of the tuple." for n in range(40)]


@pytest.fixture(scope="module")
def words():
    return tokenizer.train(TEXTS, 300)


@pytest.fixture(scope="module")
def stream(words):
    return torch.tensor(measure.token_stream(TEXTS, words))


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=200)


def same(one, other):
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_the_rate_warms_up_and_comes_down():
    rates = [PLAN.rate(step) for step in range(PLAN.steps)]
    assert rates[0] == pytest.approx(PLAN.learning_rate / 5)
    assert max(rates) == rates[4] == pytest.approx(PLAN.learning_rate)
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert rates[-1] == pytest.approx(PLAN.least_rate, rel=0.1)


def test_the_loss_falls(stream):
    run = training.start(PLAN, CPU)
    losses = [advance(run, stream) for _ in range(PLAN.steps)]
    assert losses[0] == pytest.approx(math.log(300), abs=0.3)
    assert losses[-1] < 0.75 * losses[0]
    assert run.losses == losses


def test_seeded(stream):
    runs = [training.start(dataclasses.replace(PLAN, seed=s), CPU) for s in (4, 4, 5)]
    for run in runs:
        for _ in range(5):
            advance(run, stream)
            torch.rand(1)  # what others draw meanwhile is no matter
    assert same(runs[0].model, runs[1].model)
    assert not same(runs[0].model, runs[2].model)


def test_resumes_bit_for_bit(stream, tmp_path, console):
    whole, state = training.start(PLAN, CPU), tmp_path / "run.pt"
    for _ in range(PLAN.steps):
        advance(whole, stream)
    first = training.start(PLAN, CPU)
    for _ in range(17):
        advance(first, stream)
    first.save(state)
    advance(first, stream)  # lost when the run is killed
    second = training.start(PLAN, CPU)
    second.resume(state)
    assert second.step == 17
    training.train(second, stream, lambda model: 1.5, state, console)
    assert same(whole.model, second.model)
    assert second.losses == whole.losses
    assert second.held_out == [(20, 1.5), (30, 1.5), (40, 1.5)]
    assert "40/40  loss" in console.file.getvalue()
    finished = training.start(PLAN, CPU)
    finished.resume(state)
    assert finished.step == 40


def test_a_state_of_another_plan_or_damaged_is_named(tmp_path):
    state = tmp_path / "run.pt"
    training.start(PLAN, CPU).save(state)
    other = training.start(dataclasses.replace(PLAN, learning_rate=1e-3), CPU)
    with pytest.raises(KitError, match="a run with other settings"):
        other.resume(state)
    state.write_bytes(state.read_bytes()[:500])
    with pytest.raises(KitError, match="this run cannot be resumed"):
        training.start(PLAN, CPU).resume(state)


def test_a_loss_that_is_not_finite_stops_before_the_weights_change(stream):
    run = training.start(PLAN, CPU)
    with torch.no_grad():
        run.model.transformer.ln_f.bias[0] = float("inf")
    before = run.model.transformer.wpe.weight.clone()
    with pytest.raises(KitError, match="the loss is nan at step 0"):
        advance(run, stream)
    assert torch.equal(run.model.transformer.wpe.weight, before)


def test_the_command_writes_a_whole_checkpoint(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(text, "corpus", lambda split: TEXTS[30:] if split[0] == "v" else TEXTS[:30])
    monkeypatch.setattr(text, "missing", lambda: ["tkinter"])
    monkeypatch.setattr(reviews, "unlabelled", lambda: ["I bought this, and it is good."])
    monkeypatch.setattr(pretrain, "COMPOSED", 20)
    threads = torch.get_num_threads()
    out, small = tmp_path / "out", ["--width", "16", "--layers", "1", "--heads", "2"]
    first = ["--context", "16", "--vocabulary", "280", "--steps", "3", "--batch", "2"]
    sizes = [*small, *first, "--more-steps", "2", "--more-vocabulary", "290", "--threads", "1"]
    monkeypatch.setattr(pretrain, "LONGEST_SHORT", 14)
    assert pretrain.main(["--out", str(out), *sizes]) == 0
    torch.set_num_threads(threads)
    assert "without tkinter" in capsys.readouterr().out
    assert checkpoint.damaged(out) == []
    assert checkpoint.load_checkpoint(out).config.n_embd == 16
    assert checkpoint.load_checkpoint(out).config.vocab_size == 290
    said = (out / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "| **this model** |" in said
    assert "| 1 | 30 | 1 | " in said
    assert "| 2 | 30 | 21 | " in said
    assert str(tmp_path) not in said
    assert pretrain.main(["--out", str(out), *sizes, "--seed", "1"]) == 1
    assert "other settings" in capsys.readouterr().out

    other, first = tmp_path / "elsewhere" / "out", str(tmp_path / pretrain.FIRST)
    assert pretrain.main(["--out", str(other), "--start", first, *sizes]) == 0
    torch.set_num_threads(threads)
    names = [path.name for path in out.iterdir()]
    assert len(names) == 8
    for name in {*names} - {"MODEL_CARD.md", "SHA256SUMS", pretrain.RECORD}:
        assert (other / name).read_bytes() == (out / name).read_bytes(), name


def test_a_start_that_does_not_say_how_it_was_trained_is_named(tmp_path, words, capsys):
    checkpoint.save_checkpoint(tmp_path / "first", GPT2(MODEL), words)
    told = ["--out", str(tmp_path / "out"), "--start", str(tmp_path / "first"), "--threads", "1"]
    assert pretrain.main(told) == 1
    assert "training.json is missing" in " ".join(capsys.readouterr().out.split())
    (tmp_path / "first" / pretrain.RECORD).write_text('[{"steps": 3}]')
    assert pretrain.main(told) == 1
    assert "no record of a pre-training" in " ".join(capsys.readouterr().out.split())


def test_short_texts_are_read_whole_and_padding_does_not_count(stream):
    still = dataclasses.replace(MODEL, embd_pdrop=0.0, resid_pdrop=0.0)
    plan = dataclasses.replace(PLAN, model=still, batch=1, short=3)
    short = [torch.tensor([0, 5, 6, 0]), torch.tensor([0, 7, 0])]
    runs = [training.start(plan, CPU) for _ in range(2)]
    longer = [torch.cat([row, torch.full((4,), training.PADDING)]) for row in short]
    losses = [advance(runs[0], stream, short), advance(runs[1], stream, longer)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_a_wider_vocabulary_starts_from_the_parts_of_its_tokens(words):
    more = tokenizer.train(["I bought a wonderful kettle"] * 3, 304, start=words)
    model = GPT2(MODEL)
    wider = pretrain.widened(model, words, more)
    old, new = (m.transformer.wte.weight for m in (model, wider))
    assert wider.config.vocab_size == len(more) == 304
    assert torch.equal(new[:300], old)
    parts = words.encode(more.decode([303]))
    assert len(parts) > 1
    assert torch.allclose(new[303], old[parts].mean(dim=0))
    assert wider.lm_head.weight is wider.transformer.wte.weight


def test_bits_per_byte_of_a_model_that_knows_nothing(words):
    model = GPT2(MODEL)
    with torch.no_grad():
        model.transformer.wte.weight.zero_()
    tokens = len(measure.token_stream(TEXTS, words)) - 1
    expected = tokens * math.log2(300) / sum(len(line.encode()) for line in TEXTS)
    for stride in (None, 16, 5):
        bits = measure.bits_per_byte(model, TEXTS, words, stride=stride)
        assert bits == pytest.approx(expected, rel=1e-5)
    assert model.training
    with pytest.raises(ValueError, match="no text to measure"):
        measure.bits_per_byte(model, [], words)


def test_entropies_by_hand():
    train, held_out = [0, 0, 0, 1], [0, 1]
    assert measure.unigram_bits(train, held_out) == pytest.approx(
        (-math.log2(4 / 6) - math.log2(2 / 6)) / 2
    )
    # After 0, seen three times with two followers, 1 came once: (1 + 2 * p(1)) / (3 + 2).
    assert measure.bigram_bits(train, held_out) == pytest.approx(-math.log2((1 + 2 * 2 / 6) / 5))


def test_baselines_are_in_order():
    found = measure.baselines(TEXTS[:30], TEXTS[30:], tokenizer.train(TEXTS[:30], 300))
    assert found["bigram, bytes"] < found["unigram, bytes"]
    assert found["bigram, tokens"] < found["unigram, tokens"]
    assert found["xz, primed with the training text"] < found["xz"]


def test_sparkline():
    assert plot.sparkline([]) == ""
    assert plot.sparkline([8, 7, 6, 5, 4, 3, 2, 1]) == "█▇▆▅▄▃▂▁"
    assert plot.sparkline([1, float("nan"), 2]) == "▁×█"
    assert len(plot.sparkline(list(range(1000)), width=20)) == 20
    assert plot.sparkline([3.0, 3.0]) == "▁▁"


def test_svg_is_well_formed_and_escapes():
    curves = {"a < b": [(1, 2.0), (2, float("nan")), (3, 1.0)], "one point": [(1, 1.5)]}
    root = ElementTree.fromstring(plot.svg("A & B", "step", "bits", curves, {"xz": 1.9}))
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.get("points").split()) for line in lines] == [2, 1]
    assert {"A & B", "a < b", "xz 1.90"} <= {node.text for node in root}
    marked = ElementTree.fromstring(plot.svg("", "", "", curves, {}, marks={1: "one", 3: "three"}))
    assert {"one", "three"} <= {node.text for node in marked}
    with pytest.raises(ValueError, match="nothing to draw"):
        plot.svg("", "", "", {"a": [(1, float("nan"))]}, {})
