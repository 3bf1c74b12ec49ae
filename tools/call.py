"""What a function tool may know about the call it acts in, and the one change that waits for the caller's yes.

Built by the worker's entrypoint, handed to every toolset. Knows neither LiveKit nor SQL.
To add a domain: one field in Services.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from store.clock import Clock
from store.errors import NotFound
from store.identity import Identity
from store.ids import new_id
from store.personas import Persona
from tools.ahead import Ahead
from tools.calendars.briefing.service import BriefingService
from tools.calendars.connected import ConnectedCalendars
from tools.calendars.planning import PlanningService
from tools.calendars.service import CalendarService
from tools.capture.rules import Place
from tools.capture.service import Captures
from tools.knowledge.service import KnowledgeService
from tools.provenance import Provenance

EVENT_TOPIC = "voiceloop.event"
CITATIONS_TOPIC = "voiceloop.citations"
CONFIRMATION_TOPIC = "voiceloop.confirmation"
PHONE_CHANNELS = frozenset({"phone", "sip"})


@dataclass(frozen=True, slots=True)
class Services:
    """One service a domain; opened and closed by the program's root."""

    calendars: CalendarService
    planning: PlanningService
    briefings: BriefingService
    connected: ConnectedCalendars
    knowledge: KnowledgeService

    async def aclose(self) -> None:
        """Finish what runs behind the answers (the query log)."""
        await self.knowledge.aclose()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A checked change that has not happened yet.

    ``fingerprint`` says what exactly was read back: a yes counts only for the same. ``commit`` makes the change and
    returns the tool's result; calling it again after a failure is safe. ``turn`` is the agent turn that asked.
    ``released`` is called when the caller wants something else; it must neither block nor raise.
    """

    kind: str
    fingerprint: Hashable
    summary: str
    details: Mapping[str, Any]
    commit: Callable[[UUID], Awaitable[str]]
    turn: str = ""
    id: UUID = field(default_factory=new_id)
    released: Callable[[], None] = lambda: None


@dataclass(slots=True, kw_only=True)
class CallContext:
    """One call: who acts, for whom, when and where. ``publish(topic, payload)`` must neither block nor raise.

    ``captures`` is what the caller had taken down with care; ``has_keys``: they have a telephone's keys and no page.
    """

    identity: Identity
    persona: Persona
    conversation_id: UUID
    timezone: ZoneInfo
    language: str
    channel: str
    clock: Clock
    services: Services
    publish: Callable[[str, dict[str, Any]], None]
    pending: Proposal | None = None
    words: Provenance = field(default_factory=Provenance)
    has_keys: bool = False
    ahead: Ahead = field(default_factory=Ahead)
    captures: Captures = field(init=False)

    def __post_init__(self) -> None:
        self.has_keys = self.has_keys or self.channel in PHONE_CHANNELS
        self.captures = Captures(
            self.words,
            lambda: Place(self.now(), by_phone=self.has_keys),
            lambda topic, payload: self.publish(topic, payload),
        )

    def now(self) -> datetime:
        """The present as wall time in the call's zone (aware)."""
        return self.clock.now().astimezone(self.timezone)

    def today(self) -> date:
        return self.now().date()

    def propose(self, proposal: Proposal) -> None:
        """Let ``proposal`` wait for the caller's answer; another that waited is withdrawn, the same keeps its id."""
        if self.pending is not None and self.pending.fingerprint == proposal.fingerprint:
            proposal = replace(proposal, id=self.pending.id)
        else:
            self.withdraw()
        self.pending = proposal
        self.words.ask()
        self._show(proposal, "pending")

    async def confirm(self, proposal_id: UUID | str | None = None) -> str:
        """The caller said yes (by voice or in the page): make the pending change and return "FACT | NEXT MOVE".

        Raises NotFound when nothing (or another proposal) is pending; otherwise what the service raises, and then the
        proposal stays pending, so that the same yes can be tried again.
        """
        proposal = self._pending(proposal_id)
        result = await proposal.commit(proposal.id)
        if self.pending is proposal:
            self.pending = None
        self._show(proposal, "confirmed")
        return result

    def withdraw(self, proposal_id: UUID | str | None = None) -> bool:
        """The caller said no, or wants something else. Returns whether something was pending."""
        try:
            proposal = self._pending(proposal_id)
        except NotFound:
            return False
        self.pending = None
        proposal.released()
        self._show(proposal, "cancelled")
        return True

    def _pending(self, proposal_id: UUID | str | None) -> Proposal:
        if self.pending is None or (proposal_id is not None and str(self.pending.id) != str(proposal_id)):
            raise NotFound("There is nothing waiting for a yes any more. Ask for it again.", code="nothing_pending")
        return self.pending

    def _show(self, proposal: Proposal, status: str) -> None:
        self.publish(
            CONFIRMATION_TOPIC,
            {
                "id": str(proposal.id),
                "kind": proposal.kind,
                "summary": proposal.summary,
                "details": dict(proposal.details),
                "status": status,
            },
        )
