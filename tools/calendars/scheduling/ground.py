"""The ground a meeting is looked for on: who takes part, when each is open and taken, and every start that fits.

Everything that costs time is worked out once a person; what remains for each candidate is a few bisections.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tools.calendars.scheduling.busy import place_of, taken_for
from tools.calendars.scheduling.model import YOU, Appointment, Busy, SlotRequest
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.spans import DAY, MINUTE, Span, common, covers, meets, merged, seconds, wall, without
from tools.calendars.scheduling.traits import Stretch
from tools.calendars.scheduling.wishes import broken_by

_AWAKE = Stretch(6 * 60, 23 * 60)  # outside of working hours nobody meets at night either


class Timeline:
    """When somebody is taken (merged), and their timed appointments in both orders. Made once, asked often."""

    def __init__(self, taken: list[Span], appointments: Iterable[Appointment] = ()) -> None:
        self.taken = taken
        self._by_start = sorted(appointments, key=lambda one: one.start)
        self._by_end = sorted(self._by_start, key=lambda one: one.end)
        self._starts = [one.start for one in self._by_start]
        self._ends = [one.end for one in self._by_end]

    def before(self, start: int) -> Appointment | None:
        """The appointment that ends last before ``start``."""
        at = bisect_right(self._ends, start) - 1
        return self._by_end[at] if at >= 0 else None

    def behind(self, end: int) -> Appointment | None:
        """The appointment that begins first after ``end``."""
        at = bisect_left(self._starts, end)
        return self._by_start[at] if at < len(self._by_start) else None

    def gap(self, start: int, end: int) -> int:
        """Seconds to the nearest appointment on either side; a day when there is none nearer."""
        before, behind = self.before(start), self.behind(end)
        return min(start - before.end if before else DAY, behind.start - end if behind else DAY, DAY)


Timelines = dict[str, Timeline]  # by name: what several questions about one meeting share


@dataclass(frozen=True, slots=True)
class Party:
    """One person who takes part. ``opened``: when they work; ``seen``: whether their calendar is known."""

    name: str
    required: bool
    preferences: Preferences
    zone: ZoneInfo
    opened: list[Span]
    seen: bool
    timeline: Timeline

    def can(self, start: int, end: int) -> bool:
        """Whether [start, end) is open and free."""
        return covers(self.opened, start, end) and not meets(self.timeline.taken, start, end)


@dataclass(frozen=True, slots=True)
class Ground:
    """``window`` is what remains of the asked one after notice and horizon; empty: start >= end."""

    request: SlotRequest
    parties: tuple[Party, ...]
    window: Span
    free: tuple[Span, ...]
    now: datetime

    @property
    def you(self) -> Party:
        return self.parties[0]

    def starts(self) -> Iterator[tuple[int, datetime]]:
        """Every start on the grid of the asker's clock that keeps the binding wishes, with its wall time; in order."""
        request, length = self.request, self.request.duration_min * MINUTE
        lunch, near = self.you.preferences.lunch, seconds(request.near) if request.near else None
        for start in self._fitting(length, near):
            local = wall(start, request.zone)
            ends = local.replace(tzinfo=None) + timedelta(minutes=request.duration_min)
            if broken_by(request.wishes, local.replace(tzinfo=None), ends, lunch) is None:
                yield start, local

    def _fitting(self, length: int, near: int | None) -> Iterator[int]:
        grid = self.you.preferences.slot_grid_min
        for opens, closes in self.free:
            last = closes - length
            starts = range(_on_grid(opens, grid, self.request.zone), last + 1, grid * MINUTE)
            if near is not None and opens <= near <= last and near not in starts:
                yield from sorted((*starts, near))  # the wanted start itself, though it lies on no grid
            else:
                yield from starts


def ground_of(
    request: SlotRequest,
    calendars: Mapping[str, Busy],
    preferences: Mapping[str, Preferences],
    now: datetime,
    timelines: Timelines | None = None,
) -> Ground:
    """``calendars`` of YOU and of every name of the request that is known; ``preferences`` as far as there are any.

    Who asks again with another window, other wishes or people, but the same calendars and place, hands the same
    ``timelines`` in.
    """
    timelines = {} if timelines is None else timelines
    place = None if request.place is None else place_of(request.place)
    for name in {YOU, *request.required, *request.optional} - timelines.keys():
        timelines[name] = _timeline(calendars.get(name, Busy()), place, preferences.get(name, Preferences()))
    own = preferences.get(YOU, Preferences())
    opens = max(seconds(request.earliest), seconds(now) + own.minimum_notice_min * MINUTE)
    window = (opens, min(seconds(request.latest), seconds(now) + own.horizon_days * DAY))
    wanted = {YOU: True} | dict.fromkeys(request.required, True)
    wanted = wanted | {name: False for name in request.optional if name not in wanted}
    parties = tuple(
        _party(name, required, name in calendars, preferences.get(name, Preferences()), request, window, timelines)
        for name, required in wanted.items()
    )
    free = [window] if window[0] < window[1] else []
    for party in parties:
        if party.required:
            free = without(common(free, party.opened), party.timeline.taken)
    return Ground(request, parties, window, tuple(free), now)


def _party(
    name: str,
    required: bool,
    seen: bool,
    preferences: Preferences,
    request: SlotRequest,
    window: Span,
    timelines: Timelines,
) -> Party:
    zone = preferences.zone(request.zone)
    if window[0] >= window[1]:
        opened = list[Span]()
    elif seen or name == YOU:
        opened = _open(preferences, request, zone, window)
    else:
        opened = [window]  # a calendar nobody sees promises nothing, not even hours
    return Party(name, required, preferences, zone, opened, seen or name == YOU, timelines[name])


def _timeline(busy: Busy, place: str | None, preferences: Preferences) -> Timeline:
    timed = (one for one in busy.appointments if not one.all_day)
    return Timeline(taken_for(busy, place, preferences), timed)


def _open(preferences: Preferences, request: SlotRequest, zone: ZoneInfo, window: Span) -> list[Span]:
    first, last = wall(window[0], zone).date(), wall(window[1], zone).date()
    allowed = {wish.value for wish in request.wishes if wish.kind == "allow"}
    if "outside_hours" in allowed:
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return common([window], merged(_AWAKE.on(day, zone) for day in days))
    hours = preferences.open_between(first, last, zone, on_holidays="holidays" in allowed)
    return common([window], hours)


def _on_grid(second: int, grid_min: int, zone: ZoneInfo) -> int:
    """The first instant from ``second`` on whose minutes after midnight are a multiple of the grid."""
    local = wall(second, zone)
    past = (local.hour * 60 + local.minute) * MINUTE + local.second
    return second + (-past) % (grid_min * MINUTE)
