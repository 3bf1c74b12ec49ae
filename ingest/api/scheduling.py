"""Free and busy time, suggestions, conflicts and plans. Nothing here changes an event.

Times without an offset are wall time of `timezone`. The rules: ``tools/calendars/scheduling``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from ingest.api.scheduling_shapes import (
    AttendeeBody,
    ConflictEvent,
    ConflictShape,
    ConflictsQuery,
    ConflictsShape,
    FreeBusyQuery,
    FreeBusyShape,
    MoveShape,
    PersonBusy,
    PlanShape,
    ProposalShape,
    ReplanBody,
    SuggestBody,
    UnplacedShape,
    Window,
    WishBody,
)
from ingest.keys import CLOCK, PLANNING
from ingest.routes import Routes, body_of, identity_of, query_of
from ingest.zones import instant_in, zone_for
from store.errors import Invalid
from tools.calendars.model import event_id_of
from tools.calendars.scheduling.conflicts import told
from tools.calendars.scheduling.model import Appointment, Move, Plan, SlotRequest
from tools.calendars.scheduling.replan import ReplanRequest
from tools.calendars.scheduling.spans import wall
from tools.calendars.scheduling.wishes import Wish, wish_from, wishes_of
from tools.calendars.walltime import days_after

routes = Routes("Calendar")
_DAYS = 14  # that are looked at when nobody says how far


@routes.add(
    "GET",
    "/api/calendar/free-busy",
    scope="calendar:read",
    query=FreeBusyQuery,
    answer=FreeBusyShape,
    errors=(409,),
)
async def free_busy(request: web.Request) -> FreeBusyShape:
    """When people are taken, without what for."""
    asked, identity = query_of(request, FreeBusyQuery), identity_of(request)
    zone = await zone_for(request, identity, asked.timezone)
    people = [name.strip() for name in asked.people.split(",") if name.strip()]
    start, end = instant_in(asked.from_, zone), instant_in(asked.to, zone)
    found = await request.app[PLANNING].free_busy(identity, start, end, zone, people)
    return FreeBusyShape(
        people=[
            PersonBusy(
                name=one.name,
                seen=one.seen,
                busy=[Window(start=wall(begins, zone), end=wall(ends, zone)) for begins, ends in one.busy],
            )
            for one in found
        ]
    )


@routes.add("GET", "/api/calendar/conflicts", scope="calendar:read", query=ConflictsQuery, answer=ConflictsShape)
async def list_conflicts(request: web.Request) -> ConflictsShape:
    """Double bookings, and ways between places that take longer than there is time."""
    asked, identity = query_of(request, ConflictsQuery), identity_of(request)
    zone = await zone_for(request, identity, asked.timezone)
    start, end = instant_in(asked.from_, zone), instant_in(asked.to, zone)
    found = await request.app[PLANNING].conflicts(identity, start, end, zone)
    today = request.app[CLOCK].now().astimezone(zone).date()
    return ConflictsShape(
        conflicts=[
            ConflictShape.model_validate(
                {
                    "kind": one.kind,
                    "first": ConflictEvent.model_validate(_event(one.first, zone)),
                    "second": ConflictEvent.model_validate(_event(one.second, zone)),
                    "short_min": one.short_min,
                    "text": told(one, zone, today),
                }
            )
            for one in found
        ]
    )


@routes.add("POST", "/api/calendar/suggest", scope="calendar:read", body=SuggestBody, answer=ProposalShape)
async def suggest(request: web.Request) -> ProposalShape:
    """Times for a meeting that suit everybody, each with its reason; or what to give up so that one fits."""
    identity, asked = identity_of(request), await body_of(request, SuggestBody)
    zone = await zone_for(request, identity, asked.timezone)
    start, end = _window(request, zone, asked.from_, asked.to)
    proposal = await request.app[PLANNING].suggest(
        identity,
        SlotRequest(
            duration_min=asked.duration_min,
            earliest=start,
            latest=end,
            zone=zone,
            near=instant_in(asked.near, zone) if asked.near else None,
            required=tuple(_name(one) for one in asked.attendees if not _is_optional(one)),
            optional=tuple(_name(one) for one in asked.attendees if _is_optional(one)),
            wishes=_wishes(asked.wishes),
            place=asked.location,
            limit=asked.limit,
        ),
    )
    return ProposalShape.model_validate(proposal, from_attributes=True)


@routes.add("POST", "/api/calendar/replan", scope="calendar:read", body=ReplanBody, answer=PlanShape, errors=(404,))
async def replan(request: web.Request) -> PlanShape:
    """Where events could move so that the fewest do, and by the least; nothing is moved."""
    identity, asked = identity_of(request), await body_of(request, ReplanBody)
    if not asked.blocked and not asked.event_ids:
        raise Invalid("Say when you are not there, or which events shall move.", code="nothing_to_move")
    zone = await zone_for(request, identity, asked.timezone)
    blocked = [(instant_in(one.from_, zone), instant_in(one.to, zone)) for one in asked.blocked]
    if any(start >= end for start, end in blocked):
        raise Invalid("What is blocked must end after it starts.", code="empty_window")
    start, end = _window(request, zone, asked.from_, asked.to, *(until for _, until in blocked))
    plan = await request.app[PLANNING].replan(
        identity,
        ReplanRequest(
            earliest=start,
            latest=end,
            zone=zone,
            blocked=tuple(blocked),
            event_ids=frozenset(event_id_of(text) for text in asked.event_ids),
            may_move_others=asked.may_move_others,
            wishes=_wishes(asked.wishes),
        ),
    )
    return _plan(plan, zone)


def _window(
    request: web.Request, zone: ZoneInfo, first: datetime | None, last: datetime | None, *others: datetime
) -> tuple[datetime, datetime]:
    """As asked; from now, and for two weeks after the latest of ``others`` or the beginning."""
    start = instant_in(first, zone) if first else request.app[CLOCK].now().astimezone(zone)
    latest = max((start, *others)).astimezone(zone).date()
    end = instant_in(last, zone) if last else days_after(latest, _DAYS, zone)
    if start >= end:
        raise Invalid("The window must end after it starts.", code="empty_window")
    return start, end


def _wishes(sent: Sequence[str | WishBody]) -> tuple[Wish, ...]:
    return tuple(
        wish for one in sent for wish in (wishes_of(one) if isinstance(one, str) else wish_from(one.kind, one.value))
    )


def _name(one: str | AttendeeBody) -> str:
    return (one if isinstance(one, str) else one.email or one.name or "").strip()


def _is_optional(one: str | AttendeeBody) -> bool:
    return not isinstance(one, str) and one.optional


def _event(one: Appointment, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "event_id": str(one.event_id or ""),
        "summary": one.title,
        "start": wall(one.start, zone),
        "end": wall(one.end, zone),
    }


def _plan(plan: Plan, zone: ZoneInfo) -> PlanShape:
    def shape(move: Move) -> MoveShape:
        times = {"new_start": move.start, "new_end": move.end, "reason": move.reason}
        return MoveShape.model_validate(_event(move.appointment, zone) | times)

    return PlanShape(
        moves=[shape(move) for move in plan.moves],
        unplaced=[UnplacedShape.model_validate({**_event(one, zone), "reason": why}) for one, why in plan.unplaced],
        minutes_moved=plan.cost[2],
        optimal=plan.optimal,
        note=plan.note,
    )
