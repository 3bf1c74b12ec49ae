"""What a dialogue knows, as values, rebuilt from the conversation for every reply; nothing is changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal

from tools.calendars.language import Reading
from tools.capture.model import Kind as Captured

Kind = Literal["book", "move", "cancel", "alter", "cancel_many"]
Stage = Literal["asking", "looking", "proposed", "changing", "choosing"]


@dataclass(frozen=True, slots=True)
class Said:
    """The caller's words."""

    text: str


@dataclass(frozen=True, slots=True)
class Spoke:
    """The assistant's words."""

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A tool that was called and what it gave back (FACT | NEXT MOVE)."""

    tool: str
    arguments: Mapping[str, Any]
    output: str
    failed: bool = False

    def day(self, argument: str) -> date | None:
        """An argument as a day; None when it is none, for another model may have written it (a fallback's history)."""
        try:
            return datetime.fromisoformat(str(self.arguments.get(argument, ""))).date()
        except ValueError:
            return None


Item = Said | Spoke | Answered


@dataclass(frozen=True, slots=True)
class Action:
    """What to do now: words to speak, or a tool to call (with words before it, when they are needed)."""

    say: str = ""
    tool: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Known:
    """An event the conversation is about."""

    title: str
    start: datetime


@dataclass(frozen=True, slots=True)
class Slots:
    """What a task knows so far. ``day``/``at`` are the (new) start; ``event`` … ``event_at`` tell an existing one.

    ``repeat``: an RRULE's value, "once" to end a series. ``scope``: what of a series is meant, "following" or "all".
    ``last_day``: of a time in which all is cancelled. ``invite``: by mail, so an address is needed.
    """

    title: str = ""
    attendees: tuple[str, ...] = ()
    location: str = ""
    day: date | None = None
    at: time | None = None
    guessed_half: bool = False
    part: str = ""
    duration_min: int | None = None
    event: str = ""
    event_day: date | None = None
    event_at: time | None = None
    known: Known | None = None
    shift_min: int | None = None
    longer_min: int | None = None
    repeat: str = ""
    skip_taken: bool = False
    scope: str = ""
    last_day: date | None = None
    invite: bool = False
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A change the caller wants, on its way. ``doubt``: what was said of its time, while that must be asked about."""

    kind: Kind
    slots: Slots
    stage: Stage = "asking"
    asked: str = ""
    question: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    options: tuple[datetime, ...] = ()
    misses: int = 0
    doubt: Reading | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """The last thing looked up, for "and on Friday?".

    ``thing``: what the calendar is asked for and the documents after it; ``otherwise``: what the calendar said then.
    """

    tool: str
    arguments: Mapping[str, Any]
    text: str
    about: str = ""
    at: time | None = None
    thing: str = ""
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Capturing:
    """A value that is being taken down with care; its tools know how it stands. ``question``: what was asked last."""

    kind: Captured
    question: str


@dataclass(frozen=True, slots=True)
class State:
    """Everything a reply depends on besides the sentence itself. ``cited``: the last thing told was a quotation.

    ``changed``: the turn of the last change that was not undone, 0 for none. ``meant_day``: the weekday that was asked
    about, for it sounded like it. ``contact``: what the caller confirmed, by its kind.
    """

    task: Task | None = None
    query: Query | None = None
    last_event: Known | None = None
    offered_day: date | None = None
    spoken: str = ""
    fact: str = ""
    cited: bool = False
    turn: int = 0
    changed: int = 0
    meant_day: str = ""
    capture: Capturing | None = None
    contact: Mapping[Captured, str] = field(default_factory=dict[Captured, str])
