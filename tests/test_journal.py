"""The journal: what is written is read, and nothing that happens to the file costs more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kits import make_kit, write

import pytest_kata
from pytest_kata import journal as module
from pytest_kata.journal import (
    VERSION,
    Event,
    Journal,
    Reading,
    line,
    new_run,
    notices,
    parse,
    read,
)
from pytest_kata.recording import Recorder
from pytest_kata.selection import Kit

# Names may hold what a file system or an environment in another encoding gives: lone surrogates.
NAMES = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF),
    )
)
SMALL = st.integers(-(10**6), 10**6)
EVENTS = st.builds(
    Event,
    t=st.floats(0, 4e9).map(lambda t: round(t, 3)),
    learner=NAMES,
    kata=NAMES,
    event=st.sampled_from(module.EVENTS) | NAMES,
    run=NAMES,
    sha256=NAMES,
    untouched=st.booleans(),
    outcome=NAMES,
    passed=SMALL,
    failed=SMALL,
    tests=SMALL,
    seconds=st.floats(0, 1e6).map(lambda t: round(t, 3)),
    level=SMALL,
)
EVENT = Event(
    1764000000.123, "learner", "double", "finished", "r1", "abc", outcome="passed", passed=2
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / ".kata" / "journal.jsonl"


@pytest.fixture
def journal(file):
    return Journal(file)


def table(**changes) -> bytes:
    """A line of a good event, with changes; None drops a field."""
    fields = {"v": VERSION, "t": 5.0, "learner": "learner", "kata": "double", "event": "hint"}
    fields |= changes
    return json.dumps({k: v for k, v in fields.items() if v is not None}).encode()


# ------------------------------------------------------------ written and read


@given(st.lists(EVENTS, max_size=5))
def test_what_is_written_is_read(happened):
    assert parse(b"".join(map(line, happened))) == Reading(happened)


@given(EVENTS)
def test_an_event_is_one_line_of_json_between_two_line_breaks(event):
    content = line(event)
    assert (content[:1], content[-1:]) == (b"\n", b"\n")
    assert b"\n" not in content[1:-1]
    assert json.loads(content)["v"] == VERSION


def test_what_stands_at_its_default_is_left_out():
    content = json.loads(line(Event(1.5, "learner", "double", "started")))
    assert content == {
        "v": 1, "t": 1.5, "learner": "learner", "kata": "double", "event": "started",
    }  # fmt: skip


def test_appending_writes_what_it_hands_back(journal, file):
    one = journal.append("double", "started", run="r1", sha256="a", untouched=True)
    two = journal.append(
        "double", "finished", run="r1", outcome="passed", passed=2, seconds=0.12345
    )
    assert read(file) == Reading([one, two])
    assert two.seconds == 0.123
    assert one.t <= two.t
    assert (journal.problem, journal.unsaved) == ("", [])


def test_a_journal_that_is_not_there_is_empty(file):
    assert read(file) == Reading([])
    assert not file.exists()


@pytest.mark.parametrize(
    "name", ["Zoë", "学习者", "\N{GRINNING FACE}", "caf\udce9", "a\nb", '"', ""]
)
def test_any_learner_reads_what_they_wrote(file, name):
    happened = Journal(file, name).append("double", "hint", level=1)
    assert Journal(file, name).events() == Reading([happened])


def test_learners_read_only_their_own_events(file):
    mine = Journal(file, "ada").append("double", "hint", level=1)
    Journal(file, "bob").append("double", "hint", level=2)
    assert Journal(file, "ada").events().events == [mine]
    assert len(read(file).events) == 2


def test_the_learner_is_named_by_the_caller_the_environment_or_not_at_all(file, monkeypatch):
    assert Journal(file).learner == "learner"
    monkeypatch.setenv("KATA_LEARNER", "ada")
    assert Journal(file).learner == "ada"
    assert Journal(file, "bob").learner == "bob"


def test_runs_have_names_of_their_own():
    assert len({new_run() for _ in range(100)}) == 100


# --------------------------------------------------------------------- damage

LINES = st.binary().filter(lambda noise: b"\n" not in noise)


@given(st.lists(EVENTS, min_size=1, max_size=3), st.lists(LINES, min_size=4, max_size=4))
@example([EVENT], [b"[" * 100_000, b'{"v": 1}', b"\xff\xfe{", b"null"])
def test_bytes_between_the_lines_cost_no_event(happened, noise):
    content = noise[0]
    for event, bytes_between in zip(happened, noise[1:], strict=False):
        content += line(event) + bytes_between
    reading = parse(content)
    assert reading.events == happened
    assert reading.unreadable + reading.newer <= len(noise)


@given(st.binary())
def test_no_bytes_at_all_make_reading_raise(content):
    parse(content)


@pytest.mark.parametrize("cut", range(len(line(EVENT)) + 1))
def test_a_file_cut_anywhere_loses_its_last_event_at_most_and_heals(file, cut):
    first = EVENT._replace(run="r0")
    file.parent.mkdir()
    file.write_bytes(line(first) + line(EVENT)[:cut])
    kept = read(file).events
    assert kept in ([first], [first, EVENT])
    assert read(file).unreadable <= 1
    added = Journal(file).append("double", "hint", level=1)
    assert read(file).events == [*kept, added]


@given(st.lists(EVENTS, min_size=1, max_size=3), st.data())
def test_a_changed_byte_costs_one_line_at_most(happened, data):
    content = bytearray(b"".join(map(line, happened)))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    kept = [event for event in parse(bytes(content)).events if event in happened]
    assert len(kept) >= len(happened) - 1


@pytest.mark.parametrize("ending", [b"\r\n", b"\n\n\n", b"\n \t\n"])
def test_blank_lines_and_foreign_line_ends_are_nothing(ending):
    assert parse(table() + ending + table(t=6.0) + ending).unreadable == 0
    assert len(parse(table() + ending + table(t=6.0) + ending).events) == 2


def test_a_line_of_a_newer_version_is_counted_and_kept(journal, file):
    write(file, '{"v": 2, "whatever": [1]}\n')
    before = file.read_bytes()
    happened = journal.append("double", "hint", level=1)
    assert read(file) == Reading([happened], newer=1)
    assert file.read_bytes().startswith(before)


@pytest.mark.parametrize(
    "content",
    [
        table(v=None),
        table(v="1"),
        table(v=True),
        table(v=1.0),
        table(v=0),
        table(v=2.5),
        table(t=None),
        table(t="5"),
        table(t=True),
        table(t=1e13),
        table(t=-(10**400)),
        b'{"v": 1, "t": NaN, "learner": "a", "kata": "b", "event": "hint"}',
        b'{"v": 1, "t": Infinity, "learner": "a", "kata": "b", "event": "hint"}',
        table(learner=None),
        table(learner=3),
        table(kata=None),
        table(kata=["double"]),
        table(event=None),
        table(event={}),
        table(level="1"),
        table(level=1.0),
        table(level=True),
        table(passed=False),
        table(untouched=1),
        table(seconds="1"),
        table(seconds=True),
        table(sha256=7),
        b"null",
        b"1",
        b"[]",
        b'"text"',
        b"{}",
        b"not json",
        b"\x00\x01",
    ],
)
def test_a_line_of_the_wrong_kind_is_counted_not_used(content):
    assert parse(content) == Reading([], unreadable=1)


def test_fields_that_nobody_knows_are_passed_over():
    (event,) = parse(table(mood="good", level=2)).events
    assert event == Event(5.0, "learner", "double", "hint", level=2)


def test_a_whole_number_will_do_for_a_time():
    (event,) = parse(table(t=5, seconds=3)).events
    assert (event.t, event.seconds) == (5.0, 3)


# --------------------------------------------------------------- read once more

SECOND = EVENT._replace(t=EVENT.t + 1, run="r2")
THIRD = EVENT._replace(t=EVENT.t + 2, run="r3")


@pytest.fixture
def parsed(monkeypatch):
    """The sizes of what is parsed."""
    sizes = []
    monkeypatch.setattr(
        module, "parse", lambda content: (sizes.append(len(content)), parse(content))[1]
    )
    return sizes


def test_only_what_was_added_is_parsed(journal, file, parsed):
    write(file, "no event\n" + line(EVENT).decode() + line(SECOND).decode())
    assert journal.events() == Reading([EVENT, SECOND], unreadable=1)
    parsed.clear()
    with file.open("ab") as more:
        more.write(line(THIRD))
    assert journal.events() == Reading([EVENT, SECOND, THIRD], unreadable=1)
    assert sum(parsed) == len(line(THIRD))


@pytest.mark.parametrize("way", ["rewritten", "replaced"])
@pytest.mark.parametrize(
    "later",
    [[], [EVENT], [SECOND], [SECOND, EVENT], [EVENT, THIRD], [THIRD, SECOND, EVENT]],
    ids=lambda later: " ".join(event.run for event in later),
)
def test_a_journal_that_is_another_now_is_read_anew(journal, file, way, later):
    write(file, "".join(line(event).decode() for event in (EVENT, SECOND)))
    assert journal.events().events == [EVENT, SECOND]
    new = file if way == "rewritten" else file.with_name("new")
    new.write_bytes(b"".join(map(line, later)))
    new.replace(file)
    assert journal.events() == Reading(later)


def test_a_journal_that_is_gone_is_empty_again(journal, file):
    happened = journal.append("double", "hint", level=1)
    assert journal.events().events == [happened]
    file.unlink()
    assert journal.events() == Reading([])


@given(st.lists(EVENTS, min_size=1, max_size=4), st.data())
def test_a_journal_that_grows_by_any_bytes_reads_as_a_whole(tmp_path_factory, happened, data):
    content = b"".join(line(event._replace(learner="ada")) for event in happened)
    cuts = data.draw(st.lists(st.integers(0, len(content)), max_size=5).map(sorted))
    file = tmp_path_factory.mktemp("home") / "journal.jsonl"
    journal = Journal(file, "ada")
    for cut in [*cuts, len(content)]:
        file.write_bytes(content[:cut])
        assert journal.events() == parse(content[:cut])


def test_a_session_reads_on_in_a_journal_at_hand(tmp_path, parsed):
    workspace = make_kit(tmp_path)
    journal = Journal(workspace.journal)
    happened = journal.append("double", "hint", level=1)
    journal.problem = "told in the session before"
    journal.events()
    parsed.clear()
    kit = Kit(workspace, workspace.catalog())
    recorder = Recorder(None, [journal])
    assert recorder.journal(kit) is journal
    assert recorder.standing(kit)["double"].hints == happened.level
    assert sum(parsed) == 0
    assert journal.problem == ""


# ------------------------------------------------------------- several writers

WRITER = """
import sys
from pathlib import Path
from pytest_kata.journal import Journal
journal = Journal(Path(sys.argv[1]))
sys.stdin.readline()
for number in range(50):
    journal.append("double", "hint", run=sys.argv[2], level=number, sha256="x" * number * 20)
sys.exit(bool(journal.problem))
"""


def test_writers_at_the_same_time_lose_nothing(file):
    here = {**os.environ, "PYTHONPATH": str(Path(pytest_kata.__file__).parents[1])}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file), name], stdin=subprocess.PIPE, env=here
        )
        for name in "abcd"
    ]
    for writer in writers:
        writer.stdin.write(b"go\n")
        writer.stdin.close()
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    reading = read(file)
    assert reading.unreadable == 0
    for name in "abcd":
        own = [event.level for event in reading.events if event.run == name]
        assert own == list(range(50))


# ---------------------------------------------------------- disks that refuse


def test_a_place_that_cannot_be_written_costs_the_record_only(tmp_path):
    write(tmp_path / "file", "in the way")
    journal = Journal(tmp_path / "file" / "journal.jsonl")
    happened = journal.append("double", "hint", level=1)
    assert journal.problem.startswith(f"{journal.path} cannot be written (")
    assert "not recorded" in journal.problem
    assert journal.events().events == [happened]
    assert (tmp_path / "file").read_text() == "in the way"


def test_what_could_not_be_saved_still_counts_after_what_was(journal, file, monkeypatch):
    saved = journal.append("double", "hint", level=1)

    def full(descriptor, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    unsaved = journal.append("double", "hint", level=2)
    monkeypatch.undo()
    later = journal.append("double", "hint", level=3)
    assert "No space left on device" in journal.problem
    assert journal.events().events == [saved, later, unsaved]
    assert read(file).events == [saved, later]


@pytest.mark.parametrize("missing", [1, 2, 60])
def test_an_event_that_was_written_in_part_counts_once(journal, file, monkeypatch, missing):
    whole = os.write
    monkeypatch.setattr(os, "write", lambda to, content: whole(to, content[:-missing]))
    happened = journal.append("double", "finished", outcome="passed", seconds=0.12345)
    monkeypatch.undo()
    later = journal.append("double", "hint", level=1)
    assert "No space left on device" in journal.problem
    # A line that lacks only its end can be read; equal events are one to whoever folds them.
    assert set(journal.events().events) == {happened, later}
    assert set(read(file).events) | {happened} == {happened, later}


def test_only_a_passed_kata_waits_for_the_disk(journal, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    journal.append("double", "started")
    journal.append("double", "finished", outcome="failed")
    assert not synced
    journal.append("double", "finished", outcome="passed")
    assert len(synced) == 1


def test_each_event_is_one_write_to_the_end_of_the_file(journal, file, monkeypatch):
    written, flags = [], []
    really_open, really_write = os.open, os.write
    monkeypatch.setattr(
        os, "open", lambda path, how, *a: (flags.append(how), really_open(path, how, *a))[1]
    )
    monkeypatch.setattr(os, "write", lambda to, c: (written.append(c), really_write(to, c))[1])
    happened = journal.append("double", "hint", level=1)
    monkeypatch.undo()
    assert written == [line(happened)]
    assert all(how & os.O_APPEND for how in flags)


def test_a_journal_that_cannot_be_read_is_told(tmp_path):
    reading = read(tmp_path)
    assert reading.events == []
    assert reading.problem.startswith(f"{tmp_path} cannot be read (")


# -------------------------------------------------------------------- notices


def test_a_journal_in_order_has_nothing_to_say():
    assert list(notices(Reading([EVENT]))) == []


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (Reading([], unreadable=1), "1 line of the journal cannot be read; kept, and passed over"),
        (Reading([], unreadable=2), "2 lines of the journal cannot be read; kept, and passed over"),
        (
            Reading([], newer=1),
            "1 line of the journal comes from a newer pytest-kata; kept, and passed over",
        ),
        (
            Reading([], newer=2),
            "2 lines of the journal come from a newer pytest-kata; kept, and passed over",
        ),
        (Reading([], problem="x cannot be read (y)"), "x cannot be read (y)"),
    ],
)
def test_what_a_person_should_know_is_one_sentence(reading, words):
    assert list(notices(reading)) == [words]
