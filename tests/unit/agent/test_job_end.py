"""When a job ends: with its session, and with its last caller, if nobody has come back by then."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import CloseEvent, CloseReason

from agent.behaviors import job_end

CALLER = SimpleNamespace(kind=rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD)
AGENT = SimpleNamespace(kind=rtc.ParticipantKind.PARTICIPANT_KIND_AGENT)


class Room(rtc.EventEmitter[str]):
    def __init__(self) -> None:
        super().__init__()
        self.remote_participants: dict[str, Any] = {"caller": CALLER}

    def isconnected(self) -> bool:
        return True


class Context:
    """A job that is under way; ``ended`` is set with the reason for which it was shut down."""

    def __init__(self, error: Exception | None = None) -> None:
        self.room, self.error, self.deleted = Room(), error, False
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def delete_room(self) -> None:
        if self.error is not None:
            raise self.error
        self.deleted = True

    def shutdown(self, reason: str) -> None:
        self.ended.set_result(reason)


class Session(rtc.EventEmitter[str]):
    closed = False

    def shutdown(self, *, drain: bool) -> None:
        assert not drain
        self.closed = True


def attached(context: Context) -> Any:
    session: Any = Session()
    job_end.attach(session, context)  # pyright: ignore[reportArgumentType]
    return session


async def _passed(monkeypatch: pytest.MonkeyPatch, context: Context, *, back: bool) -> bool:
    """Whether the session was closed after its only caller left; ``back``: they returned meanwhile."""
    later: list[Any] = []
    session = attached(context)
    monkeypatch.setattr(asyncio.get_running_loop(), "call_later", lambda _s, work: later.append(work))
    context.room.remote_participants = {}
    context.room.emit("participant_disconnected", CALLER)
    if back:
        context.room.remote_participants = {"caller": CALLER}
    for work in later:
        work()
    return session.closed


async def test_the_last_caller_ends_the_call_by_leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await _passed(monkeypatch, Context(), back=False)


async def test_a_line_that_is_made_anew_ends_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not await _passed(monkeypatch, Context(), back=True)


@pytest.mark.parametrize("error", [None, OSError("the server is away")])
async def test_a_call_that_the_assistant_ends_takes_the_room_along_and_the_job_in_any_case(
    error: Exception | None,
) -> None:
    context = Context(error)
    attached(context).emit("close", CloseEvent(reason=CloseReason.USER_INITIATED))
    assert await context.ended == CloseReason.USER_INITIATED.value
    assert context.deleted is (error is None)


async def test_the_room_is_left_to_an_agent_that_took_over() -> None:
    context = Context()
    context.room.remote_participants = {"other": AGENT}
    attached(context).emit("close", CloseEvent(reason=CloseReason.USER_INITIATED))
    await context.ended
    assert not context.deleted
