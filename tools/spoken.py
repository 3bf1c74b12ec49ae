"""Values and errors as speech: what a person would say aloud, in English. Pure; knows no domain's rules.

A tool's result is one string, ``FACT | NEXT MOVE``: the fact can be spoken as it is, the next move directs the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from store.errors import Conflict, Invalid, NotAllowed, NotFound, TooLarge, Unavailable, VoiceLoopError

SEPARATOR = " | "

_NEXT: tuple[tuple[type[VoiceLoopError], str], ...] = (
    (TooLarge, "Tell the caller what is too much and ask for less."),
    (Invalid, "Tell the caller and ask for what is missing or wrong."),
    (NotAllowed, "Tell the caller that this is not possible here. Do not try again."),
    (NotFound, "Tell the caller and ask which one they mean."),
    (Conflict, "Tell the caller and ask for another choice."),
    (Unavailable, "Say so, offer to try once more in a moment. Nothing was changed."),
)


def result(fact: str, next_move: str) -> str:
    """``FACT | NEXT MOVE`` on one line; a bar inside the fact would end it, so it becomes a comma."""
    return " ".join(fact.replace("|", ",").split()) + SEPARATOR + " ".join(next_move.split())


def error_as_result(error: VoiceLoopError) -> str:
    """An error of ours as a tool result: its sentence, and what to do about it."""
    move = next((move for kind, move in _NEXT if isinstance(error, kind)), "Apologise and go on without it.")
    return result(error.message, move)


def day(value: date, today: date) -> str:
    """ "today", "tomorrow", "Tuesday, November 24th", with the year when it is another one."""
    if value == today:
        return "today"
    if value == today + timedelta(days=1):
        return "tomorrow"
    if value == today - timedelta(days=1):
        return "yesterday"
    spoken = f"{value:%A}, {value:%B} {ordinal(value.day)}"
    return spoken if value.year == today.year else f"{spoken}, {value.year}"


def on_day(value: date, today: date) -> str:
    """The day as an adverb: "tomorrow", "on Tuesday, November 24th"."""
    spoken = day(value, today)
    return spoken if spoken in {"today", "tomorrow", "yesterday"} else f"on {spoken}"


def clock_time(value: datetime) -> str:
    """ "3 PM", "9:30 AM", "noon", "midnight"."""
    if value.minute == 0 and value.hour in {0, 12}:
        return "noon" if value.hour else "midnight"
    return f"{_hour(value)} {_half(value)}"


def moment(value: datetime, today: date) -> str:
    """ "tomorrow at 3 PM", "Tuesday, November 24th at noon"; the value's own wall clock."""
    return f"{day(value.date(), today)} at {clock_time(value)}"


def on_moment(value: datetime, today: date) -> str:
    """ "tomorrow at 3 PM", "on Tuesday, November 24th at noon"."""
    return f"{on_day(value.date(), today)} at {clock_time(value)}"


def time_range(start: datetime, end: datetime) -> str:
    """ "from 9 AM to noon", "from 2 to 5 PM"; over midnight it names the other day."""
    if end.date() != start.date() and not (end.date() == start.date() + timedelta(days=1) and _is_midnight(end)):
        return f"from {clock_time(start)} to {end:%A} at {clock_time(end)}"
    plain = not {"noon", "midnight"} & {clock_time(start), clock_time(end)}
    if plain and _half(start) == _half(end):
        return f"from {_hour(start)} to {clock_time(end)}"
    return f"from {clock_time(start)} to {clock_time(end)}"


def duration(minutes: int) -> str:
    """ "30 minutes", "1 hour", "1 hour and 30 minutes", "2 days"."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [counted(days, "day"), counted(hours, "hour"), counted(left, "minute")]
    return listed([part for part in parts if not part.startswith("0 ")]) or "0 minutes"


def counted(number: int, noun: str) -> str:
    """ "1 event", "3 events"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(items: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b, and c"."""
    if len(items) < 3:
        return f" {last} ".join(items)
    return f"{', '.join(items[:-1])}, {last} {items[-1]}"


def moments(values: Iterable[datetime], today: date, last: date | None = None) -> list[str]:
    """Several moments in a row; a day is named once: "tomorrow at 11 AM", "1 PM", "Monday, … at noon".

    ``last`` is the day that was named just before.
    """
    spoken: list[str] = []
    for value in values:
        spoken.append(clock_time(value) if value.date() == last else moment(value, today))
        last = value.date()
    return spoken


def sentence(text: str) -> str:
    """The text with a capital first letter and an end mark."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def ordinal(number: int) -> str:
    """ "1st", "22nd", "13th"."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"


def _hour(value: datetime) -> str:
    hour = value.hour % 12 or 12
    return f"{hour}:{value.minute:02d}" if value.minute else str(hour)


def _is_midnight(value: datetime) -> bool:
    return value.hour == 0 and value.minute == 0


def _half(value: datetime) -> str:
    return "AM" if value.hour < 12 else "PM"
