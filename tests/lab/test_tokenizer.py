"""The tokenizer: a round trip for every text, the right pieces, the format of its file."""

import json
import random
import re

import pytest

from pytest_kata.catalog import KitError
from pytest_kata.lab import tokenizer
from pytest_kata.lab.tokenizer import END_OF_TEXT, NEW_LETTERS, NEW_NUMBERS, Tokenizer, pieces

TEXTS = [
    "Return the number of items in the list. Return the list itself.",
    "The items of the list are returned in the order in which they're listed.",
    "It's an error, isn't it? They'll say so, and we've 1024 reasons.\n    indented\n\n",
    "Ein Übermaß an Größe; naïve café; 東京は日本の首都です。 Ὀδυσσεύς 🙂🙂",
]


@pytest.fixture(scope="module")
def made():
    return tokenizer.train(TEXTS, 290)


def random_texts(count, seed=0):
    """Random Unicode: any character at all, and mixtures that meet the pattern's corners."""
    draw = random.Random(seed)
    corners = [
        *"aZé 0９½Ⅷ!'_\t\n\r\x0b\x1c\x1f\x85\xa0\u2003\u3000\u200b漢ǅʼ́🙂",
        "'s",
        "'ll",
        "  ",
        " '",
    ]
    new = [chr(n) for n in sorted(tokenizer._code_points(NEW_LETTERS + " " + NEW_NUMBERS))]
    words = [*"".join(TEXTS).split(), END_OF_TEXT, "<|endoftext", "\n    "]
    for _ in range(count):
        kind, length = draw.randrange(5), draw.randrange(1, 30)
        if kind == 0:
            codes = (draw.randrange(0x110000) for _ in range(length))
            yield "".join(chr(c) for c in codes if not 0xD800 <= c < 0xE000)
        elif kind == 1:
            yield "".join(chr(draw.randrange(0x3000)) for _ in range(length))
        elif kind == 2:
            yield "".join(draw.choices(corners, k=length))
        elif kind == 3:
            yield "".join(draw.choices([*new, *corners], k=length))
        else:
            yield draw.choice([" ", "", "  "]).join(draw.choices(words, k=length))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's they'll", ["It", "'s", " they", "'ll"]),
        ("a  b", ["a", " ", " b"]),
        ("x \n  y\n", ["x", " \n ", " y", "\n"]),
        ("v2.10 ", ["v", "2", ".", "10", " "]),
        ("É٣ ½漢!", ["É", "٣", " ½", "漢", "!"]),
        ("a\u3000b", ["a", "\u3000", "b"]),
        ("a\x1cb", ["a", "\x1c", "b"]),
        ("'S'sx", ["'", "S", "'s", "x"]),
        ("", []),
    ],
)
def test_pieces(text, expected):
    assert pieces(text) == expected


def test_decode_undoes_encode(made):
    for text in [*TEXTS, *random_texts(500)]:
        assert made.decode(made.encode(text), skip_specials=False) == text


def test_every_byte_is_known_and_merges_shorten(made):
    assert len(made) == 290
    assert made.encode("\x00\x7f") == [made.vocabulary[tokenizer.ALPHABET[b]] for b in (0, 127)]
    assert len(made.encode(TEXTS[0])) < len(TEXTS[0]) / 2


def test_special_tokens_are_one_id_and_left_out_of_text(made):
    ids = made.encode(f"list{END_OF_TEXT} list")
    assert ids.count(made.end_of_text) == 1
    assert made.decode(ids) == "list list"
    assert made.decode(ids, skip_specials=False) == f"list{END_OF_TEXT} list"


def test_half_a_character_and_a_lone_surrogate(made):
    assert made.decode(made.encode("é")[:1] if len(made.encode("é")) > 1 else []) in ("", "\ufffd")
    assert made.decode([made.vocabulary[tokenizer.ALPHABET[0xF0]]]) == "\ufffd"
    assert made.decode(made.encode("a\ud800b")) == "a?b"


def test_an_unknown_id_is_an_error(made):
    with pytest.raises(KeyError):
        made.decode([len(made)])


def test_merges_are_learned_by_frequency_then_by_id():
    made = tokenizer.train(["abab cdcdcd"], 257 + 2)
    assert made.merges == [("c", "d"), ("a", "b")]
    assert len(tokenizer.train(["ab cd"], 300)) == 257  # no pair occurs twice


def test_a_vocabulary_without_room_for_the_bytes():
    with pytest.raises(ValueError, match="size 256 is less than 256 bytes and 1 special tokens"):
        tokenizer.train(TEXTS, 256)


def test_save_and_load(made, tmp_path):
    made.save(tmp_path / "tokenizer.json")
    again = Tokenizer.load(tmp_path / "tokenizer.json")
    assert (again.vocabulary, again.merges, again.specials) == (
        made.vocabulary,
        made.merges,
        made.specials,
    )


def test_merges_in_the_older_form(made, tmp_path):
    made.save(tmp_path / "tokenizer.json")
    content = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    content["model"]["merges"] = [" ".join(pair) for pair in content["model"]["merges"]]
    (tmp_path / "old.json").write_text(json.dumps(content), encoding="utf-8")
    assert Tokenizer.load(tmp_path / "old.json").merges == made.merges


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "bad.json is missing"),
        ("", "not JSON"),
        ('{"model": {"type": "BPE", "voc', "not JSON"),
        ("[]", "holds no object"),
        ("{}", "not a byte-level BPE tokenizer.json (KeyError: 'pre_tokenizer')"),
        ('{"pre_tokenizer": null, "model": {"type": "BPE"}}', "no byte-level BPE"),
        ('{"pre_tokenizer": {"type": "ByteLevel"}, "model": {"type": "WordPiece"}}', "no byte-lev"),
        (
            '{"pre_tokenizer": {"type": "ByteLevel"}, "model": '
            '{"type": "BPE", "vocab": {"a": "x"}, "merges": []}}',
            "not a byte-level BPE tokenizer.json (ValueError",
        ),
        (
            '{"pre_tokenizer": {"type": "ByteLevel"}, "model": '
            '{"type": "BPE", "vocab": {"a b": 0}, "merges": []}}',
            "not a byte-level BPE tokenizer.json (KeyError: ' ')",
        ),
    ],
)
def test_bad_files_are_named(content, words, tmp_path):
    path = tmp_path / "bad.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(KitError, match=re.escape(words)) as raised:
        Tokenizer.load(path)
    assert str(tmp_path) in raised.value.where
    assert raised.value.__cause__ is None


def test_equal_to_the_tokenizers_library(made, tmp_path):
    library = pytest.importorskip("tokenizers", reason="the extra hf is not installed")
    made.save(tmp_path / "tokenizer.json")
    theirs = library.Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    for text in random_texts(10_000):
        ids = theirs.encode(text).ids
        assert made.encode(text) == ids, ascii(text)
        assert made.decode(ids) == theirs.decode(ids)
    draw = random.Random(1)
    for _ in range(2_000):  # ids that nobody encoded: bytes that are no UTF-8
        ids = draw.choices(range(len(made)), k=draw.randrange(1, 12))
        assert made.decode(ids) == theirs.decode(ids)


def test_learns_the_merges_that_the_tokenizers_library_learns(made):
    library = pytest.importorskip("tokenizers", reason="the extra hf is not installed")
    theirs = library.Tokenizer(library.models.BPE())
    theirs.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = library.trainers.BpeTrainer(
        vocab_size=len(made),
        special_tokens=[END_OF_TEXT],
        initial_alphabet=library.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    theirs.train_from_iterator(TEXTS, trainer)
    assert theirs.get_vocab() == made.vocabulary


def test_more_merges_leave_the_old_ids_as_they_are():
    start = tokenizer.train(["return the value"] * 5, 265)
    more = tokenizer.train(["a wonderful kettle, " * 3], 280, start=start)
    assert len(more) == 280
    assert more.merges[: len(start.merges)] == start.merges
    assert {t: n for t, n in more.vocabulary.items() if n < 265} == start.vocabulary
    assert more.specials == start.specials
    assert len(more.encode(" wonderful")) < len(start.encode(" wonderful"))
    assert more.decode(more.encode("a wonderful value")) == "a wonderful value"
