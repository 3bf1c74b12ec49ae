"""What came of a command: events, times, a sentence; or the question to answer first; and errors as questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from store.errors import Conflict, Invalid, VoiceLoopError
from tools import spoken
from tools.calendars.changes import ChangedSince, NothingToUndo, SeriesClashes
from tools.calendars.commands.command import Command
from tools.calendars.language import Candidate
from tools.calendars.model import AmbiguousEvent, Event, EventNotFound, NoSuchWallTime, Slot, TimePassed, TimeTaken
from tools.calendars.phrases import Phrases

_ABOUT: tuple[tuple[type[VoiceLoopError], str], ...] = (
    (TimeTaken, "time_taken"),
    (SeriesClashes, "series_clashes"),
    (AmbiguousEvent, "which_event"),
    (EventNotFound, "which_event"),
    (TimePassed, "which_time"),
    (NoSuchWallTime, "which_time"),
    (NothingToUndo, "nothing_to_undo"),
    (ChangedSince, "changed_since"),
    (Invalid, "invalid"),
)
_ASKS_PERSON = "ambiguous_person"


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: an event, a time (aware, on the person's clock), or a day."""

    text: str
    start: datetime | None = None
    end: datetime | None = None
    day: date | None = None
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """``about``: what it settles, a word of `Command.ask`, "confirm", or why it could not be done ("time_taken")."""

    about: str
    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """``done``: whether it was carried out; then ``events`` and ``slots`` are its result. Else ``question`` asks."""

    command: Command
    message: str
    done: bool = False
    events: tuple[Event, ...] = ()
    slots: tuple[Slot, ...] = ()
    left: tuple[Event, ...] = ()
    question: Question | None = None


def asked(command: Command, about: str, text: str, choices: Sequence[Choice] = ()) -> Outcome:
    """Nothing was done; ``text`` asks."""
    return Outcome(command, text, question=Question(about, text, tuple(choices)))


def refused(command: Command, error: VoiceLoopError, zone: ZoneInfo, today: date) -> Outcome:
    """An error that the person can answer, as a question with choices. Raises every other one again."""
    phrases = Phrases(zone, today)
    about = next((word for kind, word in _ABOUT if isinstance(error, kind)), "")
    if not about and isinstance(error, Conflict) and error.code == _ASKS_PERSON:
        about = "which_person"
    if not about:
        raise error
    fact = phrases.error(error).split(spoken.SEPARATOR)[0]
    choices = list[Choice]()
    if isinstance(error, TimeTaken):
        choices = [_slot(one, zone, today) for one in error.alternatives]
    elif isinstance(error, AmbiguousEvent):
        choices = choices_of(error.candidates, zone, today)
    elif isinstance(error, EventNotFound):
        choices = choices_of(error.nearby, zone, today)
    elif isinstance(error, NoSuchWallTime):
        choices = [_moment(error.after.astimezone(zone), today)]
    return asked(command, about, fact, choices)


def choices_of(events: Sequence[Event], zone: ZoneInfo, today: date) -> list[Choice]:
    """The first few events, to choose one."""
    phrases = Phrases(zone, today)
    return [
        Choice(phrases.event(event), event.starts_in(zone), event.ends_in(zone), event_id=str(event.id))
        for event in events[:10]
    ]


def meanings_of(candidates: Sequence[Candidate], zone: ZoneInfo, today: date) -> list[Choice]:
    """What was said, each way it can be meant."""
    choices = list[Choice]()
    for one in candidates:
        if one.start and not one.bound:
            choices.append(_moment(one.start.replace(tzinfo=ZoneInfo(one.zone) if one.zone else zone), today))
        elif one.day:
            choices.append(Choice(spoken.day(one.day, today), day=one.day))
    return choices


def _moment(start: datetime, today: date) -> Choice:
    return Choice(spoken.moment(start, today), start)


def _slot(slot: Slot, zone: ZoneInfo, today: date) -> Choice:
    start = slot.start.astimezone(zone)
    return Choice(spoken.moment(start, today), start, slot.end.astimezone(zone))
