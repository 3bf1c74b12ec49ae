"""The question that settles what a sentence left open about when, as a person would ask it. Pure.

To add one: a case in ``question_of`` for a word of `Reading.ask`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from tools import spoken
from tools.calendars.language import Candidate, Reading

_LEADING = re.compile(r"^(?:(?:on|at|for|from|by|the|this|in|until|to)\s+)+", re.IGNORECASE)
_WHAT_DAY, _WHAT_TIME = "Which day do you mean?", "What time do you mean?"


def question_of(reading: Reading, today: date) -> str:
    """The question for ``reading.ask``; empty when there is none. ``today`` on the caller's wall clock."""
    match reading.ask:
        case "am_or_pm":
            return _half(reading.candidates, today)
        case "which_day":
            mismatch = "That date is another day of the week. " if reading.problem == "weekday_mismatch" else ""
            return mismatch + _which(_WHAT_DAY, [_day(one, today) for one in reading.candidates])
        case "which_time":
            if reading.problem == "past":
                return "That time has already passed. Which other time do you want?"
            return _which(_WHAT_TIME, _times(reading.candidates))
        case "how_often":
            return "How often shall it be?"
        case "which_days":
            return "On which days of the week?"
        case "impossible":
            return impossible(reading)
        case _:
            return ""


def impossible(reading: Reading) -> str:
    """ "February 30th does not exist. Which day do you mean?"."""
    said = [reading.text[start:end] for start, end in reading.spans]
    named = next((text for text in said if re.search(r"\d|st\b|nd\b|rd\b|th\b", text)), "")
    named = _LEADING.sub("", named.strip(" .,!?"))
    if reading.problem == "no_such_time":
        return f"There is no such time{f' as {named}' if named else ''}. {_WHAT_TIME}"
    if not named or len(named) > 40:
        return f"There is no such day. {_WHAT_DAY}"
    return f"{named[:1].upper()}{named[1:]} does not exist. {_WHAT_DAY}"


def _half(candidates: Sequence[Candidate], today: date) -> str:
    starts = [one.start for one in candidates if one.start][:2]
    if len(starts) < 2:
        return "In the morning or in the evening?"
    first, second = starts
    if first.date() == second.date() and first.date() != today:
        return (
            f"Do you mean {spoken.clock_time(first)} or {spoken.clock_time(second)} "
            f"{spoken.on_day(first.date(), today)}?"
        )
    return f"Do you mean {spoken.clock_time(first)} or {spoken.clock_time(second)}?"


def _day(candidate: Candidate, today: date) -> str:
    return spoken.day(candidate.day, today) if candidate.day else ""


def _times(candidates: Sequence[Candidate]) -> list[str]:
    return [spoken.clock_time(one.start) for one in candidates if one.start and not one.bound]


def _which(question: str, options: Sequence[str]) -> str:
    several = list(dict.fromkeys(option for option in options if option))[:3]
    return f"{question[:-1]}: {spoken.listed(several, 'or')}?" if len(several) > 1 else question
