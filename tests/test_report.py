"""kata report: one page that needs nothing else, a badge as a picture, and where they go."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from html import escape, unescape
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest
from kits import Toy, make_kit

from pytest_kata import table
from pytest_kata.badges import MASTER
from pytest_kata.catalog import KitError
from pytest_kata.curves import compared, written
from pytest_kata.dates import day
from pytest_kata.journal import Event, line
from pytest_kata.render import html, style, svg
from pytest_kata.reports import is_ours

DAY = 86_400.0
NOW = 1_772_366_400.0
PASS = {"outcome": "passed", "passed": 2, "tests": 2}
FAIL = {"outcome": "failed", "passed": 1, "tests": 2}
NASTY = 'Zoë 🥋 دانا \u202e</title></style><script>alert("1")</script>&amp;\x00\x1b[31m\ud800'
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """A page read as a browser would, held to what every page must be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.headings: list[int] = []
        # Pictures that say nothing to who cannot see them, and are not hidden from them either.
        self.unspoken: list[dict[str, str]] = []
        self._hidden = 0
        self.feed(text)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        spoken = {"role", "aria-label"} <= set(attrs := dict(attrs))
        hidden = "aria-hidden" in attrs
        if tag == "svg" and "svg" not in self._open and not (self._hidden or hidden or spoken):
            self.unspoken.append(attrs)
        if tag not in VOID:
            self._open.append(tag)
            if self._hidden or hidden:
                self._hidden += 1

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag, f"</{tag}> stands in another element"
        self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data):
        if not self._open or self._open[-1] != "style":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def event(t: float, name: str, kata: str = "alpha", **fields) -> Event:
    return Event(t, "learner", kata, name, **fields)


def ran(t: float, kata: str = "alpha", ended: dict | None = None, **fields) -> list[Event]:
    start = event(t, "started", kata, run=f"{kata}{t}", sha256=str(t), **fields)
    if ended is None:
        return [start]
    return [start, event(t + 1, "finished", kata, run=f"{kata}{t}", sha256=str(t), **ended)]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    facts = {"title": "Twice <b>&</b>", "concept": "letters <i>", "clock": "2:00"}
    toys = [Toy("alpha", facts=facts), Toy("bravo"), Toy("charlie", "02_more")]
    return make_kit(tmp_path_factory.mktemp("kit"), *toys).catalog()


def busy(count: int = 500) -> list[Event]:
    """Months of practice: attempts, hints, a challenge, reviews, two at one keyboard."""
    events = []
    for step in range(count // 2):
        kata = ("alpha", "bravo", NASTY)[step % 3]
        ended = (FAIL, PASS, None)[step % 7 % 3]
        driver = ("", "ada", NASTY)[step % 3]
        events += ran(NOW - 100 * DAY + step * DAY / 3, kata, ended, driver=driver)
    events += [event(NOW - DAY, "hint", level=2), event(NOW - DAY, "solution", NASTY)]
    events += [
        event(NOW - 900, "challenge", "", run="S", mode=NASTY),
        event(NOW - 900, "opened", run="S1", mode="challenge", series="S"),
        *ran(NOW - 860, ended=PASS),
        event(NOW - 850, "closed", run="S1", outcome="solved"),
        event(NOW - 840, "opened", NASTY, run="S2", mode="challenge", series="S"),
        event(NOW - 700, "closed", NASTY, run="S2", outcome="spent"),
    ]
    for number in range(120):
        run = f"R{number}"
        events.append(event(NOW - 600 + number, "opened", "bravo", run=run, mode="review"))
        events.append(event(NOW - 599.5 + number, "closed", "bravo", run=run, outcome=NASTY))
    return events


def report(catalog, events=(), learner="learner", now=NOW, notes=()):
    return html.page(table.report(catalog, events, set(), now, learner, notes))


# ------------------------------------------------------------------------ the page


def test_an_empty_journal_makes_a_page_that_says_where_to_begin(catalog):
    page = Page(report(catalog))
    assert "0 of 3 katas solved" in page.text
    assert "No attempts yet. Begin with pytest katas/" in page.text
    assert "Not started: letters <i>, doubling." in page.text
    assert "Challenges" not in page.text
    assert "keyboard" not in page.text


def test_a_kit_without_katas_makes_a_page(catalog):
    empty = type(catalog)(())
    assert "0 of 0 katas solved" in Page(report(empty)).text
    with pytest.raises(KitError, match="there is no badge without a kata"):
        svg.chosen(table.report(empty, (), set(), NOW))


@pytest.mark.parametrize("events", [[], busy()], ids=["nothing", "500 events"])
def test_nothing_is_loaded_and_nothing_runs(catalog, events):
    text = report(catalog, events, NASTY)
    page = Page(text)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "a"}
    for _, attributes in page.tags:
        assert not {"src", "href", "srcset", "xlink:href", "action", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "://" not in text


def test_whatever_people_and_katas_are_called_is_text(catalog):
    text = report(catalog, busy(), NASTY)
    page = Page(text)
    shown = NASTY.translate({0: "\ufffd", 0x1B: "\ufffd", 0xD800: "\ufffd"})
    assert page.text.count(shown) >= 7
    assert "Twice <b>&</b>" in page.text
    assert "letters <i>" in page.text
    assert not {"b>", "\x00", "\x1b", "\ud800"} & set(text)
    assert text.encode("utf-8")
    # Its own element keeps a name's direction to itself.
    assert re.search(r"<h1>Katas of <bdi>Zoë", text)
    assert text.count("<bdi>") == 4, "the learner, two drivers, and the set that was asked for"


@pytest.mark.parametrize("events", [[], busy()], ids=["nothing", "500 events"])
def test_the_page_has_an_order_that_can_be_heard(catalog, events):
    text = report(catalog, events, "Ada")
    page = Page(text)
    assert text.startswith("<!doctype html>")
    assert page.all("html") == [{"lang": "en"}]
    assert "user-scalable" not in text
    assert text.partition("</head>")[0].count("<title>") == 1
    for landmark in ("header", "main", "footer", "h1"):
        assert len(page.all(landmark)) == 1, landmark
    assert page.headings[0] == 1
    for before, after in zip(page.headings, page.headings[1:], strict=False):
        assert after <= before + 1, "no level is left out"
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {one["aria-labelledby"] for one in page.all("section")} <= set(ids)
    assert page.unspoken == []
    for header in page.all("th"):
        assert header["scope"] in ("col", "row", "rowgroup")


def test_the_timeline_tells_each_kata_in_words_too(catalog):
    events = [
        *ran(NOW - 5 * DAY, ended=FAIL),
        *ran(NOW - 4 * DAY, ended=PASS),
        *ran(NOW - 9, "bravo"),
    ]
    page = Page(report(catalog, events))
    labels = [one["aria-label"] for one in page.all("svg") if "aria-label" in one]
    assert labels == ["2 attempts, solved on 2026-02-25", "1 attempt, not solved"]
    assert "3 attempts on 3 days." in page.text


def test_part_of_the_tests_solves_nothing(catalog):
    part = {"outcome": "passed", "passed": 1, "tests": 2}
    page = Page(report(catalog, ran(NOW - 5, ended=part)))
    assert [one["aria-label"] for one in page.all("svg") if "aria-label" in one] == [
        "1 attempt, not solved"
    ]


@pytest.mark.parametrize("wrong", [0.0, -5e8, NOW + 5000 * DAY, 9e11])
def test_a_wrong_clock_does_not_stretch_the_timeline(catalog, wrong):
    whole = table.report(catalog, [*ran(NOW - DAY), *ran(wrong, "bravo", PASS)], set(), NOW)
    assert html.span(whole["attempts"], NOW) == (NOW - DAY, NOW - DAY)
    xs = re.findall(r'<svg x="([\d.]+)%"', html.page(whole))
    assert len(xs) == 2
    assert all(0 <= float(x) <= 100 for x in xs)


def test_many_attempts_stay_a_small_page(catalog):
    few, many = (len(report(catalog, ran_often(count))) for count in (500, 20_000))
    assert many < few + 20_000


def ran_often(count: int) -> list[Event]:
    step = 90 * DAY / count
    return [one for n in range(count) for one in ran(NOW - 95 * DAY + n * step, "bravo", FAIL)]


def test_long_lists_of_rounds_say_what_they_leave_out(catalog):
    assert "And 20 before: kata report --json." in Page(report(catalog, busy())).text


def test_rounds_are_told_with_score_and_best_times(catalog):
    text = Page(report(catalog, busy())).text
    assert "1 of 2 solved, under way: Zoë" in text
    assert re.search(r"alpha\s*solved\s*1\s*0:41", text)
    assert "no attempt left" in text
    assert re.search(r"Best times\s*KataTime\s*alpha0:41", text)


def test_what_could_not_be_read_is_told_on_the_page(catalog):
    assert "Note: a <line> is torn" in Page(report(catalog, notes=["a <line> is torn"])).text


# ------------------------------------------------------------------------ loss curves


def trained(t: float, kata: str, yours, reference, ended=FAIL) -> list[Event]:
    return ran(t, kata, {**ended, "losses": written(compared(yours, reference))})


FALLING = [4.0, 3.0, 2.0, 1.5, 1.0, 0.5]
TRAINED = [
    *trained(NOW - 9 * DAY, "alpha", [9.0], [1.0]),
    *trained(NOW - 3 * DAY, "alpha", [4.0, 3.0, 2.0, float("nan"), float("inf"), 0.0], FALLING),
    *ran(NOW - 2 * DAY, "alpha", {**FAIL, "losses": "no curve"}),
    *ran(NOW - DAY, "alpha", FAIL),
    *trained(NOW - DAY, "bravo", FALLING, FALLING, PASS),
    *trained(NOW - DAY, "charlie", [1e200] * 300, [5.0 - n / 100 for n in range(300)]),
    *trained(NOW - DAY / 2, NASTY, [], [1.0]),
]


def test_without_training_runs_there_is_no_word_of_curves(catalog):
    assert "Loss curves" not in report(catalog, busy())


def test_the_latest_run_of_each_kata_stands_beside_the_references(catalog):
    page = Page(report(catalog, TRAINED))
    assert page.unspoken == []
    assert [one["aria-label"] for one in page.all("svg") if "Losses" in str(one)] == [
        "Losses of 6 steps: yours 4 to 0; the reference 4 to 0.5; nan at step 4",
        "Losses of 6 steps: yours 4 to 0.5; the reference 4 to 0.5; the two go together",
        "Losses of 300 steps: yours 1e+200 to 1e+200; the reference 4.98 to 2.03; "
        "parts at step 1, 1e+200 above",
        "Losses of 1 step: yours no losses; the reference 1 to 1; has no losses",
    ]
    assert "your lossthe reference'swhere they partnot a number, or infinite" in page.text
    assert "Yours 4 to 0; the reference 4 to 0.5; nan at step 4." in page.text


def test_a_curve_is_broken_where_a_loss_is_not_finite(catalog):
    text = report(catalog, TRAINED[:4])
    drawn = text.partition("Losses of 6 steps")[2].partition("</li>")[0]
    lines = re.findall(r'<polyline class="(\w+)" points="([^"]+)"', drawn)
    assert [(name, len(points.split())) for name, points in lines] == [
        ("yours", 3),
        ("yours", 1),
        ("reference", 6),
    ]
    assert drawn.count('<path class="bad"') == 2
    assert 'class="parting" x1="60.00%"' in drawn


def test_where_all_runs_go_well_the_legend_says_no_more(catalog):
    text = Page(report(catalog, trained(NOW - DAY, "bravo", FALLING, FALLING, PASS))).text
    assert "the reference's" in text
    assert "where they part" not in text
    assert "not a number" not in text


def test_programs_get_the_same_curves(catalog):
    whole = json.loads(json.dumps(table.report(catalog, TRAINED, set(), NOW), allow_nan=False))
    alpha, bravo, charlie, nasty = whole["losses"]
    assert alpha == {
        "t": NOW - 3 * DAY + 1,
        "kata": "alpha",
        "steps": 6,
        "parts_at": 4,
        "parting": "nan at step 4",
        "yours": [4.0, 3.0, 2.0, None, None, 0.0],
        "reference": FALLING,
    }
    assert (bravo["parts_at"], bravo["parting"]) == (None, "")
    assert (charlie["steps"], len(charlie["yours"]), len(charlie["reference"])) == (300, 60, 60)
    assert nasty["yours"] == []


# ------------------------------------------------------------------------ contrast


def luminance(color: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(color[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("which", [0, 1], ids=["light", "dark"])
def test_colours_can_be_told_from_their_ground(which):
    colors = {name: pair[which] for name, pair in style.COLORS.items()}
    for ground in ("ground", "card"):
        for text in ("text", "faint", "good", "warn", "bad"):
            assert contrast(colors[text], colors[ground]) >= 4.5, (text, ground)
        for shape in ("gold", "line"):
            assert contrast(colors[shape], colors[ground]) >= 3, (shape, ground)
    assert contrast(svg.TEXT, svg.GROUND) >= 4.5
    assert contrast(svg.FAINT, svg.GROUND) >= 4.5
    assert contrast(svg.GOLD, svg.GROUND) >= 3


# ------------------------------------------------------------------------ the badge


def badge(name=MASTER, solved=10, needed=10, at=NOW):
    earned = solved >= needed
    row = {"name": name, "solved": solved, "needed": needed}
    return {**row, "earned": earned, "earned_at": at if earned else None}


def drawn(text: str) -> str:
    """The title of a picture, which must be well-formed XML that needs nothing else."""
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert text.count("://") == 1, "the namespace"
    assert "href" not in text
    assert "<script" not in text
    return root.findtext("{http://www.w3.org/2000/svg}title") or ""


def test_a_badge_is_a_picture_of_its_own():
    earned = svg.card(badge(), "Ada Lovelace")
    assert drawn(earned) == f"{MASTER}: earned on {day(NOW)}, Ada Lovelace"
    assert 'class="star"' in earned
    assert ">Fine-tuning Master</text>" in earned
    going = svg.card(badge(solved=3), "learner")
    assert drawn(going) == f"{MASTER}: 3 of 10 katas"
    assert 'class="star"' not in going
    assert 'stroke-dasharray="30.0 100"' in going


@pytest.mark.parametrize("name", [NASTY, "x" * 500, "]]>--><!--", "\ufffe\uffff"])
def test_a_badge_holds_any_name(name):
    assert drawn(svg.card(badge(), name))
    assert drawn(svg.card(badge(name, 0, 0), name))


def test_the_masters_badge_is_chosen_else_the_one_that_is_furthest(catalog):
    whole = table.report(catalog, (), set(), NOW)
    whole["badges"] = [badge("One", 1, 4), badge("Two", 2, 4)]
    assert svg.chosen(whole)["name"] == "Two"
    whole["badges"].append(badge(MASTER, 0))
    assert svg.chosen(whole)["name"] == MASTER
    # What is earned comes before what is not, and what was earned last before the rest.
    whole["badges"] += [badge("Three", 2, 2, NOW - 9), badge("Four", 2, 2, NOW - 1)]
    assert svg.chosen(whole)["name"] == "Four"
    whole["badges"].append(badge(MASTER, at=NOW - 99))
    assert svg.chosen(whole)["name"] == MASTER
    assert svg.chosen(whole, "three")["name"] == "Three"
    assert svg.chosen(whole, "master")["name"] == MASTER


def test_a_badge_was_earned_when_the_last_of_its_katas_was_solved(catalog):
    events = [*ran(NOW - 9 * DAY, "bravo", PASS), *ran(NOW - 5 * DAY, "alpha", PASS)]
    whole = table.report(catalog, events, set(), NOW)
    earned = {row["name"]: row["earned_at"] for row in whole["badges"]}
    assert earned == {"First": NOW - 5 * DAY + 1, "More": None, "Challenge": None}
    text = Page(html.page(whole)).text
    assert "Firstearned on 2026-02-24" in text
    assert "0 of 1 katas" in text


# ------------------------------------------------------------------------ where they go


def test_report_writes_a_page_and_then_the_next_one_over_it(kit):
    first = kit.command("report")
    assert (first.status, first.out) == (0, "kata-report.html is written.\n")
    file = kit.folder / "kata-report.html"
    assert "0 of 3 katas solved" in Page(file.read_text(encoding="utf-8")).text
    kit.solve("double")
    kit.pytest("katas")
    kit.command("hint", "triple")
    assert kit.command("report").status == 0
    text = Page(file.read_text(encoding="utf-8")).text
    assert "1 of 3 katas solved" in text
    assert "1 hint" in text
    assert sorted(path.name for path in kit.folder.iterdir()) == [
        ".kata",
        ".pytest_cache",
        "kata-report.html",
        "katas",
        "pytest.ini",
        "solutions",
    ]


def test_report_svg_writes_the_badge(kit):
    assert kit.command("report", "--svg").out == (
        "kata-badge.svg is written. It shows First, 0 of 2 katas. No badge is earned yet.\n"
    )
    assert drawn((kit.folder / "kata-badge.svg").read_text()) == "First: 0 of 2 katas"
    for name in ("double", "triple"):
        kit.solve(name)
    kit.pytest("katas")
    assert kit.command("report", "--svg", KATA_LEARNER="Ada").status == 0
    assert kit.command("report", "--svg").status == 0
    today = day(time.time())
    shown = drawn((kit.folder / "kata-badge.svg").read_text())
    assert shown == f"First: earned on {today}"
    kit.solve("quadruple")
    kit.pytest("katas")
    out = kit.command("report", "--svg").out
    assert " ".join(out.split()) == (
        f"kata-badge.svg is written. It shows Second, earned on {today}. "
        "--badge First shows another one."
    )
    assert kit.command("report", "--badge", "first", "one.svg").status == 0
    assert drawn((kit.folder / "one.svg").read_text()) == f"First: earned on {today}"


def test_a_badge_that_is_none_is_answered_with_the_nearest(kit):
    for name, said in (
        ("frist", "there is no badge 'frist'; did you mean First?"),
        ("zzz", "there is no badge 'zzz'; there is First, Second"),
    ):
        result = kit.command("report", "--badge", name)
        assert (result.status, result.out) == (1, "")
        assert result.err == f"{said}\n  try: kata report --svg\n"
    assert not (kit.folder / "kata-badge.svg").exists()
    assert "is printed, not written" in kit.command("report", "--json", "--badge", "first").err


def test_what_is_not_ours_is_not_overwritten(kit):
    file = kit.folder / "thesis.html"
    file.write_text("<h1>Mine</h1>")
    for words in ([], ["--svg"]):
        result = kit.command("report", "thesis.html", *words)
        assert (result.status, result.out) == (1, "")
        assert result.err.startswith(
            "thesis.html: is there already and is no report of ours; nothing was written\n"
        )
        assert file.read_text() == "<h1>Mine</h1>"
    assert kit.command("report", "thesis.html", "--force").status == 0
    assert is_ours(file)
    assert kit.command("report", "thesis.html").status == 0


def test_a_report_goes_where_a_link_points(kit):
    (kit.folder / "deep").mkdir()
    (kit.folder / "link.html").symlink_to("deep/page.html")
    assert kit.command("report", "link.html").status == 0
    assert (kit.folder / "link.html").is_symlink()
    assert is_ours(kit.folder / "deep" / "page.html")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_folder_a_pipe_or_no_folder_in_its_place_is_one_sentence(kit):
    (kit.folder / "kata-report.html").mkdir()
    os.mkfifo(kit.folder / "pipe")
    result = kit.command("report")
    assert (result.status, result.out) == (1, "")
    assert result.err == (
        "kata-report.html: is a folder\n  try: kata report kata-report.html/kata-report.html\n"
    )
    assert "pipe: is not a file; nothing was written" in kit.command("report", "pipe").err
    for place in ("gone/page.html", "pytest.ini/page.html", "n" * 300):
        result = kit.command("report", place)
        assert result.status == 1
        assert place in result.err
        assert len(result.err.splitlines()) == 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_without_permission_nothing_is_changed(kit):
    folder = kit.folder / "locked"
    folder.mkdir(mode=0o500)
    result = kit.command("report", "locked/page.html")
    assert result.status == 1
    assert "cannot be written (Permission denied); nothing was changed" in result.err


FULL_DISK = """\
import resource, sys
from pytest_kata.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
sys.exit(main(sys.argv[1:]))
"""


def test_a_full_disk_leaves_the_report_before(kit, run_python):
    pytest.importorskip("resource")
    kit.command("report")
    before = (kit.folder / "kata-report.html").read_bytes()
    result = run_python(["-c", FULL_DISK, "report"], kit.folder)
    assert result.status == 1
    assert "cannot be written (File too large); nothing was changed" in result.err
    assert (kit.folder / "kata-report.html").read_bytes() == before
    assert not list(kit.folder.glob(".*.part"))


def test_a_journal_that_cannot_be_used_is_told_and_the_page_is_made(kit):
    kit.journal.parent.mkdir()
    kit.journal.write_bytes(
        b'{"v": 99, "t": 1.0}\n\xff\xfe\n' + line(Event(NOW, "learner", "x", "started"))
    )
    result = kit.command("report")
    assert result.status == 0
    text = Page((kit.folder / "kata-report.html").read_text(encoding="utf-8")).text
    assert "Note: 1 line of the journal cannot be read" in text
    assert "Note: 1 line of the journal comes from a newer pytest-kata" in text
    assert "No longer in the kit" in text


def test_dates_on_the_page_are_those_of_the_place(kit):
    kit.journal.parent.mkdir()
    kit.journal.write_bytes(b"".join(map(line, ran(NOW, "double", PASS))))
    for zone, date in (("<+14>-14", "2026-03-02"), ("<-11>11", "2026-03-01")):
        kit.command("report", TZ=zone)
        text = (kit.folder / "kata-report.html").read_text(encoding="utf-8")
        assert f"solved on {date}" in text


# ------------------------------------------------------------------------ in a browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# As Blink counts its colour schemes.
DARK, LIGHT = 0, 1
MEASURE = """
<script>
const wide = document.documentElement.scrollWidth, window_ = innerWidth;
let dates = 0;
const over = [...document.querySelectorAll("body *:not(svg *)")].filter(
  one => one.getBoundingClientRect().right > window_ + 1).length;
// Dates, and a word of a narrow column, with rectangles on more than one line.
const WHOLE = /\\d{4}-\\d\\d-\\d\\d( \\d\\d:\\d\\d)?|solution/g;
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), broken = [];
while (texts.nextNode()) {
  for (const date of texts.currentNode.data.matchAll(WHOLE)) {
    const range = document.createRange();
    range.setStart(texts.currentNode, date.index);
    range.setEnd(texts.currentNode, date.index + date[0].length);
    dates += 1;
    if (new Set([...range.getClientRects()].map(one => one.top)).size > 1) broken.push(date[0]);
  }
}
const loaded = performance.getEntriesByType("resource").length;
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const tell = found => { top.document.title = "MEASURED" + JSON.stringify(found) + "MEASURED"; };
tell({wide, window: window_, over, loaded, dark, dates, broken});
</script></body>
"""
# axe-core says what it objects to; whether what moves can be reached and seen by keyboard, we do.
OBJECT = """
<script>
const moves = one => one.matches("summary, a, button, input, select, textarea, [tabindex]")
  || ["overflowX", "overflowY"].some(axis => /auto|scroll/.test(getComputedStyle(one)[axis]))
  && (one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight);
const unreachable = [...document.querySelectorAll("body *")].filter(moves).filter(one => {
  one.focus({focusVisible: true});
  return one.tabIndex < 0 || document.activeElement !== one
    || getComputedStyle(one).outlineStyle === "none";
}).map(one => one.outerHTML.slice(0, 200));
axe.run(document).then(
  found => tell({
    dark, window: window_, unreachable, passes: found.passes.map(rule => rule.id),
    violations: found.violations.flatMap(rule => rule.nodes.map(
      one => `${rule.id}: ${one.html.slice(0, 200)}: ${one.failureSummary}`)),
  }),
  error => tell({error: String(error)}));
</script></body>
"""


@pytest.fixture(scope="module")
def browse(tmp_path_factory):
    """Shows a page in a real browser of some width, and hands back what can be measured there.

    Its window is never narrower than 500 pixels, so the page stands in a frame.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f"there is no browser here; one of {', '.join(BROWSERS)} would do")
    folder = tmp_path_factory.mktemp("browser")

    def show(page: str, width: int, scheme: int = LIGHT, more: str = "") -> dict:
        file = folder / "page.html"
        measured = page.replace("</body>", MEASURE)
        framed = escape(measured.replace("</body>", f"{more}</body>"))
        frame = (
            f'<iframe width="{width}" height="900" style="border: 0" srcdoc="{framed}"></iframe>'
        )
        file.write_text(f"<!doctype html><title></title>{frame}", encoding="utf-8")
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        flags += [f"--user-data-dir={folder}", "--window-size=1400,1000", "--dump-dom"]
        flags += [f"--blink-settings=preferredColorScheme={scheme}"]
        # Until promises are kept, and not longer: this clock runs ahead.
        flags += ["--virtual-time-budget=60000"]
        done = subprocess.run(
            [browser, *flags, file.as_uri()], capture_output=True, timeout=60, check=True
        )
        found = re.search(r"<title>MEASURED(.*?)MEASURED</title>", done.stdout.decode(), re.S)
        assert found
        seen: dict = json.loads(unescape(found[1]))
        assert seen["window"] == width
        return seen

    return show


@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_it_without_sideways_scrolling(catalog, browse, width):
    seen = browse(report(catalog, busy() + TRAINED, NASTY + "W" * 200), width)
    assert seen["wide"] <= seen["window"]
    assert seen["over"] == 0
    assert seen["loaded"] == 0
    assert seen["dates"] > 100
    assert seen["broken"] == []


def test_a_date_that_a_browser_breaks_is_seen(catalog, browse):
    page = report(catalog, busy() + TRAINED).replace("white-space: nowrap", "")
    assert browse(page, 390)["broken"]


@pytest.fixture(scope="module")
def objections(browse):
    """What axe-core and a keyboard have against a page in a real browser, in words."""
    axe = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")

    def look(page: str, width: int, scheme: int) -> list[str]:
        seen = browse(page, width, scheme, f"<script>{axe}</script>{OBJECT}")
        assert seen["dark"] == (scheme == DARK)
        assert {"color-contrast", "document-title", "list"} <= set(seen["passes"])
        return [*seen["violations"], *(f"keyboard: {one}" for one in seen["unreachable"])]

    return look


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_has_nothing_against_the_page(catalog, objections, width, scheme):
    events = busy(60) + TRAINED
    assert objections(report(catalog, events, NASTY, notes=["a note"]), width, scheme) == []


def test_axe_has_nothing_against_the_page_of_somebody_who_has_not_begun(catalog, objections):
    assert objections(report(catalog), 390, LIGHT) == []


WRONGS = {
    "color-contrast: <p": '<p style="color: #999; background: #ccc">faint</p>',
    "svg-img-alt: <svg": '<svg role="img"></svg>',
    "keyboard: <div": '<div style="overflow-x: auto"><p style="width: 200vw">wide</p></div>',
    "keyboard: <summary": "<details><summary style='outline: none'>more</summary>text</details>",
}


def test_what_is_wrong_is_objected_to(catalog, objections):
    page = report(catalog).replace("</main>", f"{''.join(WRONGS.values())}</main>")
    found = objections(page, 390, LIGHT)
    assert [wrong for wrong in WRONGS if not any(one.startswith(wrong) for one in found)] == []


def test_only_the_dark_colours_wrong_is_seen_in_the_dark_alone(catalog, objections):
    pair = "--faint: #a3b0bd;", "--faint: #303a44;"
    page = report(catalog)
    assert page.count(pair[0]) == 1
    page = page.replace(*pair)
    assert objections(page, 1280, LIGHT) == []
    assert {one.partition(":")[0] for one in objections(page, 1280, DARK)} == {"color-contrast"}


def test_page_and_picture_are_ours(tmp_path: Path, catalog):
    for name, text in (("a", report(catalog, learner="x" * 999)), ("b", svg.card(badge(), NASTY))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert is_ours(tmp_path / name)
    (tmp_path / "c").write_text("")
    assert is_ours(tmp_path / "c")
    (tmp_path / "d").write_text("mine")
    assert not is_ours(tmp_path / "d")
