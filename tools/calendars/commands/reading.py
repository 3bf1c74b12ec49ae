"""A sentence as a Command: what to book, which days to look at, which time to find. Changes: ``changes.py``. Pure.

Nothing missing is made up: what is open is asked. To add an operation: a row in ``operations``, a reader here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from store.errors import Invalid
from tools.calendars.commands.asking import question_of
from tools.calendars.commands.changes import deleting, updating
from tools.calendars.commands.command import Command
from tools.calendars.commands.names import read_people, read_subject, with_people, without
from tools.calendars.commands.operations import Wanted, wanted_of
from tools.calendars.language import Candidate, Reading, read
from tools.calendars.scheduling.wishes import wishes_of

ENOUGH = 0.5  # of confidence, below which the sentence is not taken for a command
_ASKED = 0.5  # at most this sure while something is open
_WEEK = re.compile(r"\b(?:week|upcoming|coming up)\b", re.IGNORECASE)
_NEXT = re.compile(r"\b(?:next|first) (?:meeting|appointment|event|call|thing)\b|\bup next\b", re.IGNORECASE)
_SEARCHING = re.compile(
    r"^.*?\b(?:when(?:['’]?s| is| are| was| will| do i have| do i see| do i meet| am i meeting| am i seeing)|"
    r"where(?:['’]?s| is)|what time (?:is|does)|(?:what|which) day is|find|search(?: for)?|look for|look up|locate|"
    r"do i have|is there)\b",
    re.IGNORECASE,
)
_HAPPENS = re.compile(
    r"\s+(?:start|starts|begin|begins|happen|take place|planned|scheduled|due|on)\b.*$", re.IGNORECASE
)
_WISH = re.compile(
    r"[\s,]+(?:(?:and|but|or)\s+)?(?P<wish>(?:(?:preferably|ideally|rather|only)\s+)?(?:in\s+the\s+|on\s+|at\s+)?"
    r"(?:mornings?|afternoons?|evenings?|lunch ?time)|"
    r"(?:no|not(?: on| in the| before| after)?|avoid)\s+(?:a\s+|the\s+)?"
    r"(?:\w+days?|mornings?|afternoons?|evenings?|lunch|\d{1,2}(?::\d\d)?(?:\s?[ap]m)?|noon|eight|nine|ten|eleven|"
    r"twelve|one|two|three|four|five)|(?:after|before)\s+(?:lunch|work|noon)|not\s+too\s+(?:early|late))(?=[\s,.?!]|$)",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"\b(?:can|could|should|shall|are|is)\s+(?P<names>[A-Z]\w+(?:(?:,\s*|\s+and\s+|,\s*and\s+)(?:[A-Z]\w+|I))*)\b"
)
_MEETING_WITH_NOBODY = "Meeting"


def understand(text: str, now: datetime, *, knows_last: bool = False) -> Command:
    """What ``text`` asks for. ``now``: aware, on the person's wall clock. ``knows_last``: "it" can be an event."""
    said = read(text, now)
    wanted = wanted_of(text, says_when=bool(said.best and (said.best.start or said.best.day)))
    if wanted.hitch or wanted.sure < ENOUGH:
        return _not_understood(wanted)
    match wanted.operation:
        case "create":
            return creating(text, said, wanted.sure)
        case "update":
            return updating(text, now, said, wanted.sure, knows_last=knows_last)
        case "delete":
            return deleting(text, now, said, wanted.sure, knows_last=knows_last)
        case "list":
            return _listing(text, said, wanted.sure)
        case "search":
            return _searching(text, now, said, wanted.sure)
        case "free":
            return _looking_free(text, said, wanted.sure)
        case "suggest":
            return _suggesting(text, now, wanted.sure)
        case _:
            return Command(operation=wanted.operation, confidence=wanted.sure)


def creating(text: str, said: Reading, sure: float) -> Command:
    """A new event, or a series."""
    subject = read_subject(text, said.spans)
    title = "" if subject.refers and not subject.attendees and subject.title.lower() not in _KINDS else subject.title
    if not title and subject.attendees:
        title = with_people(_MEETING_WITH_NOBODY, (), subject.attendees)
    command = Command(
        operation="create",
        confidence=_confidence(sure, said),
        title=title,
        attendees=subject.attendees,
        location=subject.location,
        when=said.best,
    )
    today, best = said.now.date(), said.best
    if said.ask:
        return _asked(command, said.ask, question_of(said, today), said)
    if best is None or best.day is None:
        return _asked(command, "which_day", "Which day and time shall it be?")
    if (best.start is None and not best.all_day) or best.bound:
        return _asked(command, "which_time", "What time shall it be?")
    if not title:
        return _asked(command, "title", "What shall it be called?")
    return command


def _listing(text: str, said: Reading, sure: float) -> Command:
    """The days said; else today, a week ahead ("what's coming up") or only what is next."""
    if said.ask in {"impossible", "which_day"}:
        return _asked(Command(operation="list", confidence=sure), said.ask, question_of(said, said.now.date()), said)
    when = said.best
    if when is None or when.day is None:
        today = said.now.date()
        days = 6 if _WEEK.search(text) or _NEXT.search(text) else 0
        when = Candidate(day=today, last_day=today + timedelta(days=days), part=when.part if when else "")
    return Command(operation="list", confidence=sure, when=when)


def _searching(text: str, now: datetime, said: Reading, sure: float) -> Command:
    rest = _HAPPENS.sub("", _SEARCHING.sub("", without(text, said.spans)).strip(" ?.!"))
    subject = read_subject(rest)
    day = said.best.day if said.best and not said.ask else None
    if not subject.title:
        return _listing(text, said, min(sure, 0.7))
    return Command(operation="search", confidence=sure, event=subject.title, event_day=day)


def _looking_free(text: str, said: Reading, sure: float) -> Command:
    command = Command(operation="free", confidence=_confidence(sure, said))
    if said.ask:
        return _asked(command, said.ask, question_of(said, said.now.date()), said)
    best = said.best or Candidate()
    today = said.now.date()
    when = best if best.day else replace(best, day=today, last_day=today)
    return replace(command, when=when, duration_min=best.duration_min)


def _suggesting(text: str, now: datetime, sure: float) -> Command:
    """A time with people: the days, the length, the wishes."""
    wishes, rest = list[str](), text
    for match in _WISH.finditer(text):
        wish = match["wish"].strip()
        if _is_wish(wish):
            wishes.append(wish)
            rest = rest.replace(match.group(0), " ", 1)
    said = read(rest, now)
    command = Command(operation="suggest", confidence=sure, attendees=_people(without(rest, said.spans)))
    if said.ask in {"impossible", "which_day"}:
        return _asked(command, said.ask, question_of(said, now.date()), said)
    best = said.best
    if best and best.part and not wishes:
        wishes.append(f"{best.part}s")
    if best and best.bound and best.start:
        wishes.append(f"not {'before' if best.bound == 'after' else 'after'} {best.start:%H:%M}")
    when = best if best and best.day else None
    return replace(command, when=when, duration_min=best.duration_min if best else None, wishes=tuple(wishes))


def _is_wish(text: str) -> bool:
    try:
        return bool(wishes_of(text))
    except Invalid:
        return False


def _people(text: str) -> tuple[str, ...]:
    """Names after "with", or before "meet": "when can Priya and I meet"."""
    pair = _PAIR.search(text)
    names = re.split(r",\s*and\s+|,\s*|\s+and\s+", pair["names"]) if pair else []
    return tuple(dict.fromkeys((*read_people(text), *(name for name in names if name not in {"I", "We", "Everybody"}))))


def _not_understood(wanted: Wanted) -> Command:
    told = {
        "denied": "Nothing was changed. What shall I do?",
        "several": "One thing at a time, please: which shall I do first?",
    }
    question = told.get(wanted.hitch, "Shall I book, move, cancel or look something up? Say what and when.")
    return Command(
        operation="unknown", confidence=min(wanted.sure, _ASKED), ask=wanted.hitch or "unknown", question=question
    )


def _confidence(sure: float, said: Reading) -> float:
    return round(min(sure, said.best.confidence), 2) if said.best else sure


def _asked(command: Command, ask: str, question: str, said: Reading | None = None) -> Command:
    options = said.candidates if said and said.ask != "impossible" else ()
    return replace(command, ask=ask, question=question, candidates=options, confidence=min(command.confidence, _ASKED))


_KINDS = {"meeting", "appointment", "call"}
