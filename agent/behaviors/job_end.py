"""The job ends when the session does, and the session when the last caller has left, for whatever reason."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from livekit import rtc
from livekit.agents import AgentSession, CloseEvent, CloseReason, JobContext

from store.log import get_logger

log = get_logger(__name__)
GONE_S: Final = 0.2  # a line that is made anew takes everybody out of the room for a moment


def attach(session: AgentSession[None], ctx: JobContext) -> None:
    ending: list[asyncio.Task[None]] = []  # held, so that it is not collected half-way

    async def hang_up(reason: str) -> None:
        # the room goes before the agent does: nobody is left alone in it, not even for the dispatch watch to see
        try:
            if ctx.room.isconnected() and not any(map(_is_agent, ctx.room.remote_participants.values())):
                await ctx.delete_room()  # an agent that was replaced leaves the call to the other one
        except Exception:  # noqa: BLE001 - the root of this task: whatever the server says, this job takes no line
            log.warning("the room of a call that ended was not deleted")
        ctx.shutdown(reason)

    def on_close(event: CloseEvent) -> None:
        if event.reason is CloseReason.PARTICIPANT_DISCONNECTED:
            ctx.shutdown(event.reason.value)
        elif event.reason is not CloseReason.JOB_SHUTDOWN:
            ending.append(asyncio.create_task(hang_up(event.reason.value)))

    def is_alone() -> bool:
        return all(map(_is_agent, ctx.room.remote_participants.values()))

    def end_alone() -> None:
        if is_alone():
            session.shutdown(drain=False)

    def on_leave(_participant: object) -> None:
        if is_alone():
            # the framework closes by itself for a caller who hung up; this is for one whose line broke
            asyncio.get_running_loop().call_later(GONE_S, end_alone)

    session.on("close", on_close)
    ctx.room.on("participant_disconnected", on_leave)


def _is_agent(participant: Any) -> bool:
    return participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
