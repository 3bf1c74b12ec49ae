"""The dispatch watch: no caller waits alone. Runs in every sidecar; an advisory lock lets one at a time act.

A room with a caller, no agent and no dispatch gets a signed one; a dispatch that no worker took, or whose job failed,
is repeated with the same metadata. The media server itself never tries twice. `decide` is the rule.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import aiohttp
from livekit import api as livekit_api
from livekit.api.twirp_client import TwirpError

from ingest.metrics import Metrics
from store import locks
from store.clock import Clock
from store.database import Connection, Database
from store.errors import NotFound, VoiceLoopError
from store.grants import LIFETIME, Grant, GrantRefused, read_metadata, tenant_of_unsigned, write_metadata
from store.identity import agent_identity
from store.log import get_logger
from store.rooms import AGENT_NAME, ended_in_room, has_held_calls
from store.seal import Keyring
from store.tenants import tenant_id_of_slug

log = get_logger(__name__)
ROOM_SEPARATOR = "~"
_POLL_S = 2.0
_PATIENCE_MS = 2500  # a worker that is there takes a job well within this
_START_MS = 15_000  # a worker that took it may have to start a process first
_GONE_MS = 2000  # an agent that says goodbye still has to write so
_ALONE_MS = 1000  # a client may still be about to dispatch by itself
_EXPECTED = (TwirpError, aiohttp.ClientError, OSError, VoiceLoopError)  # of a network; TimeoutError is an OSError
_HUMANS = (
    livekit_api.ParticipantInfo.Kind.STANDARD,
    livekit_api.ParticipantInfo.Kind.SIP,
)


def room_of_tenant(name: str, slug: str, *, default: str) -> str:
    """The LiveKit room a tenant's room is: the default tenant's keep their names."""
    return name if slug == default else f"{slug}{ROOM_SEPARATOR}{name}"


def tenant_of_room(room: str, *, default: str) -> str:
    slug, separator, _ = room.partition(ROOM_SEPARATOR)
    return slug if separator and slug else default


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One request for an agent; times in milliseconds since 1970. ``jobs``: the states of what took it.

    The media server leaves a job that ended or crashed as running, so only "taken" and "failed" can be told.
    """

    id: str
    metadata: str
    created_at_ms: float
    jobs: tuple[int, ...]

    @property
    def failed(self) -> bool:
        return bool(self.jobs) and all(state == livekit_api.JobStatus.JS_FAILED for state in self.jobs)


@dataclass(frozen=True, slots=True)
class RoomView:
    """What is in a room: when its first caller came (None: nobody), whether an agent is there, who was asked.

    ``agent_seen_ms``: when an agent was last seen there, None for never.
    """

    caller_since_ms: float | None
    has_agent: bool
    dispatches: tuple[Dispatch, ...]
    agent_seen_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Ask for an agent with ``metadata`` (None: the room's default), then remove the dispatches in ``stale``.

    With ``unless_goodbye`` only if the assistant has not ended the conversation itself.
    """

    reason: str
    metadata: str | None
    stale: tuple[str, ...] = ()
    unless_goodbye: bool = False


def decide(view: RoomView, now_ms: float) -> Repeat | None:
    """What the room needs now; None when it is served, empty, or its worker still has time."""
    if view.caller_since_ms is None or view.has_agent:
        return None
    if not view.dispatches:
        waited = now_ms - view.caller_since_ms >= _ALONE_MS
        return Repeat("no_dispatch", None) if waited else None
    newest = max(view.dispatches, key=lambda one: one.created_at_ms)
    stale = tuple(one.id for one in view.dispatches)
    age_ms = now_ms - newest.created_at_ms
    if not newest.jobs:
        return Repeat("not_taken", newest.metadata, stale, unless_goodbye=True) if age_ms >= _PATIENCE_MS else None
    if newest.failed:
        return Repeat("job_failed", newest.metadata, stale) if age_ms >= _PATIENCE_MS else None
    came = view.agent_seen_ms is not None and view.agent_seen_ms >= newest.created_at_ms
    gone_ms = now_ms - view.agent_seen_ms if came and view.agent_seen_ms is not None else age_ms - _START_MS
    return Repeat("agent_lost", newest.metadata, stale, unless_goodbye=True) if gone_ms >= _GONE_MS else None


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signature counts, and what metadata without one may name (one of ``store.grants.UNSIGNED``)."""

    keyring: Keyring
    default_tenant: str
    unsigned: str


class DispatchWatch:
    """Looks at every room every two seconds, and at a room at once when told of an event in it."""

    def __init__(
        self, livekit: livekit_api.LiveKitAPI, database: Database, metrics: Metrics, trust: Trust, clock: Clock
    ) -> None:
        self._livekit = livekit
        self._database = database
        self._metrics = metrics
        self._trust = trust
        self._clock = clock
        self._wake = asyncio.Event()
        self._agent_seen_ms: dict[str, float] = {}
        self._failing: set[str] = set()  # rooms whose failure has been logged

    def look_at(self, room: str) -> None:
        """An event happened in ``room``; look soon instead of at the next tick."""
        if room:
            self._wake.set()

    async def run(self) -> None:
        """Watch until cancelled. Whatever fails is logged and tried again at the next tick."""
        failing = False
        while True:
            try:
                await self.round()
                failing = False
            except _EXPECTED as error:
                if not failing:  # once, not every two seconds
                    log.warning("dispatch watch cannot look; it goes on trying", error=str(error))
                failing = True
            except Exception:  # a root: callers would wait for good if the watch ended
                if not failing:
                    log.exception("dispatch watch cannot look; it goes on trying")
                failing = True
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
        self._agent_seen_ms = {name: at for name, at in self._agent_seen_ms.items() if name in names}
        self._failing.intersection_update(names)
        if not names:
            return
        async with self._database.system() as connection:
            if not await _lock(connection):
                return
            for start in range(0, len(names), 8):
                async with asyncio.TaskGroup() as group:  # nothing outlives the lock, not even when cancelled
                    for name in names[start : start + 8]:
                        group.create_task(self._serve(name))

    async def _serve(self, room: str) -> None:
        """Look at one room. Whatever is wrong with it, the others are served; it is said once while it lasts."""
        try:
            await self._repeat_if_needed(room)
            self._failing.discard(room)
        except _EXPECTED as error:
            gone = isinstance(error, TwirpError) and error.code == "not_found"  # it has just been closed
            if not gone and self._is_news(room):
                log.warning("room not looked at", room=room, error=str(error))
        except Exception:  # a root, as `run` is, for this room alone
            if self._is_news(room):
                log.exception("room not looked at", room=room)

    def _is_news(self, room: str) -> bool:
        known = room in self._failing
        self._failing.add(room)
        return not known

    async def _repeat_if_needed(self, room: str) -> None:
        participants = await self._livekit.room.list_participants(livekit_api.ListParticipantsRequest(room=room))
        dispatches = await self._livekit.agent_dispatch.list_dispatch(room)
        now_ms = _now_ms()
        view = view_of(participants.participants, dispatches)
        if view.has_agent:
            self._agent_seen_ms[room] = now_ms
        need = decide(replace(view, agent_seen_ms=self._agent_seen_ms.get(room)), now_ms)
        if need is None:
            return
        metadata = await self._new_metadata(room) if need.metadata is None else need.metadata
        if need.unless_goodbye and await self._said_goodbye(room, metadata, view.caller_since_ms or 0.0):
            return
        log.info("agent asked for", room=room, reason=need.reason)
        self._metrics.dispatches.labels(need.reason).inc()
        request = livekit_api.CreateAgentDispatchRequest(agent_name=AGENT_NAME, room=room, metadata=metadata)
        fresh = await self._livekit.agent_dispatch.create_dispatch(request)
        stale = need.stale  # removed only now: a crash in between must not lose the metadata
        if need.reason == "not_taken" and await self._was_taken_after_all(room, need.stale):
            log.info("a busy worker took the first one", room=room)
            stale = (fresh.id,)
        for one in stale:
            await self._livekit.agent_dispatch.delete_dispatch(one, room)

    async def _was_taken_after_all(self, room: str, dispatches: Sequence[str]) -> bool:
        """Whether a job began of one of these in the meantime: removing it would take its agent out of the call."""
        now_there = await self._livekit.agent_dispatch.list_dispatch(room)
        return any(one.id in dispatches and len(one.state.jobs) > 0 for one in now_there)

    async def _new_metadata(self, room: str) -> str:
        """Signed metadata for a room that nobody arranged: the tenant's default persona, for a caller without a name.

        Such a room was made with the LiveKit secret and not by `/api/token`, so it may be of the tenants that unsigned
        metadata may name; or it is one that its tenant has held calls in. Raises GrantRefused for any other.
        """
        slug = tenant_of_room(room, default=self._trust.default_tenant)
        tenant_id = await tenant_id_of_slug(self._database, slug)
        if tenant_id is None:  # a room with a ~ in its name, but of no tenant
            slug = self._trust.default_tenant
            tenant_id = await tenant_id_of_slug(self._database, slug)
        if tenant_id is None:
            raise NotFound(f"There is no tenant {slug!r}.", code="tenant_not_found")
        if not await has_held_calls(self._database, agent_identity(tenant_id), room):
            tenant_of_unsigned(
                json.dumps({"tenant": slug}), default=self._trust.default_tenant, allowed=self._trust.unsigned
            )
        ends = self._clock.now() + LIFETIME
        return write_metadata(self._trust.keyring, Grant(tenant_id, slug, "room", room=room, expires_at=ends))

    async def _said_goodbye(self, room: str, metadata: str, caller_since_ms: float) -> bool:
        """Whether the assistant itself ended the conversation with who is there now; only the database knows."""
        tenant_id = await self._tenant_of_metadata(metadata, room)
        if tenant_id is None:
            return False
        ended_at = await ended_in_room(self._database, agent_identity(tenant_id), room)
        return ended_at is not None and ended_at.timestamp() * 1000 >= caller_since_ms

    async def _tenant_of_metadata(self, metadata: str, room: str) -> UUID | None:
        """Whose call a worker makes of this metadata; None when it refuses it."""
        trust = self._trust
        try:
            if grant := read_metadata(trust.keyring, metadata, room=room, now=self._clock.now()):
                return grant.tenant_id
            slug = tenant_of_unsigned(metadata, default=trust.default_tenant, allowed=trust.unsigned)
        except GrantRefused:
            return None
        return await tenant_id_of_slug(self._database, slug)


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
    row = await (await connection.execute("SELECT pg_try_advisory_xact_lock(%s) AS got", (locks.DISPATCH,))).fetchone()
    return bool(row and row["got"])
