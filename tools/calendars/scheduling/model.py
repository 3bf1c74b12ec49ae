"""What is asked of the scheduling and what it answers, as values. Times that leave are aware, on the asker's clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tools.calendars.model import EventId
from tools.calendars.scheduling.spans import Span
from tools.calendars.scheduling.wishes import Wish

YOU = "you"  # the asker's own name among the calendars


@dataclass(frozen=True, slots=True)
class Appointment:
    """An event as scheduling sees it: Unix seconds, [start, end). ``title`` empty: not for the asker's eyes.

    ``place`` is compared, never spoken, as ``busy.place_of`` makes it.
    """

    start: int
    end: int
    title: str = ""
    place: str = ""
    event_id: EventId | None = None
    calendar_id: UUID | None = None
    people: tuple[str, ...] = ()
    all_day: bool = False


@dataclass(frozen=True, slots=True)
class Busy:
    """A person's taken time: ``spans`` merged, with buffers and ways; ``appointments`` by start, as they are."""

    spans: tuple[Span, ...] = ()
    appointments: tuple[Appointment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRequest:
    """A meeting of ``duration_min`` within [earliest, latest), both aware, told on the clock of ``zone``.

    ``near``: the wanted start, when there was one. ``required`` and ``optional`` are names among the calendars, beside
    the asker's own. ``place``: None is unknown, and then counts as away from every place that is known.
    """

    duration_min: int
    earliest: datetime
    latest: datetime
    zone: ZoneInfo
    near: datetime | None = None
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    wishes: tuple[Wish, ...] = ()
    place: str | None = None
    limit: int = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A free time. ``reason`` is a clause for speech; ``missing`` are optional people who cannot come."""

    start: datetime
    end: datetime
    reason: str = ""
    missing: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "reason": self.reason,
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What to give up so that something fits: ``kind``: wish, later, optional, shorter, hours; ``value`` names it."""

    kind: str
    value: str
    start: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """``unseen``: people whose calendars are not known. ``note``: sentences about that, or why nothing fits."""

    suggestions: tuple[Suggestion, ...] = ()
    unseen: tuple[str, ...] = ()
    note: str = ""
    relaxations: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One event's new time, [start, end), and why there."""

    appointment: Appointment
    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which events move where. ``unplaced`` found no time, each with the reason. ``optimal``: no plan is better.

    ``cost`` is (unplaced, moves, minutes moved), compared in this order.
    """

    moves: tuple[Move, ...] = ()
    unplaced: tuple[tuple[Appointment, str], ...] = ()
    cost: tuple[int, int, int] = (0, 0, 0)
    optimal: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two events that cannot both be attended. ``kind`` is overlap, or travel: too little time for the way."""

    kind: str
    first: Appointment
    second: Appointment
    short_min: int = field(default=0)  # of the way, what is missing
