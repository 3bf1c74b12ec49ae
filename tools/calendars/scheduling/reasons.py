"""Why a time is offered, as a clause for speech: "same day, an hour later", "the first morning you are both free".

At most two clauses, the weightiest first. Titles appear only of events the asker may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tools import spoken
from tools.calendars.scheduling.busy import ONLINE
from tools.calendars.scheduling.ground import Ground
from tools.calendars.scheduling.model import YOU
from tools.calendars.scheduling.ranking import Candidate
from tools.calendars.scheduling.spans import HOUR, MINUTE, seconds
from tools.calendars.scheduling.traits import said

_MOST = 2
_SINGULAR = {"mornings": "morning", "afternoons": "afternoon", "evenings": "evening"}
_NEXT_TO = 15 * MINUTE


class Firsts:
    """The earliest of all candidates, and the first day of each part of the day."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.start = candidates[0].start if candidates else 0
        self.days: dict[str, date] = {}
        for one in candidates:
            self.days.setdefault(one.part, one.local.date())


def reason_for(one: Candidate, ground: Ground, firsts: Firsts) -> str:
    """The one or two best reasons, joined by a comma."""
    found = [
        *_near(one, ground),
        *_costs(one, ground),
        *_first(one, ground, firsts),
        *_way(one, ground),
        *_likes(one),
        *_lunch(one, ground),
        *_optional(one, ground),
    ]
    return ", ".join(found[:_MOST]) or f"another free {_SINGULAR[one.part]}"


def between(minutes: int) -> str:
    """ "an hour", "half an hour", "an hour and a half", "2 hours", "20 minutes"."""
    known = {30: "half an hour", 60: "an hour", 90: "an hour and a half"}
    return known.get(minutes) or spoken.duration(minutes)


def _near(one: Candidate, ground: Ground) -> list[str]:
    if ground.request.near is None:
        return []
    wanted = ground.request.near.astimezone(one.local.tzinfo)
    minutes = (one.start - seconds(wanted)) // MINUTE
    if minutes == 0:
        return ["the time you asked for"]
    if wanted.date() == one.local.date():
        return [f"same day, {between(abs(minutes))} {'later' if minutes > 0 else 'earlier'}"]
    days = (one.local.date() - wanted.date()).days
    when = {1: "the next day", -1: "the day before"}.get(days, f"on {one.local:%A}")
    return [f"same time {when}"] if wanted.time() == one.local.time() else [when]


def _costs(one: Candidate, ground: Ground) -> list[str]:
    found: list[str] = []
    if one.missing:
        found.append(f"without {spoken.listed(list(one.missing))}, who {_is(one.missing)} optional")
    for name, trait in one.avoided[:1]:
        who = "you would" if name == YOU else f"{name} would"
        found.append(f"though {who} rather not meet {said(trait)}")
    return found


def _first(one: Candidate, ground: Ground, firsts: Firsts) -> list[str]:
    there = sum(party.required and party.seen for party in ground.parties)
    who = {1: "you are free", 2: "you are both free"}.get(there, f"all {there} of you are free")
    if one.start == firsts.start:
        return [f"the earliest time {who}"]
    if firsts.days.get(one.part) == one.local.date():
        return [f"the first {_SINGULAR[one.part]} {who}"]
    return []


def _way(one: Candidate, ground: Ground) -> list[str]:
    """A way that has its time, or a neighbour that is right beside."""
    you, end = ground.you, one.start + ground.request.duration_min * MINUTE
    before, behind = you.timeline.before(one.start), you.timeline.behind(end)
    way = you.preferences.travel_min * MINUTE
    if before and before.title and before.place not in ("", ONLINE) and way <= one.start - before.end <= way + HOUR:
        gap = between((one.start - before.end) // MINUTE)
        return [f"{gap} after {_yours(before.title)}, so there is time to travel"] if way else []
    if behind and behind.title and behind.place not in ("", ONLINE) and way <= behind.start - end <= way + HOUR:
        gap = between((behind.start - end) // MINUTE)
        return [f"done {gap} before {_yours(behind.title)}, so there is time to travel"] if way else []
    return []


def _likes(one: Candidate) -> list[str]:
    words = [said(trait) for trait in one.met]
    return [f"{words[0]}, as you like it"] if words else []


def _lunch(one: Candidate, ground: Ground) -> list[str]:
    """Only where lunch is near enough for somebody to wonder."""
    lunch = ground.you.preferences.lunch
    if lunch is None:
        return []
    begins = one.local.hour * 60 + one.local.minute
    ends = begins + ground.request.duration_min
    close = lunch.opens - 60 <= ends <= lunch.opens or lunch.closes <= begins <= lunch.closes + 60
    return ["keeps your lunch free"] if close else []


def _optional(one: Candidate, ground: Ground) -> list[str]:
    coming = [
        party.name for party in ground.parties if party.seen and not party.required and party.name not in one.missing
    ]
    return [f"{spoken.listed(coming)} can come too"] if coming else []


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _yours(title: str) -> str:
    """ "your Dentist", but not "your my birthday"."""
    return title if title.casefold().startswith(("my ", "your ", "our ", "the ")) else f"your {title}"
