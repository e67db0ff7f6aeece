"""A classifier on top of a language model: it learns, is seeded, and leaves the model alone."""

import copy

import pytest
import torch

from pytest_kata.lab import classify, reviews, text, tokenizer
from pytest_kata.lab.checkpoint import load_checkpoint, load_tokenizer
from pytest_kata.lab.classify import Classifier, fine_tune
from pytest_kata.lab.model import GPT2, Config

CONFIG = Config(vocab_size=300, n_positions=32, n_embd=32, n_layer=1, n_head=2)
GOOD = [f"I love it, it is good, said the {n}th." for n in range(12)]
BAD = [f"I hate it, it is bad, said the {n}th." for n in range(12)]
EXAMPLES = [*((said, 0) for said in BAD), *((said, 1) for said in GOOD)]


@pytest.fixture(scope="module")
def words():
    return tokenizer.train(GOOD + BAD, 300)


@pytest.fixture
def model():
    return GPT2(CONFIG, generator=torch.Generator().manual_seed(3)).eval()


def same(one, other):
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("steps", [0, 10])
def test_it_learns_what_can_be_learned(model, words, steps):
    classifier = fine_tune(model, words, EXAMPLES[::2], steps=steps)
    assert classifier.accuracy(EXAMPLES[1::2]) == 1.0
    assert classifier.predict([GOOD[0], BAD[0], GOOD[3]]) == [1, 0, 1]


def test_the_model_and_the_random_numbers_of_others_stay_as_they_are(model, words):
    before = copy.deepcopy(model)
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    fine_tune(model, words, EXAMPLES, steps=2)
    assert torch.equal(torch.rand(3), expected)
    assert same(model, before)


def test_without_steps_the_body_stays_as_it_is(model, words):
    assert same(fine_tune(model, words, EXAMPLES, steps=0).body, model.transformer)
    assert not same(fine_tune(model, words, EXAMPLES, steps=2).body, model.transformer)


def test_seeded(model, words):
    one, again, other = (fine_tune(model, words, EXAMPLES, steps=3, seed=s) for s in (1, 1, 2))
    assert same(one, again)
    assert not same(one, other)


def test_a_question_starts_the_head_from_what_the_model_would_say(model, words):
    question = classify.Question(" said", (" the", " it"))
    classifier = Classifier(model, words, 2, question=question)
    ids = torch.tensor([[words.end_of_text, *words.encode(GOOD[0] + " said")]])
    with torch.no_grad():
        said = model(ids)[0, -1, [words.encode(" the")[0], words.encode(" it")[0]]]
        answered = classifier(*classifier.encode([GOOD[0]]))[0]
    assert torch.allclose(said, answered, atol=1e-6)
    learned = fine_tune(model, words, EXAMPLES[::2], question=question)
    assert learned.accuracy(EXAMPLES[1::2]) == 1.0
    pulled = fine_tune(model, words, EXAMPLES, question=question, steps=0, decay=1e6)
    assert torch.allclose(pulled.head.weight, classifier.head.weight, atol=1e-3)


def test_what_stands_beside_a_text_does_not_change_its_vector(model, words):
    classifier = Classifier(model, words, 2)
    alone = classifier.vectors([GOOD[0]])
    beside = classifier.vectors([GOOD[0], "I love it. " * 3, "No."])
    assert torch.allclose(alone[0], beside[0], atol=1e-6)


def test_beside_the_means_stand_the_tokens_the_rarer_the_longer(model, words):
    texts = [GOOD[0], GOOD[0] * 2, ""]
    rows = [words.encode(said) for said in texts]
    classifier = Classifier(model, words, 2)
    classifier.weight[rows[0][1]] = 0.5
    tokens = classifier.vectors(texts)[:, 2 * CONFIG.n_embd :]
    for found, row in zip(tokens, rows, strict=True):
        row = row[: classifier.longest - 1]
        lengths = {n: row.count(n) ** 0.5 * (0.5 if n == rows[0][1] else 1.0) for n in {*row}}
        whole = sum(length**2 for length in lengths.values()) ** 0.5
        assert found.nonzero().flatten().tolist() == sorted(lengths)
        for n, length in lengths.items():
            assert found[n].item() == pytest.approx(length / whole, rel=1e-5)


def test_fine_tuning_knows_rare_tokens_by_what_the_model_expects(model, words):
    with torch.no_grad():
        model.transformer.ln_f.weight.zero_()
        model.transformer.ln_f.bias.copy_(model.transformer.wte.weight[65] * 100)  # it expects one
    weight = fine_tune(model, words, EXAMPLES, steps=0).weight
    assert weight.argmin() == 65
    assert weight[65] < 0.1
    assert 0 < weight.max() <= 1


def test_a_long_text_is_read_from_its_start(model, words):
    classifier = Classifier(model, words, 2, longest=8)
    ids, lengths = classifier.encode(["I love it, it is good.", "No"])
    assert ids.shape == (2, 8)
    assert lengths.tolist()[0] == 8
    assert CONFIG.n_positions < classify.LONGEST
    assert Classifier(model, words, 2).longest == CONFIG.n_positions


def few(examples, per_class, seed):
    """That many examples of each class."""
    generator, chosen = torch.Generator().manual_seed(seed), []
    for label in sorted({label for _, label in examples}):
        own = [example for example in examples if example[1] == label]
        order = torch.randperm(len(own), generator=generator).tolist()
        chosen += [own[n] for n in order[:per_class]]
    return chosen


@pytest.mark.parametrize(
    ("task", "question", "decay"),
    [(text, None, 1e-3), (reviews, classify.RECOMMEND, 30.0)],
    ids=["docstrings", "sentiment"],
)
def test_with_few_labels_the_shipped_model_leads_an_untrained_one(task, question, decay):
    model, words = load_checkpoint(), load_tokenizer()
    fresh = GPT2(model.config, generator=torch.Generator().manual_seed(0))
    train, held_out = task.labelled("train"), task.labelled("validation")
    leads = []
    for seed in range(3):
        learn = few(train, 16, seed)
        shipped = fine_tune(model, words, learn, question=question, decay=decay, steps=0)
        untrained = fine_tune(fresh, words, learn, steps=0)
        leads.append(shipped.accuracy(held_out) - untrained.accuracy(held_out))
    assert min(leads) > 0, leads
    assert sum(leads) / len(leads) >= 0.05, leads
