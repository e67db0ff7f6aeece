"""The model and its checkpoints: the right function, Hugging Face's format, one clear sentence."""

import dataclasses
import json
import re
import struct

import pytest
import torch

from pytest_kata.catalog import KitError
from pytest_kata.lab import checkpoint, tokenizer
from pytest_kata.lab.checkpoint import load_checkpoint, save_checkpoint
from pytest_kata.lab.model import GPT2, TINY, Config

SIZES = {"vocab_size": 300, "n_positions": 24, "n_embd": 24, "n_layer": 2, "n_head": 3}
SMALL = Config(**SIZES, n_inner=40, attn_pdrop=0.2)


@pytest.fixture
def model():
    """Weights so large that attention and GELU are far from linear, biases that are not zero."""
    generator = torch.Generator().manual_seed(0)
    model = GPT2(SMALL, generator=generator).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.2 * torch.randn(parameter.shape, generator=generator)
    return model


@pytest.fixture
def saved(model, tmp_path):
    save_checkpoint(tmp_path, model, tokenizer.train(["the list of the lists"], 260))
    return tmp_path


def ids(rows, length, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(SMALL.vocab_size, (rows, length), generator=generator)


def test_each_position_sees_what_is_left_of_it_only(model):
    some = ids(2, 9)
    other = some.clone()
    other[:, 5:] = (other[:, 5:] + 7) % SMALL.vocab_size
    with torch.no_grad():
        before, after = model(some), model(other)
    assert before.shape == (2, 9, SMALL.vocab_size)
    torch.testing.assert_close(before[:, :5], after[:, :5])
    assert (before[:, 5:] - after[:, 5:]).abs().amax(-1).min() > 0.1


def test_positions_matter(model):
    same = torch.full((1, 6), 3)
    with torch.no_grad():
        logits = model(same)[0]
    assert (logits[0] - logits[5]).abs().max() > 0.1


def test_the_output_layer_is_the_embedding(model):
    assert model.lm_head.weight is model.transformer.wte.weight
    count = sum(parameter.numel() for parameter in model.parameters())
    assert count == sum(torch.Size(s).numel() for s in checkpoint._shapes(SMALL).values())


def test_dropout_when_training_only(model):
    some = ids(2, 9)
    with torch.no_grad():
        assert torch.equal(model(some), model(some))
        model.train()
        assert not torch.equal(model(some), model(some))


def test_the_same_generator_gives_the_same_weights():
    first, second, third = (
        GPT2(TINY, generator=torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first.transformer.wpe.weight, second.transformer.wpe.weight)
    assert not torch.equal(first.transformer.wpe.weight, third.transformer.wpe.weight)


def test_random_numbers_are_drawn_from_the_generator_alone(saved):
    before = torch.get_rng_state()
    GPT2(TINY, generator=torch.Generator().manual_seed(1))
    load_checkpoint(saved)
    assert torch.equal(torch.get_rng_state(), before)
    GPT2(TINY)
    assert not torch.equal(torch.get_rng_state(), before)


def test_given_weights_are_taken_as_they_are(model):
    weights = model.state_dict()
    taken = GPT2(SMALL, weights=weights)
    for name, parameter in taken.named_parameters():
        assert parameter.requires_grad
        assert parameter.data_ptr() == weights[name].data_ptr()
    assert taken.lm_head.weight is taken.transformer.wte.weight
    assert torch.equal(taken.eval()(ids(2, 9)), model(ids(2, 9)))


def test_too_long_a_text_is_an_error(model):
    with pytest.raises(ValueError, match="25 tokens, and the model has 24 positions"):
        model(ids(1, 25))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_head": 5}, "n_embd 24 does not divide by n_head 5"),
        ({"n_layer": 0}, "n_layer is 0, a positive int is needed"),
        ({"n_embd": "24"}, "n_embd is '24'"),
        ({"n_inner": -1}, "n_inner is -1"),
        ({"embd_pdrop": 3}, "embd_pdrop is 3, a number from 0 to 1 is needed"),
        ({"layer_norm_epsilon": "small"}, "layer_norm_epsilon is 'small'"),
        ({"initializer_range": float("nan")}, "initializer_range is nan"),
        ({"eos_token_id": [3]}, "eos_token_id is [3], an int or None is needed"),
    ],
)
def test_absurd_sizes(change, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        dataclasses.replace(SMALL, **change)


def test_greedy_generation_takes_the_likeliest(model):
    start = ids(2, 4)
    longer = model.generate(start, 30)
    assert torch.equal(longer[:, :4], start)
    for row in longer:
        end = (row[4:] == SMALL.eos_token_id).nonzero()
        for at in range(4, int(end[0]) + 5 if len(end) else len(row)):
            seen = row[max(0, at - SMALL.n_positions) : at]
            with torch.no_grad():
                assert row[at] == model(seen[None])[0, -1].argmax()


def test_drawing_follows_the_generator_and_the_temperature(model):
    start = ids(1, 3)

    def draw(seed, temperature):
        generator = torch.Generator().manual_seed(seed)
        return model.generate(start, 12, temperature=temperature, generator=generator)

    assert torch.equal(draw(0, 5.0), draw(0, 5.0))
    assert not torch.equal(draw(0, 5.0), draw(1, 5.0))
    assert torch.equal(draw(0, 1e-4), model.generate(start, 12))


def test_generation_ends_with_end_of_text_and_leaves_the_mode(model):
    with torch.no_grad():
        model.transformer.ln_f.bias.add_(50 * model.transformer.wte.weight[0])
    model.train()
    assert model.generate(ids(2, 4), 9)[:, 4:].tolist() == [[0], [0]]
    assert model.training


def test_a_checkpoint_gives_the_same_model(model, saved):
    again = load_checkpoint(saved)
    assert again.config == SMALL
    assert not again.training
    assert again.lm_head.weight is again.transformer.wte.weight
    assert all(p.requires_grad and p.dtype == torch.float32 for p in again.parameters())
    assert torch.equal(again(ids(2, 9)), model(ids(2, 9)))
    assert len(checkpoint.load_tokenizer(saved)) <= 260


def test_stored_in_half_precision_loaded_in_single(model, tmp_path):
    save_checkpoint(tmp_path, model, dtype=torch.float16)
    again = load_checkpoint(tmp_path)
    difference = (again(ids(2, 9)) - model(ids(2, 9))).abs().max()
    assert 0 < difference < 0.05
    assert (tmp_path / "model.safetensors").stat().st_size < 2.3 * sum(
        parameter.numel() for parameter in model.parameters()
    )


def test_loading_draws_no_random_numbers(saved):
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    load_checkpoint(saved)
    assert torch.equal(torch.rand(3), expected)


def change_config(directory, **changes):
    path = directory / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def change_header(directory, change):
    """Rewrites the safetensors header: 8 bytes of length, JSON, then the data."""
    path = directory / "model.safetensors"
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    change(header)
    words = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(words)) + words + raw[8 + length :])


def forget(key):
    def change(directory):
        path = directory / "config.json"
        content = json.loads(path.read_text())
        del content[key]
        path.write_text(json.dumps(content))

    return change


def remove(name):
    return lambda directory: (directory / name).unlink()


def cut(name, keep):
    return lambda directory: (directory / name).write_bytes((directory / name).read_bytes()[:keep])


def header(change):
    return lambda directory: change_header(directory, change)


def config(**changes):
    return lambda directory: change_config(directory, **changes)


def longer(head):
    head["transformer.ln_f.bias"]["data_offsets"][1] += 10**9


def huge(head):
    head["transformer.wte.weight"]["shape"] = [10**12, 10**6]


def renamed(head):
    head["transformer.ln_g.bias"] = head.pop("transformer.ln_f.bias")


def reshaped(head):
    head["transformer.wte.weight"]["shape"].reverse()


def nameless(head):
    del head["transformer.ln_f.weight"]


WHOLE = "this is no whole safetensors file"
BAD = {
    "no config": (remove("config.json"), "config.json is missing"),
    "no weights": (remove("model.safetensors"), "model.safetensors is missing"),
    "half a config": (forget("n_head"), "n_head is missing"),
    "cut config": (cut("config.json", 40), "not JSON; the file is damaged or cut"),
    "empty weights": (cut("model.safetensors", 0), WHOLE),
    "cut header": (cut("model.safetensors", 100), WHOLE),
    "cut data": (cut("model.safetensors", -100), WHOLE),
    "header longer": (header(longer), WHOLE),
    "header huge": (header(huge), WHOLE),
    "header hides a weight": (header(nameless), WHOLE),
    "header renames": (header(renamed), "the weight transformer.ln_f.bias is missing"),
    "header reshapes": (header(reshaped), "wte.weight has shape (24, 300), config.json says (300"),
    "architecture": (config(model_type="bert"), "model_type is 'bert', this model needs 'gpt2'"),
    "activation": (config(activation_function="relu"), "activation_function is 'relu'"),
    "untied": (config(tie_word_embeddings=False), "tie_word_embeddings is False"),
    "vocabulary": (config(vocab_size=301), "shape (300, 24), config.json says (301, 24)"),
    "layers": (config(n_layer=10**9), "2 layers are here, config.json says 1000000000"),
    "absurd": (
        config(n_head=7),
        "configuration of a GPT-2: n_embd 24 does not divide by",
    ),
    "rate": (config(resid_pdrop=-1), "no configuration of a GPT-2: resid_pdrop is -1"),
    "width": (config(n_embd=3 * 10**9), "has shape (300, 24), config.json says (300, 3000000000)"),
}


@pytest.mark.parametrize(("spoil", "words"), BAD.values(), ids=BAD)
def test_a_bad_checkpoint_is_one_sentence_with_file_and_cause(saved, spoil, words):
    spoil(saved)
    with pytest.raises(KitError, match=re.escape(words)) as raised:
        load_checkpoint(saved)
    assert str(saved) in raised.value.where
    assert "\n" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_weights_that_are_not_finite(model, tmp_path):
    with torch.no_grad():
        model.transformer.h[1].mlp.c_fc.weight[3, 5] = float("nan")
    save_checkpoint(tmp_path, model)
    with pytest.raises(KitError, match=r"h\.1\.mlp\.c_fc\.weight has weights that are not finite"):
        load_checkpoint(tmp_path)


def test_no_directory_at_all(tmp_path):
    with pytest.raises(KitError, match=r"config\.json is missing"):
        load_checkpoint(tmp_path / "nowhere")


def test_hashes_find_the_file_that_changed(saved):
    assert checkpoint.damaged(saved) == [f"{saved / 'SHA256SUMS'} is missing"]
    checkpoint.write_hashes(saved)
    assert checkpoint.damaged(saved) == []
    raw = bytearray((saved / "model.safetensors").read_bytes())
    raw[-1] ^= 1
    (saved / "model.safetensors").write_bytes(raw)
    (saved / "tokenizer.json").unlink()
    changed, missing = checkpoint.damaged(saved)
    assert "model.safetensors is not the file that was shipped" in changed
    assert missing.endswith("tokenizer.json is missing")


def test_transformers_loads_what_the_lab_saves(model, saved):
    transformers = pytest.importorskip("transformers", reason="the extra hf is not installed")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(saved, dtype=torch.float32).eval()
    some = ids(3, 20)
    with torch.no_grad():
        assert (theirs(some).logits - model(some)).abs().max() < 1e-4
    said = theirs.generate(
        some[:1, :5], attention_mask=torch.ones(1, 5), do_sample=False, max_new_tokens=19
    )
    assert torch.equal(said, model.generate(some[:1, :5], 19))
    words = "the list\n  of é lists<|endoftext|>"
    own = checkpoint.load_tokenizer(saved)
    assert transformers.AutoTokenizer.from_pretrained(saved)(words)["input_ids"] == own.encode(
        words
    )


@pytest.mark.parametrize("headless", [False, True])
def test_the_lab_loads_what_transformers_saves(tmp_path, headless):
    transformers = pytest.importorskip("transformers", reason="the extra hf is not installed")
    sizes = {"vocab_size": 211, "n_positions": 30, "n_embd": 40, "n_layer": 3, "n_head": 5}
    theirs = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(**sizes, bos_token_id=None, eos_token_id=None)
    ).eval()
    (theirs.transformer if headless else theirs).save_pretrained(tmp_path)
    some = ids(2, 30) % 211
    with torch.no_grad():
        assert (theirs(some).logits - load_checkpoint(tmp_path)(some)).abs().max() < 1e-4


@pytest.mark.skipif(not checkpoint.SHIPPED.is_dir(), reason="no checkpoint is shipped yet")
class TestShipped:
    def test_whole_and_small(self):
        assert checkpoint.damaged() == []
        assert sum(path.stat().st_size for path in checkpoint.SHIPPED.iterdir()) < 4_000_000

    def test_writes_recognisable_english(self):
        model, words = load_checkpoint(), checkpoint.load_tokenizer()
        start = torch.tensor([words.encode("Return the")])
        said = words.decode(model.generate(start, 8)[0].tolist())
        assert re.fullmatch(r"Return the( [a-z]+[,.]?)+.*", said, re.DOTALL), said

    def test_transformers_agrees(self):
        transformers = pytest.importorskip("transformers", reason="the extra hf is not installed")
        path, model = checkpoint.SHIPPED, load_checkpoint()
        theirs = transformers.AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32)
        some = torch.tensor([checkpoint.load_tokenizer().encode("Return a list of all")])
        with torch.no_grad():
            assert (theirs.eval()(some).logits - model(some)).abs().max() < 1e-4
        said = theirs.generate(
            some, attention_mask=torch.ones_like(some), do_sample=False, max_new_tokens=40
        )
        assert torch.equal(said, model.generate(some, 40))
