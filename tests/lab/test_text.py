"""The standard library's text: stable splits, no leaks, balanced classes, clear words."""

import re
import subprocess
import sys

import pytest

from pytest_kata.catalog import KitError
from pytest_kata.lab import text

TOPIC = "A statement of the language, which is executed when control reaches it.\n\nSee also:"


@pytest.fixture(autouse=True)
def fresh():
    """Nothing that an earlier test has read is remembered, and nothing is left behind."""
    text._corpus.cache_clear()
    text._modules.cache_clear()
    yield
    text._corpus.cache_clear()
    text._modules.cache_clear()


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Makes a standard library of the given modules, {path: source}, beside the five packages."""

    def make(files, topics=None):
        packages = {f"{name}/__init__.py": f'"""Only {name}."""' for name in text.PACKAGES}
        for path, source in {**packages, **files}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(source, encoding="utf-8")
        monkeypatch.setattr(text, "_library", lambda: tmp_path)
        monkeypatch.setattr(text, "topics", lambda: topics or {})
        monkeypatch.setattr(text, "FEWEST_MODULES", 1)
        return tmp_path

    return make


def module(split, number=0):
    """A module's name that falls into a split."""
    names = (f"module{n}" for n in range(10_000))
    return [name for name in names if text._corpus_split(name) == split][number]


def sequences(paragraph, length=5):
    """All runs of `length` words."""
    words = re.findall(r"\w+", paragraph.lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def known(texts, others):
    """The paragraphs of `texts` of which half or more of the five-word runs are in `others`."""
    seen = {run for other in others for part in other.split("\n\n") for run in sequences(part)}
    parts = [(part, sequences(part)) for words in texts for part in words.split("\n\n")]
    return [part for part, runs in parts if runs and 2 * len(runs & seen) > len(runs)]


def test_docstrings_of_every_definition_in_the_order_of_the_source(library):
    source = '''"""The module."""
if True:
    class A:
        """A class."""
        async def f(self):
            """A method."""
            try:
                def inner(): "An inner function."
            except ValueError:
                def other(): "Made by a handler."
            return f"no docstring"
def g():
    """
    First line.

        Indented.
    """
'''
    root = library({"made.py": source})
    assert text.docstrings(root / "made.py") == (
        "The module.",
        "A class.",
        "A method.",
        "An inner function.",
        "Made by a handler.",
        "First line.\n\n    Indented.",
    )


def test_modules_are_read_not_run(library):
    name = module("train")
    library({f"{name}.py": '"""Prose that is read from a file."""\nraise SystemExit("it was run")'})
    assert text.corpus("train") == ["Prose that is read from a file."]


def test_a_file_that_is_not_python_is_passed_over(library):
    train, template = module("train"), module("train", 1)
    library({f"{train}.py": '"""Prose."""', f"{template}.py": "def {{name}}(:\n"})
    assert text.corpus("train") == ["Prose."]


@pytest.mark.parametrize("folder", ["site-packages", "test", "encodings"])
def test_other_peoples_packages_and_tests_are_no_part_of_it(library, folder):
    library({f"{folder}/{module('train')}.py": '"""Not of the library."""'})
    assert text.corpus("train") == []


def test_the_same_docstring_in_two_splits_is_held_out_only(library):
    sentence = "Return the number of items in the list, or zero when it is empty."
    held, train, other = module("validation"), module("train"), module("train", 1)
    own = "def f(): 'Something else that only this module has to say.'"
    library(
        {
            f"{held}.py": f"def f(): '{sentence}'",
            f"{train}.py": f"def g(): '{sentence}'\n{own}",
            f"{other}.py": f"def g(): '{sentence.replace('zero', '0').upper()}'",
        }
    )
    assert text.corpus("validation") == [sentence]
    assert text.corpus("train") == ["Something else that only this module has to say."]


def test_a_docstring_of_the_task_is_in_no_corpus(library):
    sentence = "Parse the header and return the value with its parameters."
    files = {"email/header.py": f"'{sentence}'", f"{module('validation')}.py": f"'{sentence}'"}
    library(files)
    assert text.corpus("validation") == []


def test_a_paragraph_that_a_topic_quotes_is_kept_once(library):
    held = next(n for n in map(str, range(999)) if text._corpus_split(f"topic {n}") != "train")
    train = next(n for n in map(str, range(999)) if text._corpus_split(f"topic {n}") == "train")
    library({}, topics={held: TOPIC, train: "Only here, and nowhere else.\n\n" + TOPIC})
    assert text.corpus("validation") == [TOPIC]
    assert text.corpus("train") == ["Only here, and nowhere else.\n\nSee also:"]


def test_text_that_moves_into_a_private_module_keeps_its_split():
    assert text._top("_pydatetime") == text._top("datetime") == "datetime"
    assert text._top("email.mime.text") == "email"


def test_an_unknown_split_is_named():
    with pytest.raises(ValueError, match="no split 'dev': one of train, validation, test"):
        text.labelled("dev")
    with pytest.raises(ValueError, match="no split 'tests'"):
        text.corpus("tests")


def test_a_library_without_sources_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(text, "_library", lambda: tmp_path)
    with pytest.raises(KitError, match="only 0 modules of the standard library") as raised:
        text.labelled("train")
    assert raised.value.where == str(tmp_path)


def test_a_missing_package_is_named(library):
    root = library({})
    (root / "xml/__init__.py").unlink()
    (root / "xml").rmdir()
    with pytest.raises(KitError, match="the standard library lacks xml; install the full one"):
        text.corpus("train")
    assert "tkinter" in text.missing()
    assert "xml" in text.missing()


def test_missing_topics_are_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(KitError, match=r"lacks pydoc_data\.topics"):
        text.topics()


def test_the_real_task_is_balanced_honest_and_large_enough():
    splits = {split: text.labelled(split) for split in text.TASK}
    least = {"train": 64, "validation": 16, "test": 50}
    for split, examples in splits.items():
        for label, package in enumerate(text.PACKAGES):
            own = [words for words, n in examples if n == label]
            assert len(own) == len(examples) / len(text.PACKAGES) >= least[split]
            assert not any(package in re.findall(r"[a-z]+", words.lower()) for words in own)
    for split, others in (("validation", ("train",)), ("test", ("train", "validation"))):
        seen = [words for other in others for words, _ in splits[other]]
        assert len(known([words for words, _ in splits[split]], seen)) <= 2


def test_the_real_validation_text_is_stable_over_processes():
    code = (
        "import hashlib\nfrom pytest_kata.lab import text\n"
        "print(hashlib.sha256(repr((text.corpus('validation'), text.labelled('test')))"
        ".encode('utf-8', 'surrogatepass')).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert len({run.stdout for run in runs}) == 1


def test_no_sentence_of_the_real_held_out_text_is_trained_on():
    train, held_out = text.corpus("train"), text.corpus("validation")
    task = [words for split in text.TASK for words, _ in text.labelled(split)]
    assert not known(held_out, task)
    assert not known(train, task + held_out)
    whole = {" ".join(p.lower().split()) for d in train for p in d.split("\n\n")}
    held = {" ".join(p.lower().split()) for d in held_out for p in d.split("\n\n")}
    assert not [p for p in whole & held if len(re.findall(r"\w+", p)) >= 5]
