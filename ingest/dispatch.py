"""The dispatch watch: no caller waits alone. Runs in every sidecar; an advisory lock lets one at a time act.

A room with a caller, no agent and no dispatch gets one; a dispatch that no worker took, or whose job failed, is
repeated with the same metadata. The media server itself never tries twice. `decide` is the rule.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import aiohttp
from livekit import api as livekit_api
from livekit.api.twirp_client import TwirpError

from ingest.metrics import Metrics
from store.database import Connection, Database
from store.errors import VoiceLoopError
from store.log import get_logger

log = get_logger(__name__)
AGENT_NAME = "voiceloop"
ROOM_SEPARATOR = "~"
_LOCK = 7316_0002
_POLL_S = 2.0
_PATIENCE_MS = 2500  # a worker that is there takes a job well within this
_ALONE_MS = 1000  # a client may still be about to dispatch by itself
_HUMANS = (
    livekit_api.ParticipantInfo.Kind.STANDARD,
    livekit_api.ParticipantInfo.Kind.SIP,
)
_OVER = (livekit_api.JobStatus.JS_SUCCESS, livekit_api.JobStatus.JS_FAILED)


def room_of_tenant(name: str, slug: str, *, default: str) -> str:
    """The LiveKit room a tenant's room is: the default tenant's keep their names."""
    return name if slug == default else f"{slug}{ROOM_SEPARATOR}{name}"


def tenant_of_room(room: str, *, default: str) -> str:
    slug, separator, _ = room.partition(ROOM_SEPARATOR)
    return slug if separator and slug else default


def dispatch_metadata(tenant: str, persona: str, language: str, user_id: UUID | None) -> str:
    """What the worker reads: JSON with ``tenant``, ``persona``, ``language``, ``user``; empty ones left out."""
    values = {"tenant": tenant, "persona": persona, "language": language, "user": str(user_id) if user_id else ""}
    return json.dumps({key: value for key, value in values.items() if value})


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One request for an agent; times in milliseconds since 1970."""

    id: str
    metadata: str
    created_at_ms: float
    job_statuses: tuple[int, ...]

    @property
    def is_live(self) -> bool:
        return any(status not in _OVER for status in self.job_statuses)

    @property
    def ended_well(self) -> bool:
        return bool(self.job_statuses) and all(
            status == livekit_api.JobStatus.JS_SUCCESS for status in self.job_statuses
        )


@dataclass(frozen=True, slots=True)
class RoomView:
    """What is in a room: when its first caller came (None: nobody), whether an agent is there, who was asked."""

    caller_since_ms: float | None
    has_agent: bool
    dispatches: tuple[Dispatch, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Ask for an agent with ``metadata`` (None: the room's default), then remove the dispatches in ``stale``."""

    reason: str
    metadata: str | None
    stale: tuple[str, ...] = ()


def decide(view: RoomView, now_ms: float) -> Repeat | None:
    """What the room needs now; None when it is served, empty, over, or its worker still has time."""
    if view.caller_since_ms is None or view.has_agent:
        return None
    if not view.dispatches:
        waited = now_ms - view.caller_since_ms >= _ALONE_MS
        return Repeat("no_dispatch", None) if waited else None
    newest = max(view.dispatches, key=lambda one: one.created_at_ms)
    if newest.ended_well and newest.created_at_ms >= view.caller_since_ms - _PATIENCE_MS:
        return None  # the assistant has said goodbye to this caller
    if now_ms - newest.created_at_ms < _PATIENCE_MS:
        return None
    reason = "not_taken" if not newest.job_statuses else "job_lost"
    return Repeat(reason, newest.metadata, tuple(one.id for one in view.dispatches))


class DispatchWatch:
    """Looks at every room every two seconds, and at a room at once when told of an event in it."""

    def __init__(
        self, livekit: livekit_api.LiveKitAPI, database: Database, metrics: Metrics, *, default_tenant: str
    ) -> None:
        self._livekit = livekit
        self._database = database
        self._metrics = metrics
        self._default_tenant = default_tenant
        self._wake = asyncio.Event()

    def look_at(self, room: str) -> None:
        """An event happened in ``room``; look soon instead of at the next tick."""
        if room:
            self._wake.set()

    async def run(self) -> None:
        """Watch until cancelled. Whatever fails is logged and tried again at the next tick."""
        while True:
            try:
                await self.round()
            except (TwirpError, aiohttp.ClientError, TimeoutError, OSError, VoiceLoopError) as error:
                log.warning("dispatch watch could not look", error=str(error))
            try:
                async with asyncio.timeout(_POLL_S):
                    await self._wake.wait()
                self._wake.clear()
            except TimeoutError:
                pass

    async def round(self) -> None:
        """Look at every room once, unless another sidecar is doing so now."""
        rooms = await self._livekit.room.list_rooms(livekit_api.ListRoomsRequest())
        names = [room.name for room in rooms.rooms if room.name]
        if not names:
            return
        async with self._database.system() as connection:
            if not await _lock(connection):
                return
            for start in range(0, len(names), 8):
                await asyncio.gather(*(self._serve(name) for name in names[start : start + 8]))

    async def _serve(self, room: str) -> None:
        try:
            await self._repeat_if_needed(room)
        except TwirpError as error:
            if error.code != "not_found":  # the room has just been closed
                log.warning("room not looked at", room=room, error=error.message)

    async def _repeat_if_needed(self, room: str) -> None:
        participants = await self._livekit.room.list_participants(livekit_api.ListParticipantsRequest(room=room))
        dispatches = await self._livekit.agent_dispatch.list_dispatch(room)
        need = decide(view_of(participants.participants, dispatches), _now_ms())
        if need is None:
            return
        metadata = need.metadata
        if metadata is None:
            metadata = dispatch_metadata(tenant_of_room(room, default=self._default_tenant), "", "", None)
        log.info("agent asked for", room=room, reason=need.reason)
        self._metrics.dispatches.labels(need.reason).inc()
        request = livekit_api.CreateAgentDispatchRequest(agent_name=AGENT_NAME, room=room, metadata=metadata)
        await self._livekit.agent_dispatch.create_dispatch(request)
        for stale in need.stale:  # only now: a crash in between must not lose the metadata
            await self._livekit.agent_dispatch.delete_dispatch(stale, room)


def view_of(
    participants: Sequence[livekit_api.ParticipantInfo], dispatches: Sequence[livekit_api.AgentDispatch]
) -> RoomView:
    """The room as `decide` sees it; other agents' dispatches and hidden or leaving participants do not count."""
    states = livekit_api.ParticipantInfo.State
    present = [one for one in participants if one.state != states.DISCONNECTED]
    callers = [one for one in present if one.kind in _HUMANS and not one.permission.hidden]
    ours = [one for one in dispatches if one.agent_name == AGENT_NAME]
    return RoomView(
        caller_since_ms=min((_joined_ms(one) for one in callers), default=None),
        has_agent=any(one.kind == livekit_api.ParticipantInfo.Kind.AGENT for one in present),
        dispatches=tuple(
            Dispatch(
                one.id, one.metadata, one.state.created_at / 1e6, tuple(int(job.state.status) for job in one.state.jobs)
            )
            for one in ours
        ),
    )


def _joined_ms(participant: livekit_api.ParticipantInfo) -> float:
    return float(participant.joined_at_ms or participant.joined_at * 1000)


def _now_ms() -> float:
    return time.time() * 1000  # the media server's clock is the machine's, whatever VOICELOOP_NOW says


async def _lock(connection: Connection) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_xact_lock(%s) AS got", (_LOCK,))).fetchone()
    return bool(row and row["got"])
