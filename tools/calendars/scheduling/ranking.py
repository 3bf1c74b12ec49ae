"""Which of all starts that fit are worth saying: a score for each, and a choice that lies apart. Pure.

A score is made of points; less is better. What each habit is worth stands in ``_POINTS``, nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from tools.calendars.scheduling.ground import Ground, Party
from tools.calendars.scheduling.spans import HOUR, MINUTE, seconds, wall
from tools.calendars.scheduling.traits import ARRANGEMENTS, PARTS, has_trait

_POINTS: Final = {
    "avoided": 1000,  # by the asker
    "avoided_by_other": 300,
    "missing": 200,  # an optional person
    "lunch": 120,
    "not_preferred": 90,
    "not_preferred_by_other": 40,
    "a_day_later": 30,
    "a_day_from_near": 90,
    "same_part_of_same_day": 90,
    "same_day": 30,
    "an_hour_too_early": 30,  # or too late, when working hours do not count
}
_APART: Final = HOUR
_DAY_PARTS: Final = ("mornings", "afternoons", "evenings")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A start that fits. ``avoided``: (whose, trait) broken; ``met``: the asker's traits that it has."""

    start: int
    local: datetime
    score: int
    missing: tuple[str, ...]
    avoided: tuple[tuple[str, str], ...]
    met: tuple[str, ...]
    at_lunch: bool

    @property
    def part(self) -> str:
        """The part of the day: "mornings", "afternoons" or "evenings"."""
        minute = self.local.hour * 60 + self.local.minute
        return next((name for name in _DAY_PARTS if PARTS[name].opens <= minute < PARTS[name].closes), "evenings")


def ranked(ground: Ground) -> list[Candidate]:
    """Every candidate of the ground, in the order of time, with its score."""
    return [_candidate(ground, start, local) for start, local in ground.starts()]


def chosen(candidates: Sequence[Candidate], limit: int, duration_min: int, *, near: bool = False) -> list[Candidate]:
    """Up to ``limit`` of them, best first: none overlaps another, and they lie apart as long as there is a choice.

    ``near``: they are about a wanted time, so several of its day are welcome.
    """
    length, found, divisor = duration_min * MINUTE, list[Candidate](), 3 if near else 1
    for apart in (length + _APART, length):
        left = [one for one in candidates if one not in found]
        while left and len(found) < limit:
            left = [one for one in left if all(abs(one.start - other.start) >= apart for other in found)]
            if left:
                found.append(min(left, key=lambda one: (one.score + _likeness(one, found) // divisor, one.start)))
    return found


def _likeness(one: Candidate, found: Sequence[Candidate]) -> int:
    """Points for being much like what is said already: people choose more easily between different times."""
    points = 0
    for other in found:
        if one.local.date() == other.local.date():
            points += _POINTS["same_part_of_same_day" if one.part == other.part else "same_day"]
    return points


class _Slot(NamedTuple):
    """A candidate on one person's wall clock: Unix seconds, and naive local times."""

    start: int
    end: int
    begins: datetime
    ends: datetime


class _Verdict(NamedTuple):
    """What one person's habits say: traits they avoid and like that the slot has, and sorts they miss in it."""

    avoided: list[str]
    liked: list[str]
    unmet: int
    at_lunch: bool


def _candidate(ground: Ground, start: int, local: datetime) -> Candidate:
    length, score = ground.request.duration_min * MINUTE, _timeliness(ground, start, local)
    slots: dict[ZoneInfo, _Slot] = {}
    missing, avoided, met, at_lunch = list[str](), list[tuple[str, str]](), list[str](), False
    for party in ground.parties:
        if not party.required and not party.can(start, start + length):
            missing.append(party.name)
            continue
        if party.zone not in slots:
            slots[party.zone] = _slot(start, length, party.zone)
        verdict, other = _verdict(party, slots[party.zone]), "" if party is ground.you else "_by_other"
        score += len(verdict.avoided) * _POINTS[f"avoided{other}"] + verdict.unmet * _POINTS[f"not_preferred{other}"]
        score += _POINTS["lunch"] if verdict.at_lunch else 0
        avoided += [(party.name, trait) for trait in verdict.avoided]
        at_lunch |= verdict.at_lunch
        met += [] if other else verdict.liked
    wishes = [wish.value for wish in ground.request.wishes if wish.kind == "prefer"]
    granted = [one for one in wishes if _has(ground.you, one, _slot(start, length, ground.request.zone))]
    score += len(missing) * _POINTS["missing"] + (2 * _POINTS["not_preferred"] if wishes and not granted else 0)
    liked = tuple(dict.fromkeys([*granted, *met]))
    return Candidate(start, local, score, tuple(missing), tuple(avoided), liked, at_lunch)


def _slot(start: int, length: int, zone: ZoneInfo) -> _Slot:
    begins = wall(start, zone).replace(tzinfo=None)
    return _Slot(start, start + length, begins, begins + timedelta(seconds=length))


def _verdict(party: Party, slot: _Slot) -> _Verdict:
    habits, lunch = party.preferences, party.preferences.lunch
    avoided = [trait for trait in habits.avoids if _has(party, trait, slot)]
    cares = lunch is not None and "lunch" not in habits.prefers and "lunch" not in avoided
    liked, unmet = list[str](), 0
    for arranged in (False, True):
        wanted = [trait for trait in habits.prefers if (trait in ARRANGEMENTS) == arranged]
        found = [trait for trait in wanted if _has(party, trait, slot)]
        unmet += bool(wanted and not found)
        liked += found
    return _Verdict(avoided, liked, unmet, cares and has_trait("lunch", slot.begins, slot.ends, lunch))


def _has(party: Party, trait: str, slot: _Slot) -> bool:
    if trait not in ARRANGEMENTS:
        return has_trait(trait, slot.begins, slot.ends, party.preferences.lunch)
    gap = party.timeline.gap(slot.start, slot.end)
    close = max(party.preferences.buffer_before_min, party.preferences.buffer_after_min, 15) * MINUTE
    return gap <= close if trait == "back_to_back" else gap >= HOUR


def _timeliness(ground: Ground, start: int, local: datetime) -> int:
    """How soon, or how near the wanted time; how round; and, when working hours do not count, how civil."""
    score = _distance(ground, start, local) + _roundness(local, ground.request.near)
    if any(wish.value == "outside_hours" for wish in ground.request.wishes):
        score += _oddness(wall(start, ground.you.zone), timedelta(minutes=ground.request.duration_min))
    return score


def _distance(ground: Ground, start: int, local: datetime) -> int:
    near = ground.request.near
    if near is None:
        first = wall(ground.window[0], ground.request.zone)
        days = (local.date() - first.date()).days
        return days * _POINTS["a_day_later"] + (local.hour * 60 + local.minute) // 60
    if near.astimezone(local.tzinfo).date() == local.date():
        return abs(start - seconds(near)) // (2 * MINUTE)
    wanted = near.astimezone(local.tzinfo)
    minutes = abs((local.hour - wanted.hour) * 60 + local.minute - wanted.minute)
    days = (local.date() - wanted.date()).days
    return abs(days) * _POINTS["a_day_from_near"] + (10 if days < 0 else 0) + minutes // 2


def _oddness(local: datetime, length: timedelta) -> int:
    """Outside of working hours the middle of the day is still the better time."""
    begins = local.hour + local.minute / 60
    early, late = max(0.0, 9 - begins), max(0.0, begins + length.total_seconds() / HOUR - 20)
    return round((early + late) * _POINTS["an_hour_too_early"])


def _roundness(local: datetime, near: datetime | None) -> int:
    """Full hours are said and remembered more easily; the wanted time of day needs no excuse."""
    if near is not None and (near.astimezone(local.tzinfo).minute == local.minute):
        return 0
    return {0: 0, 30: 4}.get(local.minute, 10)
