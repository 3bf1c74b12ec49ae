"""Outlook's backend with a stand-in for Microsoft Graph beside it, which must find no fault with what it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from store.clock import FixedClock
from tests.contract.calendars.contender import Contender
from tests.fakes.graph_calendar.server import FakeGraph, Fault, creates, writes
from tools.calendars.backend import NeedsReconnect, Status
from tools.calendars.microsoft.calendar import GraphCalendar
from tools.calendars.outside.requests import open_session

_ANSWERS = {"accepted": "accepted", "tentative": "tentativelyAccepted", "declined": "declined", "needs-action": "none"}


class Tokens:
    """Gives "good", and "good again" when that was refused."""

    async def access_token(self, *, refused: str = "") -> str:
        if refused == "good again":
            raise NeedsReconnect("Connect the account again.")
        return "good again" if refused else "good"


@asynccontextmanager
async def running_graph(clock: FixedClock | None = None) -> AsyncIterator[tuple[FakeGraph, GraphCalendar]]:
    """A stand-in with two calendars and one that is only read, and a backend for it."""
    graph = FakeGraph()
    graph.tokens = {"good", "good again"}
    graph.mailbox.add_calendar("Calendar", default=True)
    graph.mailbox.add_calendar("Second")
    graph.mailbox.add_calendar("Birthdays", can_edit=False)
    clock = clock or FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC))
    async with graph.running(), open_session() as session:
        yield graph, GraphCalendar(session, Tokens(), base_url=graph.url, clock=clock)
    assert graph.violations == []
    assert graph.most_at_once <= 3


@asynccontextmanager
async def graph_contender() -> AsyncIterator[Contender]:
    async with running_graph() as (graph, backend):
        yield contender_of(graph, backend)


def contender_of(graph: FakeGraph, backend: GraphCalendar) -> Contender:
    first, second, read_only = graph.mailbox.calendars
    mailbox = graph.mailbox

    async def change_elsewhere(event_id: str, summary: str) -> None:
        mailbox.patch(*mailbox.find(first, event_id), {"subject": summary})

    async def delete_elsewhere(event_id: str) -> None:
        mailbox.delete(*mailbox.find(first, event_id))

    async def answer_elsewhere(event_id: str, email: str, status: Status) -> None:
        event, _ = mailbox.find(first, event_id)
        for who in event.fields["attendees"]:
            if who["emailAddress"]["address"] == email:
                who["status"] = {"response": _ANSWERS[status], "time": "2026-11-21T09:00:00Z"}
        mailbox.touch(event)

    async def decline(event_id: str) -> None:
        event, _ = mailbox.find(first, event_id)
        event.is_organizer, event.response = False, "declined"
        mailbox.touch(event)

    return Contender(
        name="graph",
        backend=backend,
        calendar_id=first,
        second_calendar_id=second,
        read_only_calendar_id=read_only,
        change_elsewhere=change_elsewhere,
        delete_elsewhere=delete_elsewhere,
        answer_elsewhere=answer_elsewhere,
        page_size=graph.page_size,
        decline=decline,
        **faults_of(graph),
    )


def faults_of(graph: FakeGraph) -> dict[str, Callable[..., Awaitable[None]]]:
    """What goes wrong with this server, by the hook's name."""

    async def lose_next_answer() -> None:
        graph.faults.append(Fault(writes, cut_after=True))

    async def refuse_next_create() -> None:
        graph.faults.append(Fault(creates, status=400, code="ErrorInvalidRequest"))

    async def lose_sync_tokens() -> None:
        graph.deltas.tokens.clear()

    async def refuse_token_once() -> None:
        graph.faults.append(Fault(status=401))

    async def busy_for(seconds: int) -> None:
        graph.faults.append(Fault(status=429, headers={"Retry-After": str(seconds)}))

    async def revoke() -> None:
        graph.tokens.clear()

    async def cut() -> None:
        graph.faults.append(Fault(times=10_000, cut_before=True))

    async def mend() -> None:
        graph.faults.clear()

    hooks = (
        *(lose_next_answer, refuse_next_create, lose_sync_tokens, refuse_token_once),
        *(busy_for, revoke, cut, mend),
    )
    return {hook.__name__: hook for hook in hooks}
