"""A tool as another program's assistant sees it: a name, arguments, what it needs, what it does. No protocol here.

To add a domain: a module with a tuple of these, and its line in ``server.TOOLS``. A name is a voice tool's where
both do the same; here a change tells its event by id and asks nobody: `change_event` also moves, `undo_change` says
which.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from store.clock import Clock
from store.identity import Identity
from tools.calendars.planning import PlanningService
from tools.calendars.service import CalendarService
from tools.calendars.walltime import at, in_zone, zone_of
from tools.knowledge.service import KnowledgeService


class Arguments(BaseModel):
    """What a tool takes: unknown names are refused, so that a guess is heard."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Given = TypeVar("Given", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Client:
    """Who calls, and what they may use. ``zone``, the installation's or else the tenant's: for times without an
    offset."""

    identity: Identity
    zone: ZoneInfo
    clock: Clock
    calendars: CalendarService
    planning: PlanningService
    knowledge: KnowledgeService

    def zone_named(self, name: str) -> ZoneInfo:
        """The IANA zone called ``name``, or the client's when it is empty. Raises Invalid."""
        return zone_of(name) if name else self.zone

    def instant(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """``moment`` on the clocks of ``zone``; without an offset it is wall time there. Raises Invalid."""
        return in_zone(moment, zone) if moment.tzinfo else at(moment, zone)


@dataclass(frozen=True, slots=True)
class McpTool(Generic[Given]):
    """``act`` gets checked arguments and returns JSON. ``scope``: without it the tool is neither shown nor run.

    ``writes``: it changes something; ``destroys``: what was there is gone afterwards.
    """

    name: str
    title: str
    description: str
    scope: str
    takes: type[Given]
    act: Callable[[Client, Given], Awaitable[dict[str, Any]]]
    writes: bool = False
    destroys: bool = False

    async def run(self, client: Client, raw: dict[str, Any]) -> dict[str, Any]:
        """Check the arguments and act. Raises pydantic's ValidationError, or what the service raises."""
        client.identity.require(self.scope)
        return await self.act(client, self.takes.model_validate(raw))
