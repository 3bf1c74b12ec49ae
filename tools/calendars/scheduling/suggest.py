"""Up to three times for a meeting, ranked, each with its reason; or what to give up so that something fits.

Deterministic: the same request, calendars and clock always give the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from store.errors import Invalid
from tools import spoken
from tools.calendars.scheduling.ground import Timelines, ground_of
from tools.calendars.scheduling.model import YOU, Busy, Proposal, SlotRequest, Suggestion
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.ranking import chosen, ranked
from tools.calendars.scheduling.reasons import Firsts, reason_for
from tools.calendars.scheduling.relaxing import why_nothing
from tools.calendars.walltime import after

LONGEST_MIN, MOST_DAYS, MOST_PEOPLE, MOST_SUGGESTIONS = 24 * 60, 366, 50, 10


def suggest(
    request: SlotRequest, calendars: Mapping[str, Busy], preferences: Mapping[str, Preferences], now: datetime
) -> tuple[Suggestion, ...]:
    """The suggestions alone; see ``propose``."""
    return _found(request, calendars, preferences, now, {})


def propose(
    request: SlotRequest,
    calendars: Mapping[str, Busy],
    preferences: Mapping[str, Preferences],
    now: datetime,
    *,
    explain: bool = True,
) -> Proposal:
    """Times for the meeting, whose calendars are unseen, and, when nothing fits, why and what would help.

    ``calendars`` and ``preferences`` are by name; the asker's own are YOU's. Without ``explain``
    nothing is said of why there is nothing. Raises Invalid for a request that no
    calendar could answer.
    """
    _check(request)
    unseen = tuple(
        name for name in dict.fromkeys((*request.required, *request.optional)) if name not in calendars and name != YOU
    )
    timelines: Timelines = {}

    def find(changed: SlotRequest) -> tuple[Suggestion, ...]:
        return _found(changed, calendars, preferences, now, timelines)

    found = find(request)
    notes = [f"I cannot see {spoken.listed([_whose(name) for name in unseen])} calendar{_s(unseen)}."]
    notes = notes if unseen else []
    if found or not explain:
        return Proposal(found, unseen, " ".join(notes))
    why, relaxations = why_nothing(request, preferences, now, find)
    return Proposal((), unseen, " ".join([why, *(one.text for one in relaxations), *notes]), relaxations)


def _found(
    request: SlotRequest,
    calendars: Mapping[str, Busy],
    preferences: Mapping[str, Preferences],
    now: datetime,
    timelines: Timelines,
) -> tuple[Suggestion, ...]:
    ground = ground_of(request, calendars, preferences, now, timelines)
    candidates = ranked(ground)
    firsts = Firsts(candidates)
    return tuple(
        Suggestion(
            one.local,
            after(one.local, request.duration_min),
            reason_for(one, ground, firsts),
            one.missing,
        )
        for one in chosen(candidates, request.limit, request.duration_min, near=request.near is not None)
    )


def _check(request: SlotRequest) -> None:
    if not 5 <= request.duration_min <= LONGEST_MIN:
        raise Invalid("A meeting lasts from 5 minutes to 24 hours.", code="bad_duration")
    if request.earliest >= request.latest:
        raise Invalid("The window must end after it starts.", code="empty_window")
    if (request.latest - request.earliest).days > MOST_DAYS:
        raise Invalid(f"The window is at most {MOST_DAYS} days long.", code="window_too_long")
    if len(request.required) + len(request.optional) > MOST_PEOPLE:
        raise Invalid(f"A time is found for at most {MOST_PEOPLE} people.", code="too_many_people")
    if not 1 <= request.limit <= MOST_SUGGESTIONS:
        raise Invalid(f"From 1 to {MOST_SUGGESTIONS} times are suggested.", code="bad_limit")


def _whose(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _s(names: tuple[str, ...]) -> str:
    return "s" if len(names) > 1 else ""
