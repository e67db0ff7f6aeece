"""How long it takes to read and to fold journals.

python tests/benchmarks/journal.py                        5,000 and 1,000,000 events
python tests/benchmarks/journal.py --events 20000
"""

from __future__ import annotations

from turns import Taken, parser, show, take_turns, timed

from pytest_kata.journal import Event, line, parse
from pytest_kata.progress import fold

SIZES = (5_000, 1_000_000)
AIMS = {5_000: "both in 50 ms", 1_000_000: "both in 3 s"}
# A journal this long is measured a few times only.
LONG, FEW = 100_000, 3


def journal(count: int) -> bytes:
    """A learner's journal: each run starts and fails."""
    lines = []
    for number in range(count // 2):
        run, sha256 = f"{number:016x}", f"{number:064x}"
        first = Event(1.7e9 + number, "learner", f"kata-{number % 60}", "started", run, sha256)
        last = first._replace(
            t=first.t + 0.5, event="finished", outcome="failed", failed=2, tests=2
        )
        lines += [line(first), line(last)]
    return b"".join(lines)


def measure(count: int, rounds: int) -> Taken:
    content = journal(count)
    events: list[Event] = []

    def both() -> None:
        fold(parse(content).events)

    def read() -> None:
        events[:] = parse(content).events

    taken = take_turns(
        {
            "read and folded": lambda _: timed(both),
            "  read": lambda _: timed(read),
            "  folded": lambda _: timed(lambda: fold(events or parse(content).events)),
        },
        rounds,
    )
    assert len(events) == count // 2 * 2
    return taken


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--events", type=int, action="append", help="default: both")
    args = arguments.parse_args()
    for count in args.events or SIZES:
        rounds = min(args.rounds, FEW) if count >= LONG else args.rounds
        aims = [AIMS[count]] if count in AIMS else []
        show(f"A journal of {count:,} events", measure(count, rounds), *aims)


if __name__ == "__main__":
    main()
