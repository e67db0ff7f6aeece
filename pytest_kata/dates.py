"""Moments in words: seconds since the epoch as local dates, and how far away they are.

A journal can hold any number, and clocks are put forward and back: nothing here ever raises.
"""

from __future__ import annotations

from datetime import datetime, timezone

UNKNOWN = "an unknown day"
# Further ahead, a date says more than a count.
_A_YEAR = 365


def local(t: float) -> datetime | None:
    """The local time of a moment, by the rules that held there and then; None off the calendar."""
    try:
        return datetime.fromtimestamp(t, timezone.utc).astimezone() if 0 <= t <= 4e9 else None
    except (ValueError, OverflowError, OSError):
        return None


def day(t: float) -> str:
    """2026-11-25, in local time."""
    when = local(t)
    return f"{when:%Y-%m-%d}" if when else UNKNOWN


def minute(t: float) -> str:
    """2026-11-25 14:05, in local time."""
    when = local(t)
    return f"{when:%Y-%m-%d %H:%M}" if when else UNKNOWN


def ago(t: float, now: float) -> str:
    """How many calendar days back: today, yesterday, 3 days ago.

    What lies ahead was written by a clock that was wrong, so its date says more.
    """
    days = _days(t, now)
    if days is None or days > 0:
        return f"on {day(t)}"
    return {0: "today", -1: "yesterday"}.get(days, f"{-days} days ago")


def until(t: float, now: float) -> str:
    """How many calendar days ahead, or that it is overdue."""
    days = _days(t, now)
    if days is None or days > _A_YEAR:
        return f"on {day(t)}"
    if days < 0:
        return "since yesterday" if days == -1 else f"for {-days} days"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def duration(seconds: float) -> str:
    """0:07, 12:30, 2 h 05, 3 days."""
    whole = max(0, round(seconds))
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    if whole < 2 * 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60:02}"
    return f"{whole // 86_400} days"


def _days(t: float, now: float) -> int | None:
    when, today = local(t), local(now)
    return (when.date() - today.date()).days if when and today else None
