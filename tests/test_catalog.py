"""What stands in kata.toml files, and what is said of those that are wrong."""

from __future__ import annotations

import re

import pytest
from kits import FACTS, Toy, make_kit, toml, write

from pytest_kata.catalog import LEVELS, KitError, load
from pytest_kata.outline import KINDS


@pytest.fixture
def kit(tmp_path):
    """Two good katas; `halve` is the one that the tests break."""
    return make_kit(tmp_path, Toy("double"), Toy("halve"))


@pytest.fixture
def file(kit):
    return kit.katas / "01_first" / "02_halve" / "kata.toml"


def problem_with(kit) -> KitError:
    """The one problem; the good kata must have been read all the same."""
    catalog = kit.catalog()
    assert [kata.id for kata in catalog] == ["double"]
    (problem,) = catalog.problems
    return problem


def line_of(problem: KitError, file) -> int:
    """Problems are told as path:line and a command to type."""
    place = re.fullmatch(re.escape(str(file)) + r":(\d+)", problem.where)
    assert place, problem.where
    assert "\n" not in problem.sentence
    assert problem.command == "kata check"
    assert str(problem) == f"{problem.where}: {problem.sentence}\n  try: kata check"
    return int(place.group(1))


def rewrite(file, **changes) -> int:
    """Change keys of the kata.toml; the line of the first one changed."""
    facts = {**FACTS, "id": "halve", **changes}
    write(file, toml(facts))
    keys = [key for key, value in facts.items() if value is not None]
    return 1 + min(keys.index(key) for key in changes if key in keys)


# ----------------------------------------------------------------- good files


def test_a_good_file_is_read_whole(tmp_path):
    facts = {
        "kind": ["implement", "explain"],
        "requires": ["halve"],
        "clock": "2:05",
        "passes_as_shipped": True,
        "hints": ["  one ", [" two", "zwei "], ["three", "drei"]],
        "limits": {"seconds": 0.5, "memory": 64},
    }
    (kata,) = make_kit(tmp_path, Toy("no_double", number=7, facts=facts)).catalog()
    assert (kata.id, kata.name, kata.number, kata.track) == (
        "no-double",
        "no_double",
        "07",
        "01_first",
    )
    assert (kata.title, kata.concept, kata.level) == ("Twice a number", "doubling", "easy")
    assert kata.kinds == ("implement", "explain")
    assert kata.requires == ("halve",)
    assert (kata.seconds, kata.memory, kata.clock, kata.attempts) == (0.5, 64, 125, 2)
    assert kata.hints == (("one",), ("two", "zwei"), ("three", "drei"))
    assert kata.tasks == 2
    assert kata.passes_as_shipped
    assert kata.file.is_file()
    assert kata.tests.is_file()
    assert (kata.file.name, kata.tests.name) == ("no_double.py", "test_no_double.py")


def test_what_may_be_left_out_has_a_default(kit):
    kata = kit.catalog().find("double")
    assert (kata.requires, kata.clock, kata.passes_as_shipped) == ((), None, False)


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_is_known(kit, file, level):
    rewrite(file, level=level)
    assert kit.catalog().find("halve").level == level


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_known(kit, file, kind):
    rewrite(file, kind=[kind])
    assert kit.catalog().find("halve").kinds == (kind,)


def test_a_byte_order_mark_is_no_mistake(kit, file):
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert not kit.catalog().problems


def test_the_order_is_that_of_the_folders(tmp_path):
    toys = (
        Toy("last", "02_next", number=1),
        Toy("second", number=10),
        Toy("first", number=9),
    )
    catalog = make_kit(tmp_path, *toys).catalog()
    assert [kata.id for kata in catalog] == ["first", "second", "last"]


def test_tracks_hold_their_katas_in_order(tmp_path):
    toys = Toy("b", "02_fine_tuning"), Toy("a", "01_core"), Toy("c", "02_fine_tuning")
    tracks = make_kit(tmp_path, *toys).catalog().tracks
    assert [(track.folder, track.name) for track in tracks] == [
        ("01_core", "core"),
        ("02_fine_tuning", "fine tuning"),
    ]
    assert [[kata.id for kata in track.katas] for track in tracks] == [["a"], ["b", "c"]]


def test_no_folder_is_an_empty_catalog(tmp_path):
    catalog = load(tmp_path / "nowhere")
    assert (catalog.katas, catalog.problems, catalog.tracks) == ((), (), ())


def test_a_folder_without_a_kata_toml_is_no_kata(kit, file):
    file.unlink()
    assert [kata.id for kata in kit.catalog()] == ["double"]
    assert not kit.catalog().problems


# ---------------------------------------------------------------- wrong files


@pytest.mark.parametrize("key", FACTS)
def test_a_missing_key_is_named(kit, file, key):
    write(file, toml({**FACTS, "id": "halve", key: None}))
    problem = problem_with(kit)
    assert line_of(problem, file) == 1
    assert problem.sentence.startswith(f"the key {key!r} is missing; it must be ")


WRONG = [
    ("id", 7),
    ("id", ""),
    ("id", "Load_Pretrained"),
    ("id", "load pretrained"),
    ("id", "-load"),
    ("id", "load-"),
    ("id", "7load"),
    ("title", ""),
    ("title", "  "),
    ("title", 3),
    ("title", ["a"]),
    ("concept", False),
    ("concept", ""),
    ("kind", "implement"),
    ("kind", []),
    ("kind", ["implement", "sing"]),
    ("kind", [1]),
    ("level", "simple"),
    ("level", 2),
    ("level", ["easy"]),
    ("requires", "double"),
    ("requires", [1]),
    ("limits", 2),
    ("limits", {}),
    ("limits", {"seconds": 2}),
    ("limits", {"seconds": 2, "memory": 256, "more": 1}),
    ("limits", {"seconds": 0, "memory": 256}),
    ("limits", {"seconds": -1, "memory": 256}),
    ("limits", {"seconds": True, "memory": 256}),
    ("limits", {"seconds": "2", "memory": 256}),
    ("limits", {"seconds": 3601, "memory": 256}),
    ("limits", {"seconds": 10**400, "memory": 256}),
    ("limits", {"seconds": 2, "memory": 0}),
    ("limits", {"seconds": 2, "memory": 1.5}),
    ("limits", {"seconds": 2, "memory": True}),
    ("clock", 2),
    ("clock", ""),
    ("clock", "2"),
    ("clock", "2:60"),
    ("clock", "2:5"),
    ("clock", "100:00"),
    ("attempts", 0),
    ("attempts", -1),
    ("attempts", 1.0),
    ("attempts", True),
    ("attempts", "2"),
    ("hints", "one"),
    ("hints", ["one", 2]),
    ("passes_as_shipped", 1),
    ("passes_as_shipped", "yes"),
]


@pytest.mark.parametrize(
    ("key", "value"), WRONG, ids=[f"{key}-{number}" for number, (key, _) in enumerate(WRONG)]
)
def test_a_wrong_value_is_named_with_its_line(kit, file, key, value):
    line = rewrite(file, **{key: value})
    problem = problem_with(kit)
    assert line_of(problem, file) == line
    assert problem.sentence.startswith(f"{key!r} must be ")


@pytest.mark.parametrize("seconds", ["inf", "nan", "1e999"])
def test_a_limit_must_be_a_time_that_comes(kit, file, seconds):
    text = file.read_text().replace("seconds = 2", f"seconds = {seconds}")
    write(file, text)
    assert problem_with(kit).sentence.startswith("'limits' must be ")


def test_a_limit_table_of_its_own_is_found_too(kit, file):
    write(file, toml({**FACTS, "id": "halve", "limits": None}) + "\n[limits]\nseconds = 0\n")
    problem = problem_with(kit)
    assert line_of(problem, file) == file.read_text().splitlines().index("[limits]") + 1


@pytest.mark.parametrize(
    ("key", "meant"),
    [("leval", "; did you mean 'level'?"), ("hint", "; did you mean 'hints'?"), ("zzz", "")],
)
def test_an_unknown_key_is_named_with_what_was_meant(kit, file, key, meant):
    line = rewrite(file, **{key: "easy"})
    problem = problem_with(kit)
    assert line_of(problem, file) == line
    assert problem.sentence == f"unknown key {key!r}{meant}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('id = "a"\ntitle = \n', 2),
        ('id = "a"\n\n\nid = "b"\n', 4),
        ("= 3\n", 1),
        ('id = "a"\n\nhints = [\n  "one",\n', 4),
        ('id = "a"\ntitle = """never closed\n', 2),
        ("deep = " + "[" * 100_000, 1),
        ("attempts = " + "9" * 5_000, 1),
    ],
    ids=["no value", "twice", "no key", "open list", "open text", "too deep", "too long"],
)
def test_what_is_no_toml_is_told_with_its_line(kit, file, text, line):
    write(file, text)
    problem = problem_with(kit)
    assert line_of(problem, file) == line
    assert problem.sentence.startswith("is not valid TOML: ")


def test_an_empty_file_lacks_its_keys(kit, file):
    write(file, "")
    assert line_of(problem_with(kit), file) == 1


def test_what_is_not_utf8_is_told_as_such(kit, file):
    file.write_bytes('title = "Größe"\n'.encode("latin-1"))
    problem = problem_with(kit)
    assert line_of(problem, file) == 1
    assert problem.sentence == "is not UTF-8 text; save it as UTF-8"


def test_what_cannot_be_read_is_told_as_such(kit, file):
    file.unlink()
    file.mkdir()
    problem = problem_with(kit)
    assert line_of(problem, file) == 1
    assert problem.sentence.startswith("cannot be read (")


def test_an_id_that_is_taken_is_told_of_the_later_one(kit, file):
    line = rewrite(file, title="Another", id="double")
    problem = problem_with(kit)
    assert line_of(problem, file) == line
    assert "'double' is taken by" in problem.sentence
    assert "01_double" in problem.sentence


@pytest.mark.parametrize("name", ["halve", "2_halve", "02-halve", "02_Halve", "02_2halve", "02_"])
def test_a_badly_named_kata_folder_is_named(kit, file, name):
    moved = file.parent.rename(file.parent.with_name(name))
    problem = problem_with(kit)
    assert line_of(problem, moved / "kata.toml") == 1
    assert problem.sentence == f"the folder {name!r} must be named like 05_accuracy"


def test_a_badly_named_track_folder_is_named(tmp_path):
    kit = make_kit(tmp_path, Toy("double"), Toy("halve", track="more"))
    problem = problem_with(kit)
    assert problem.sentence == "the folder 'more' must be named like 05_accuracy"


def test_every_broken_file_is_a_problem_of_its_own(tmp_path):
    broken = {"level": "simple"}
    toys = Toy("double", facts=broken), Toy("halve"), Toy("third", facts=broken)
    catalog = make_kit(tmp_path, *toys).catalog()
    assert [kata.id for kata in catalog] == ["halve"]
    assert len(catalog.problems) == 2


# ----------------------------------------------------------------------- find


@pytest.fixture
def catalog(tmp_path):
    toys = Toy("load_pretrained", number=4), Toy("accuracy", number=5), Toy("other", "02_next", 4)
    return make_kit(tmp_path, *toys).catalog()


@pytest.mark.parametrize(
    "word",
    ["load-pretrained", "load_pretrained", "04_load_pretrained", "04", "4", " LOAD-pretrained "],
)
def test_a_kata_is_found_by_each_of_its_names(catalog, word):
    assert catalog.find(word).id == "load-pretrained"


def test_a_name_is_not_found_by_its_beginning(catalog):
    with pytest.raises(KitError):
        catalog.find("load")


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("acuracy", "there is no kata 'acuracy'; did you mean accuracy?"),
        ("load-pretraned", "there is no kata 'load-pretraned'; did you mean load-pretrained?"),
        ("zzz", "there is no kata 'zzz'"),
        ("", "there is no kata ''"),
    ],
)
def test_what_is_not_found_is_told_with_what_was_meant(catalog, word, sentence):
    with pytest.raises(KitError) as caught:
        catalog.find(word)
    assert (caught.value.sentence, caught.value.command) == (sentence, "kata list")


# ------------------------------------------------------------------- KitError


@pytest.mark.parametrize(
    ("where", "command", "told"),
    [
        ("", "", "is wrong"),
        ("a.py:3", "", "a.py:3: is wrong"),
        ("", "kata list", "is wrong\n  try: kata list"),
        ("a.py:3", "kata list", "a.py:3: is wrong\n  try: kata list"),
    ],
)
def test_a_problem_says_the_place_the_sentence_and_the_command(where, command, told):
    assert str(KitError("is wrong", where=where, command=command)) == told
