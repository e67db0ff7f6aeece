"""The two data sets of our own writing: honest splits, sound texts, and loaders that explain."""

import json
import re
from collections import Counter, defaultdict
from importlib import resources

import numpy as np
import pytest

from pytest_kata.catalog import KitError
from pytest_kata.lab import conversations as talk
from pytest_kata.lab import datafile
from pytest_kata.lab import reviews as shop

REVIEWS = {split: shop.labelled(split) for split in shop.SPLITS}
UNLABELLED = shop.unlabelled()
TALKS = {split: talk.conversations(split) for split in talk.SPLITS}
QUESTIONS = talk.questions()

EVERY_REVIEW = [text for pairs in REVIEWS.values() for text, _ in pairs] + UNLABELLED
EVERY_TURN = [turn for talks in TALKS.values() for one in talks for turn in one.turns]
SPOKEN = [turn.text for turn in EVERY_TURN]
ASKED = [text for question in QUESTIONS for text in (question.prompt, *question.choices)]


def words(text):
    return re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())


def runs(text, length):
    """Every run of so many words."""
    found = words(text)
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


def likeness(one, other):
    """How many of the three-word runs of two texts they share, from 0 to 1."""
    return len(one & other) / len(one | other)


# Reviews: how many, how long, how written


def test_there_are_enough_reviews_and_the_labels_are_balanced():
    sizes = {split: len(pairs) for split, pairs in REVIEWS.items()}
    assert sizes["train"] >= 300
    assert sizes["validation"] >= 100
    assert sizes["test"] >= 300
    assert len(UNLABELLED) >= 1200
    for pairs in REVIEWS.values():
        negative, positive = (sum(label == wanted for _, label in pairs) for wanted in (0, 1))
        assert negative == positive


def test_reviews_are_short_but_not_all_alike():
    lengths = [len(text.split()) for text in EVERY_REVIEW]
    assert min(lengths) >= 8
    assert max(lengths) <= 45
    assert np.std(lengths) > 5


def test_every_split_has_every_form_and_each_form_has_both_labels():
    for split in shop.SPLITS:
        seen = {(review.form, review.label) for review in shop.reviews(split)}
        assert seen == {(form, label) for form in shop.FORMS for label in (0, 1)}


def test_reviews_speak_of_many_products():
    products = {review.product for split in shop.SPLITS for review in shop.reviews(split)}
    assert len(products) >= 80


@pytest.mark.parametrize(
    ("texts", "allowed"),
    [
        (EVERY_REVIEW, r"[A-Za-z ,.:;?!'-]+"),
        (SPOKEN, r"[A-Za-z ,.:;?'-]+"),
        (ASKED, r"[A-Za-z ,.?'-]+"),
    ],
    ids=["reviews", "conversations", "questions"],
)
def test_texts_are_plain_sentences(texts, allowed):
    for text in texts:
        assert re.fullmatch(allowed, text), text
        assert re.fullmatch(r"[A-Z].*[.?!]", text), text
        assert not re.search(r"  | [,.?!]|[,.]{2}|\b(\w+) \1\b", text), text
        assert not re.search(r"\ba (?!one\b)[aeio]\w|\ban [^aeiouhX]", text), text
        sentences = re.split(r"(?<=[.?!]) ", text)
        assert all(sentence[0].isupper() for sentence in sentences), text


# Reviews: the splits are honest


def test_no_review_is_there_twice():
    assert len({" ".join(words(text)) for text in EVERY_REVIEW}) == len(EVERY_REVIEW)


def test_no_two_reviews_are_nearly_the_same():
    texts = [runs(text, 3) for text in EVERY_REVIEW]
    holders = defaultdict(list)
    for place, found in enumerate(texts):
        for run in found:
            holders[run].append(place)
    for place, found in enumerate(texts):
        shared = Counter(other for run in found for other in holders[run] if other > place)
        for other, _ in shared.most_common(8):
            assert likeness(found, texts[other]) < 0.5, (EVERY_REVIEW[place], EVERY_REVIEW[other])


def homes(length, with_unlabelled):
    """Run of words -> the splits that it occurs in."""
    found = defaultdict(set)
    for split, pairs in REVIEWS.items():
        for text, _ in pairs:
            for run in runs(text, length):
                found[run].add(split)
    if with_unlabelled:
        for text in UNLABELLED:
            for run in runs(text, length):
                found[run].add("unlabelled")
    return found


def test_labelled_splits_share_no_run_of_seven_words():
    assert [run for run, splits in homes(7, False).items() if len(splits) > 1] == []


def test_unlabelled_reviews_share_no_run_of_eight_words_with_labelled_ones():
    assert [run for run, splits in homes(8, True).items() if len(splits) > 1] == []


# Reviews: the labels cannot be read off a few words


def test_no_single_word_decides():
    """The best rule "this word means that label" over all labelled reviews stays near chance."""
    pairs = [pair for split in shop.SPLITS for pair in REVIEWS[split]]
    counts = Counter((word, label) for text, label in pairs for word in set(words(text)))
    for word, _ in counts:
        lead = abs(counts[word, 1] - counts[word, 0])
        assert 0.5 + lead / len(pairs) <= 0.6, word


def test_length_does_not_decide():
    pairs = [pair for split in shop.SPLITS for pair in REVIEWS[split]]
    lengths = np.array([len(text.split()) for text, _ in pairs])
    labels = np.array([label for _, label in pairs])
    for cut in range(9, 45):
        right = ((lengths >= cut) == labels).mean()
        assert 0.43 <= right <= 0.57


def logistic_regression(features, labels, steps=200, decay=1.0):
    """Weights and bias, by gradient descent at the largest safe step."""
    count = len(labels)
    weights, bias = np.zeros(features.shape[1]), 0.0
    rate = 4 * count / (np.linalg.norm(features, 2) ** 2 + count + 4 * decay)
    for _ in range(steps):
        off = 1 / (1 + np.exp(-(features @ weights + bias))) - labels
        weights -= rate * (features.T @ off + decay * weights) / count
        bias -= rate * off.mean()
    return weights, bias


def bag_of_words_accuracy(per_class, seed):
    generator = np.random.default_rng(seed)
    texts, labels = zip(*REVIEWS["train"], strict=True)
    labels = np.array(labels)
    chosen = np.concatenate(
        [
            generator.choice(np.flatnonzero(labels == label), per_class, replace=False)
            for label in (0, 1)
        ]
    )
    vocabulary = sorted({word for at in chosen for word in words(texts[at])})
    column = {word: at for at, word in enumerate(vocabulary)}

    def features(some):
        table = np.zeros((len(some), len(column)))
        for row, text in enumerate(some):
            table[row, [column[word] for word in words(text) if word in column]] = 1
        return table

    weights, bias = logistic_regression(features([texts[at] for at in chosen]), labels[chosen])
    test_texts, test_labels = zip(*REVIEWS["test"], strict=True)
    return np.mean((features(test_texts) @ weights + bias > 0) == np.array(test_labels))


@pytest.mark.parametrize(("per_class", "low", "high"), [(16, 0.55, 0.72), (64, 0.6, 0.8)])
def test_a_bag_of_words_learns_something_but_far_from_all(per_class, low, high):
    mean = np.mean([bag_of_words_accuracy(per_class, seed) for seed in range(20)])
    assert low <= mean <= high


# Conversations


def test_there_are_enough_conversations_and_questions():
    assert sum(map(len, TALKS.values())) >= 120
    assert len(QUESTIONS) >= 60
    topics = {one.topic for one in TALKS["train"]}
    assert len(topics) >= 24
    assert topics == {one.topic for one in TALKS["validation"]}
    assert topics == {question.topic for question in QUESTIONS}


def test_roles_alternate_and_each_side_speaks_two_to_four_times():
    for one in TALKS["train"] + TALKS["validation"]:
        roles = [turn.role for turn in one.turns]
        assert roles == ["patient", "assistant"] * (len(roles) // 2)
        assert 4 <= len(roles) <= 8


def test_conversations_give_no_doses_and_no_digits():
    units = r"\b(mg|ml|milligrams?|millilit\w+|micrograms?|grams?|dos(e|es|age)|drops of)\b"
    names = r"\b(ibuprofen|paracetamol|aspirin|acetaminophen|penicillin|amoxicillin|codeine)\b"
    for text in SPOKEN:
        assert not re.search(r"\d", text), text
        assert not re.search(units, text.lower()), text
        assert not re.search(names, text.lower()), text


def test_the_assistant_does_not_diagnose():
    for turn in EVERY_TURN:
        if turn.role == "assistant":
            assert not re.search(r"\byou (surely |certainly )?have (a|an) (?!fever)", turn.text)


def test_every_topic_says_when_to_get_help():
    for topic in {one.topic for one in TALKS["train"]}:
        said = " ".join(
            turn.text.lower()
            for one in TALKS["train"]
            if one.topic == topic
            for turn in one.turns
            if turn.role == "assistant"
        )
        assert re.search(r"doctor|emergency|pharmacist", said), topic


def test_the_file_says_that_it_is_not_advice():
    assert "not medical advice" in talk.about()
    assert "Teaching data" in talk.about()


def test_the_vocabulary_is_small():
    assert len({word for text in SPOKEN for word in words(text)}) < 1100


def test_no_conversation_is_there_twice_or_nearly_so():
    texts = [
        runs(" ".join(turn.text for turn in one.turns), 3)
        for one in TALKS["train"] + TALKS["validation"]
    ]
    for place, found in enumerate(texts):
        assert all(likeness(found, other) < 0.4 for other in texts[:place])


# Questions


def test_questions_are_well_formed():
    for question in QUESTIONS:
        assert len(set(question.choices)) == 4
        assert question.right == question.choices[question.answer]
    assert len({question.prompt for question in QUESTIONS}) == len(QUESTIONS)
    places = Counter(question.answer for question in QUESTIONS)
    assert min(places[place] for place in range(4)) >= len(QUESTIONS) // 5


def test_every_question_is_answerable_from_its_topic():
    """Most words of the right choice are said in the topic's train conversations."""
    taught = defaultdict(set)
    for one in TALKS["train"]:
        for turn in one.turns:
            taught[one.topic].update(words(turn.text))
    for question in QUESTIONS:
        found = words(question.right)
        assert sum(word in taught[question.topic] for word in found) >= len(found) / 2, question


def test_no_question_was_asked_in_a_conversation():
    asked = {" ".join(words(sentence)) for text in SPOKEN for sentence in re.split(r"[.?]", text)}
    for question in QUESTIONS:
        assert " ".join(words(question.prompt)) not in asked
    spoken = " | ".join(" ".join(words(text)) for text in SPOKEN)
    for question in QUESTIONS:
        right = " ".join(words(question.right))
        assert len(right.split()) <= 5 or right not in spoken, question


def test_the_right_choice_is_not_given_away_by_its_length():
    for extreme in (max, min):
        right = 0.0
        for question in QUESTIONS:
            lengths = [len(choice) for choice in question.choices]
            right += lengths[question.answer] == extreme(lengths)
        assert right / len(QUESTIONS) < 0.45


def test_neither_yes_nor_a_call_for_help_is_always_right():
    for start in ("Yes", "No", "Call emergency"):
        offered = [
            choice == question.right
            for question in QUESTIONS
            for choice in question.choices
            if choice.startswith(start)
        ]
        assert 0 < sum(offered) < 0.75 * len(offered)


# Loaders


def test_labels_have_names():
    assert shop.LABELS[0] == "negative"
    assert shop.LABELS[1] == "positive"


@pytest.mark.parametrize("load", [shop.labelled, shop.reviews, talk.conversations])
def test_an_unknown_split_is_named(load):
    with pytest.raises(KitError, match=r"^there is no split 'dev' .*train, validation"):
        load("dev")


LOADERS = [shop.unlabelled, lambda: shop.labelled("test"), lambda: talk.conversations("train")]


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder of data files that a test may break."""
    for name in (shop.FILE, talk.FILE):
        whole = (resources.files("pytest_kata.lab") / "data" / name).read_bytes()
        (tmp_path / name).write_bytes(whole)
    monkeypatch.setattr(datafile, "folder", lambda: tmp_path)
    return tmp_path


@pytest.mark.parametrize("load", [*LOADERS, talk.questions])
def test_a_missing_file_is_named(load, data):
    for file in data.iterdir():
        file.unlink()
    with pytest.raises(KitError, match=r"\.jsonl: the data file is missing\n  try: pip install"):
        load()


@pytest.mark.parametrize("load", [*LOADERS, talk.questions])
def test_an_empty_file_is_named(load, data):
    for file in data.iterdir():
        file.write_bytes(b"")
    with pytest.raises(KitError, match=r"\.jsonl: the data file is empty"):
        load()


@pytest.mark.parametrize("load", [*LOADERS, talk.questions])
def test_a_file_that_is_not_text_is_named(load, data):
    for file in data.iterdir():
        file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KitError, match=r"\.jsonl: is not UTF-8 text"):
        load()


@pytest.mark.parametrize("load", [*LOADERS, talk.questions])
def test_a_truncated_file_is_named_with_its_line(load, data):
    for file in data.iterdir():
        file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(KitError, match=r"\.jsonl:\d+: this line is not a JSON object"):
        load()


@pytest.mark.parametrize(
    "change",
    [
        {"text": None},
        {"text": ""},
        {"label": 2},
        {"label": True},
        {"label": "positive"},
        {"split": "dev"},
        {"form": "rhyme"},
        {"product": 3},
    ],
)
def test_a_line_that_is_no_review_is_named(change, data):
    lines = (data / shop.FILE).read_text(encoding="utf-8").splitlines()
    lines[2] = json.dumps(json.loads(lines[2]) | change)
    (data / shop.FILE).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(KitError, match=r"reviews\.jsonl:3: this line is not a review"):
        shop.unlabelled()


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("about", {"text": 1}),
        ("about", {"kind": "poem"}),
        ("conversation", {"topic": ""}),
        ("conversation", {"split": "test"}),
        ("conversation", {"turns": []}),
        ("conversation", {"turns": [{"role": "patient", "text": "Hello."}]}),
        ("conversation", {"turns": [{"role": "assistant", "text": "Hello."}] * 2}),
        ("conversation", {"turns": ["Hello.", "Hello."]}),
        ("question", {"choices": ["Yes.", "No."]}),
        ("question", {"answer": 4}),
        ("question", {"answer": None}),
        ("question", {"prompt": " "}),
    ],
)
def test_a_line_that_is_no_conversation_or_question_is_named(kind, change, data):
    lines = (data / talk.FILE).read_text(encoding="utf-8").splitlines()
    place = next(at for at, line in enumerate(lines) if json.loads(line)["kind"] == kind)
    lines[place] = json.dumps(json.loads(lines[place]) | change)
    (data / talk.FILE).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(KitError, match=rf"conversations\.jsonl:{place + 1}: this line is not a "):
        talk.questions()
