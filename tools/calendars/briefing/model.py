"""A day's briefing, and a notice that falls due. Values without rules; aware instants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tools.calendars.briefing.settings import Kind
from tools.calendars.model import Event, Slot
from tools.calendars.scheduling.preferences import Preferences


@dataclass(frozen=True, slots=True)
class Calendars:
    """What one person sees: ``events`` by start, and which of them ``take`` their time. ``zone``: their clock."""

    events: Sequence[Event]
    taking: Sequence[Event]
    zone: ZoneInfo
    habits: Preferences


@dataclass(frozen=True, slots=True)
class Journey:
    """From one event to the next, at another place: to be left for at ``leave_by``."""

    first: Event
    second: Event
    leave_by: datetime


@dataclass(frozen=True, slots=True)
class Briefing:
    """One day. ``events``: what of it is not over yet, whole days first; ``over``: how many are.

    ``spoken`` says it in a few sentences; ``double_booked`` and ``travel`` are such sentences too. ``gaps``: free
    time between events worth knowing, on the person's clock.
    """

    day: date
    today: date
    zone: ZoneInfo
    events: tuple[Event, ...]
    over: int
    gaps: tuple[Slot, ...]
    double_booked: tuple[str, ...]
    travel: tuple[str, ...]
    spoken: str

    def as_json(self) -> dict[str, Any]:
        """The form that HTTP and the page show."""
        return {
            "date": self.day.isoformat(),
            "timezone": self.zone.key,
            "spoken": self.spoken,
            "events": [event.as_json() for event in self.events],
            "over": self.over,
            "gaps": [gap.as_json() for gap in self.gaps],
            "double_booked": list(self.double_booked),
            "travel": list(self.travel),
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell from ``due`` on, pointless from ``until`` on; the ``key`` is told once.

    ``subject``: the ids of the events, ``starts_at``: when what it is about begins; ``event_id``: the one to open.
    """

    kind: Kind
    subject: str
    starts_at: datetime
    due: datetime
    until: datetime
    text: str
    event_id: str | None = None

    @property
    def key(self) -> tuple[str, str, float]:
        return self.kind, self.subject, self.starts_at.timestamp()


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """One that was told."""

    id: UUID
    kind: Kind
    text: str
    event_id: str | None
    starts_at: datetime
    created_at: datetime
    told_by: Sequence[str]
