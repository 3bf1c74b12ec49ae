"""Times to be asked about before anything is booked: two meanings, or a day there is not; and the answers. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from agent.brain.state import Slots
from tools.calendars.commands.names import read_subject, with_people
from tools.calendars.language import Candidate, Reading, read, settle
from tools.calendars.language.words import read_words

_DOUBTS = {"am_or_pm", "which_days", "how_often", "impossible"}


def doubt_of(text: str, now: datetime) -> Reading | None:
    """What was said of a time that must be asked about first: it has two meanings, or there is no such day."""
    said = read(text, now)
    mismatch = said.ask == "which_day" and said.problem == "weekday_mismatch"
    return said if said.ask in _DOUBTS or mismatch else None


def settled(slots: Slots, doubt: Reading, text: str) -> Slots | None:
    """The slots when ``text`` answers the doubt; None when it does not."""
    best = _named_weekday(doubt, text)
    if best is None:
        said = settle(doubt, text)
        best = None if said == doubt or said.ask or said.problem else said.best
    if best is None or best.day is None:
        return None
    return replace(
        slots,
        day=best.day,
        at=best.start.time() if best.start else None,
        guessed_half=False,
        repeat=best.rrule or slots.repeat,
        duration_min=best.duration_min or slots.duration_min,
    )


def _named_weekday(doubt: Reading, text: str) -> Candidate | None:
    """ "The Thursday" of two dates is the one that is a Thursday, not the next one there is."""
    said = read(text, doubt.now).best
    if doubt.ask != "which_day" or said is None or said.day is None or re.search(r"\d", read_words(text).text):
        return None
    fitting = [one for one in doubt.candidates if one.day and one.day.weekday() == said.day.weekday()]
    return fitting[0] if len(fitting) == 1 else None


def doubtful_booking(text: str, doubt: Reading) -> Slots:
    """The slots of a request to book whose time is not clear yet."""
    subject = read_subject(text, doubt.spans)
    title = subject.title or (with_people("Meeting", (), subject.attendees) if subject.attendees else "")
    minutes = doubt.heard.length_min
    return Slots(title=title, attendees=subject.attendees, location=subject.location, duration_min=minutes)
