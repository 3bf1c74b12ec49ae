"""One written sentence to the calendar: `POST /api/calendar/command`; it is read in ``tools/calendars/commands``.

Reading needs `calendar:read`; what changes something needs `calendar:write` besides. Nothing is written while something
is open: then `result` is null and `question` asks.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest.api.calendar import key_of
from ingest.api.calendar_shapes import EventShape, shapes_of
from ingest.keys import CALENDARS, CLOCK, DATABASE, PLANNING
from ingest.routes import Body, Routes, Shape, body_of, identity_of
from ingest.zones import zone_for
from store.database import Database
from store.identity import Identity
from tools.calendars.commands.acting import Commands, Terms
from tools.calendars.commands.outcome import Outcome
from tools.calendars.commands.reading import understand
from tools.calendars.language.context import LONGEST
from tools.calendars.model import event_id_of

routes = Routes("Calendar")


class CommandContext(Body):
    """``last_event_id``: the event that "it" and "that" mean."""

    last_event_id: Annotated[str | None, Field(max_length=80)] = None


class CommandBody(Body):
    """A sentence, as one would say it. ``confirm`` false checks and asks back instead of writing anything."""

    command: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    timezone: Annotated[str, Field(max_length=64)] = ""
    calendar_id: UUID | None = None
    confirm: bool = True
    context: CommandContext = CommandContext()


class ChoiceShape(Shape):
    """One answer that a question allows; `start` and `end` with their offset."""

    text: str
    start: datetime | None = None
    end: datetime | None = None
    day: date | None = None
    event_id: str | None = None


class QuestionShape(Shape):
    """``about``: "confirm", or what is open: am_or_pm, which_event, which_day, which_time, title, time_taken, …"""

    about: str
    text: str
    candidates: list[ChoiceShape]


class SlotShape(Shape):
    start: datetime
    end: datetime
    reason: str


class CommandResult(Shape):
    """What was found or changed. ``left``: what an undo could not restore. ``change_id``: for `…/undo`."""

    events: list[EventShape]
    slots: list[SlotShape]
    left: list[EventShape]
    change_id: str | None


class CommandAnswer(Shape):
    """``operation``: create, list, search, update, delete, free, suggest, undo or unknown. ``confidence``: 0 to 1.

    ``parameters``: what was understood, on the person's wall clock. ``message`` is a sentence to show or say.
    """

    operation: str
    parameters: dict[str, Any]
    confidence: float
    result: CommandResult | None
    message: str
    question: QuestionShape | None = None


@routes.add(
    "POST",
    "/api/calendar/command",
    scope="calendar:read",
    body=CommandBody,
    answer=CommandAnswer,
    errors=(404, 409),
)
async def command(request: web.Request) -> CommandAnswer:
    """Understand one English sentence and do it: book, list, search, move, change, cancel, find free time, undo."""
    identity, sent = identity_of(request), await body_of(request, CommandBody)
    zone = await zone_for(request, identity, sent.timezone)
    now = request.app[CLOCK].now().astimezone(zone)
    last = event_id_of(sent.context.last_event_id) if sent.context.last_event_id else None
    understood = understand(sent.command, now, knows_last=last is not None)
    commands = Commands(request.app[CALENDARS], request.app[PLANNING])
    terms = Terms(zone, now, sent.calendar_id, last, confirm=sent.confirm, key=key_of(request))
    outcome = await commands.run(identity, understood, terms)
    return _answer(outcome, await _result(request.app[DATABASE], identity, outcome) if outcome.done else None)


def _answer(outcome: Outcome, result: CommandResult | None) -> CommandAnswer:
    asked, command = outcome.question, outcome.command
    return CommandAnswer(
        operation=command.operation,
        parameters=command.parameters(),
        confidence=command.confidence,
        result=result,
        message=outcome.message,
        question=QuestionShape(
            about=asked.about,
            text=asked.text,
            candidates=[
                ChoiceShape(text=one.text, start=one.start, end=one.end, day=one.day, event_id=one.event_id or None)
                for one in asked.choices
            ],
        )
        if asked
        else None,
    )


async def _result(database: Database, identity: Identity, outcome: Outcome) -> CommandResult:
    change = next((one.change_id for one in outcome.events if one.change_id), None)
    return CommandResult(
        events=await shapes_of(database, identity, outcome.events),
        slots=[SlotShape(start=one.start, end=one.end, reason=one.reason) for one in outcome.slots],
        left=await shapes_of(database, identity, outcome.left),
        change_id=str(change) if change else None,
    )
