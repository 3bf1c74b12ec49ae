"""What somebody wants to be told, how, and when not: a value whose defaults are nothing at all. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from store.errors import Invalid
from tools.calendars.walltime import soft_at

Kind = Literal["starting_soon", "double_booked", "travel", "briefing"]
Way = Literal["page", "mail"]
LEAD_MIN: Final = 10  # before an event, when nobody said how long
WORKDAYS: Final = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSettings:
    """All off by default. Times are the person's own wall clock; days are 0 (Monday) to 6.

    ``heads_up_min``: so long before an event, None for not at all. ``conflicts``: double bookings as they appear.
    ``travel``: when to leave for the next place. In the quiet hours everything waits for their end, but with
    ``quiet_heads_up`` not what is about an event that begins in them. Raises Invalid for half a quiet time.
    """

    briefing_at: time | None = None
    briefing_days: tuple[int, ...] = WORKDAYS
    briefing_by: tuple[Way, ...] = ("mail",)
    heads_up_min: int | None = None
    conflicts: bool = False
    travel: bool = False
    notices_by: tuple[Way, ...] = ("page",)
    quiet_from: time | None = None
    quiet_to: time | None = None
    quiet_heads_up: bool = False

    def __post_init__(self) -> None:
        if (self.quiet_from is None) != (self.quiet_to is None) or (
            self.quiet_from and self.quiet_from == self.quiet_to
        ):
            raise Invalid("Quiet hours need a beginning and another end, or neither.", code="bad_quiet_hours")

    @property
    def lead(self) -> timedelta:
        return timedelta(minutes=self.heads_up_min or LEAD_MIN)

    def ways_of(self, kind: Kind) -> Sequence[Way]:
        """How this is told; empty when it is not."""
        if kind == "briefing":
            return self.briefing_by if self.briefing_at is not None else ()
        asked = {"starting_soon": self.heads_up_min is not None, "double_booked": self.conflicts, "travel": self.travel}
        return self.notices_by if asked[kind] else ()

    @property
    def is_on(self) -> bool:
        return any(self.ways_of(kind) for kind in ("briefing", "starting_soon", "double_booked", "travel"))

    def quiet_until(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The end of the quiet hours that ``moment`` lies in, else ``moment``."""
        if self.quiet_from is None or self.quiet_to is None:
            return moment
        over_night = timedelta(days=1 if self.quiet_to < self.quiet_from else 0)
        today = moment.astimezone(zone).date()
        for day in (today - timedelta(days=1), today):
            start, end = soft_at(day, self.quiet_from, zone), soft_at(day + over_night, self.quiet_to, zone)
            if start.timestamp() <= moment.timestamp() < end.timestamp():
                return end
        return moment
