"""What every calendar tool needs of its call: the services, the words, the question before a write. No tools here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from livekit.agents import RunContext

from store.errors import VoiceLoopError
from store.log import get_logger
from tools import spoken
from tools.boundary import day_argument, given, hold_the_floor, time_argument, wrong_argument
from tools.calendars.connected import LostConsent
from tools.calendars.model import Event, EventQuery
from tools.calendars.phrases import Phrases
from tools.calendars.proposals import Proposals
from tools.calendars.walltime import at
from tools.call import EVENT_TOPIC, CallContext, Proposal

MAX_LISTED_DAYS = 62
WHAT = "The calendar"
BEHIND_THE_CALL = "held time given back"
Part = Literal["any", "morning", "afternoon", "evening"]
log = get_logger(__name__)


class CalendarSpeech:
    """Mixed into the tools; ``_use`` comes first."""

    _call: CallContext

    def _use(self, call: CallContext) -> None:
        self._call = call
        self._calendars = call.services.calendars
        self._releasing: set[asyncio.Task[None]] = set()
        self._told_lost: set[UUID] = set()  # accounts to be connected again, said once a call

    @property
    def _zone(self) -> ZoneInfo:
        return self._call.timezone

    @property
    def _phrases(self) -> Phrases:
        return Phrases(self._zone, self._call.today())

    def _proposals(self, ctx: RunContext[Any]) -> Proposals:
        return Proposals(self._call, turn_of(ctx), self._release)

    def _publish(self, payload: dict[str, Any]) -> None:
        self._call.publish(EVENT_TOPIC, payload)

    def _error(self, error: VoiceLoopError) -> str:
        """Errors name events, whose titles others wrote."""
        told = self._phrases.error(error)
        self._call.words.read(told)
        return told

    async def _settle(self, ctx: RunContext[Any], proposal: Proposal, question: str, *, confirmed: bool) -> str:
        """Do it when the caller agreed to just this; else ask."""
        if confirmed and self._may_commit(proposal):
            hold_the_floor(ctx)
            return await self._call.confirm()
        return self._ask(proposal, question)

    def _ask(self, proposal: Proposal, question: str, but: str = "") -> str:
        """``but``: what the call after the yes has besides."""
        self._call.propose(proposal)
        if "event" in proposal.details or "events" in proposal.details:  # somebody else may have given it its title
            self._call.words.read(proposal.summary)
        return spoken.result(
            question,
            f"Nothing has happened yet. Ask exactly this and wait for the caller's yes, then call "
            f"{proposal.kind} again with the same arguments and {but}confirmed=true.",
        )

    def _may_commit(self, proposal: Proposal) -> bool:
        """A yes counts for what was read back, in an earlier turn: a model must not confirm in the caller's place."""
        pending = self._call.pending
        if pending is None or pending.fingerprint != proposal.fingerprint or pending.turn == proposal.turn:
            return False
        return self._call.words.agreed(str(pending.details["summary"]))

    async def _lost(self) -> list[LostConsent]:
        """Accounts to be connected again that the caller has not been told of; usually none."""
        lost = await self._call.services.connected.lost(self._call.identity)
        return [one for one in lost if one.account_id not in self._told_lost]

    async def _find(self, words: str, event_start: str) -> Event:
        text = given(event_start)
        if not text:
            query = EventQuery(given(words))
        elif "T" in text or " " in text:
            query = EventQuery(given(words), start=at(time_argument(text, "event_start"), self._zone))
        else:
            query = EventQuery(given(words), day=day_argument(text, "event_start"))
        return await self._calendars.find_one(self._call.identity, query, self._zone)

    def _days(self, first: str, last: str) -> tuple[date, date]:
        """First and last day, inclusive, at most MAX_LISTED_DAYS later. Raises ToolError."""
        begins = day_argument(first, "start_date")
        ends = day_argument(last, "end_date") if given(last) else begins
        if ends < begins:
            raise wrong_argument("Those days are the wrong way round.", "Call again with start_date before end_date.")
        return begins, min(ends, begins + timedelta(days=MAX_LISTED_DAYS))

    def _release(self) -> None:
        """Give the held time back behind the call's back."""
        task = asyncio.get_running_loop().create_task(self._give_back(), name=BEHIND_THE_CALL)
        self._releasing.add(task)
        task.add_done_callback(self._releasing.discard)

    async def _give_back(self) -> None:
        if self._call.pending is not None:  # the next question holds its own time by now
            return
        try:
            await self._calendars.release_hold(self._call.identity, self._call.conversation_id)
        except VoiceLoopError as error:  # it ends by itself in two minutes
            log.warning("a held time was not given back", code=error.code)


def sentences_of(lost: Sequence[LostConsent]) -> str:
    """ "Your Google calendar needs to be connected again …", each once."""
    return " ".join(dict.fromkeys(one.sentence for one in lost))


def turn_of(ctx: RunContext[Any]) -> str:
    """Tool steps that follow one utterance of the caller share a speech handle."""
    return ctx.speech_handle.id
