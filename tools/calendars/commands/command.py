"""A command as a value: the operation, and what was said for it. Nothing here reads words or knows events."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any

from tools.calendars.backend import Scope
from tools.calendars.commands.operations import Operation
from tools.calendars.language import Candidate, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """``confidence``: 0 to 1. ``ask``: what must be known first, and ``question`` asks it: a word of `Reading.ask`,
    "title", "which_time", "which_day", "what_change", "denied", "several", "unknown"; empty when all is said.
    ``candidates``: what the question offers.

    ``title``, ``attendees``, ``location``: of a new event, or what an event shall have instead. ``when``: a new event's
    time, or the days that are looked at. ``event``, ``event_day``, ``event_at``: which event is meant; ``refers``: the
    one spoken of before. ``new``: its new time, to be completed with its day. ``past_hour_min``: minutes after (before)
    its hour. ``shift_min``, ``longer_min``: how much later, how much longer. ``rule``: how it repeats ("once": not at
    all). ``everything``: all events of ``when``. ``wishes``: in the person's words.
    """

    operation: Operation
    confidence: float
    ask: str = ""
    question: str = ""
    candidates: tuple[Candidate, ...] = ()
    title: str = ""
    attendees: tuple[str, ...] = ()
    location: str = ""
    when: Candidate | None = None
    event: str = ""
    event_day: date | None = None
    event_at: time | None = None
    refers: bool = False
    new: Reading | None = None
    past_hour_min: int | None = None
    shift_min: int | None = None
    longer_min: int | None = None
    duration_min: int | None = None
    rule: str = ""
    scope: Scope | None = None
    everything: bool = False
    wishes: tuple[str, ...] = ()

    def parameters(self) -> dict[str, Any]:
        """What was understood, as JSON shows it: only what was said; wall times without an offset."""
        found = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _HIDDEN}
        shown = {name: _shown(value) for name, value in found.items() if value not in _EMPTY}
        for name, candidate in (("when", self.when), ("new_time", self.new.best if self.new else None)):
            if candidate is not None:
                shown[name] = when_json(candidate)
        return shown


_HIDDEN = {"operation", "confidence", "ask", "question", "candidates", "when", "new", "refers"}
_EMPTY: tuple[Any, ...] = ("", None, (), False)


def when_json(candidate: Candidate) -> dict[str, Any]:
    """A meaning of a time: start, end, day, last_day, part, duration_min, all_day, rrule, bound; what is said of it."""
    told = {one.name: getattr(candidate, one.name) for one in fields(candidate) if one.name != "confidence"}
    return {name: _shown(value) for name, value in told.items() if value not in _EMPTY}


def _shown(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_shown(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
    return value.isoformat() if hasattr(value, "isoformat") else value
