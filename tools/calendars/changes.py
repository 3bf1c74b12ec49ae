"""What the engine says beside events: a time held, dates of a series that clash, what was taken back. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store.errors import Conflict, NotFound
from tools import spoken
from tools.calendars.model import Event


@dataclass(frozen=True, slots=True)
class Hold:
    """A time kept free for one conversation until ``expires_at``; all aware UTC."""

    id: UUID
    calendar_id: UUID
    conversation_id: UUID
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SeriesClash:
    """One occurrence of a new or moved series, and what is in its way."""

    start: datetime
    end: datetime
    clash: Event


class SeriesClashes(Conflict):
    """Some of a series' dates are taken: ``clashes``, by start, of ``total``.

    With ``skip_clashes`` the rest is booked.
    """

    code = "series_clashes"

    def __init__(self, clashes: tuple[SeriesClash, ...], total: int) -> None:
        days = ", ".join(f"{clash.start:%Y-%m-%d}" for clash in clashes[:5])
        super().__init__(f"{len(clashes)} of {total} dates are taken ({days}). Leave these out or choose another time.")
        self.clashes = clashes
        self.total = total


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: ``events`` as they are now; ``left`` could not be restored, as their time is taken.

    ``operation`` is what was undone: book, update, move, cancel, cancel_many or import (of which no events are told).
    """

    operation: str
    events: tuple[Event, ...]
    left: tuple[Event, ...] = ()

    @property
    def fact(self) -> str:
        """What is now, in a plain sentence without dates; the titles are others' words."""
        if self.operation == "import":
            kept = " What was changed since stays." if self.left else ""
            return f"The import was taken back.{kept}"
        told = f"{_named(self.events)} {self._now()}." if self.events else ""
        if self.left:
            told += f" {_named(self.left)} could not be restored, as the time is taken now."
        return told.strip()

    def _now(self) -> str:
        be = "are" if len({event.summary for event in self.events}) > 1 else "is"
        match self.operation:
            case "book":
                return f"{be} no longer booked"
            case "cancel" | "cancel_many":
                return f"{be} back"
            case "move":
                return f"{be} back at the old time"
            case _:
                return f"{be} as before"


def _named(events: Sequence[Event]) -> str:
    """Each title once: a series comes as several events."""
    return spoken.listed(list(dict.fromkeys(event.summary for event in events)))


class NothingToUndo(NotFound):
    """No change within the last ten minutes, or it was taken back already."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__("There is no change of the last ten minutes to take back.")


class ChangedSince(Conflict):
    """Somebody changed ``event`` after the change that should be undone."""

    code = "changed_since"

    def __init__(self, event: Event) -> None:
        super().__init__(f"{event.summary} was changed again since. Change it by hand.")
        self.event = event
