"""Whose assistant the dispatch watch sends into a room: signed, and never another tenant's than the room may have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from livekit import api

from ingest.dispatch import DispatchWatch, Trust, room_of_tenant
from ingest.metrics import Metrics
from store import conversations
from store.clock import FixedClock
from store.conversations import NewConversation
from store.database import Database
from store.grants import Grant, read_metadata, write_metadata
from store.identity import Identity
from store.ids import new_id
from store.seal import Keyring

KEYRING = Keyring.from_text("k" * 64)
AGO_MS = int(datetime.now(UTC).timestamp() * 1000) - 60_000


class Server:
    """One room with one caller, who has waited a minute; notes which agents are asked for."""

    def __init__(self, room: str, *dispatches: api.AgentDispatch) -> None:
        self.room = self.agent_dispatch = self
        self.name, self.dispatches = room, dispatches
        self.asked: list[str] = []
        self.removed: list[str] = []
        self.takes_late = False

    async def list_rooms(self, _request: object) -> api.ListRoomsResponse:
        return api.ListRoomsResponse(rooms=[api.Room(name=self.name)])

    async def list_participants(self, _request: object) -> api.ListParticipantsResponse:
        caller = api.ParticipantInfo(
            identity="caller", joined_at_ms=AGO_MS, metadata='{"tenant": "other"}', attributes={"tenant": "other"}
        )
        return api.ListParticipantsResponse(participants=[caller])

    async def list_dispatch(self, _room: str) -> list[api.AgentDispatch]:
        return list(self.dispatches)

    async def create_dispatch(self, request: api.CreateAgentDispatchRequest) -> api.AgentDispatch:
        self.asked.append(request.metadata)
        if self.takes_late:
            for one in self.dispatches:
                one.state.jobs.append(api.Job(id="late"))
        return api.AgentDispatch(id="fresh", agent_name=request.agent_name)

    async def delete_dispatch(self, dispatch_id: str, _room: str) -> None:
        self.removed.append(dispatch_id)


class Watching:
    """Looks once at a room."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self._database, self._clock = database, clock

    async def look(self, server: Server, unsigned: str = "default-tenant") -> list[str]:
        """The metadata of the agents that were asked for."""
        trust = Trust(KEYRING, "demo", unsigned)
        watch = DispatchWatch(cast("api.LiveKitAPI", server), self._database, Metrics(), trust, self._clock)
        await watch.round()
        return server.asked

    async def grant(self, room: str, unsigned: str = "default-tenant") -> Grant | None:
        """What was signed for a room nobody arranged."""
        asked = await self.look(Server(room), unsigned)
        return read_metadata(KEYRING, asked[0], room=room, now=self._clock.now()) if asked else None


@pytest.fixture
def watching(database: Database, clock: FixedClock) -> Watching:
    return Watching(database, clock)


@pytest.mark.parametrize("room", ["plain", "nobody~room", "~room"])
@pytest.mark.usefixtures("other_identity")
async def test_a_room_nobody_arranged_gets_the_default_tenant_for_a_nameless_caller(
    room: str, watching: Watching, identity: Identity
) -> None:
    grant = await watching.grant(room)
    assert grant is not None
    assert (grant.tenant_id, grant.tenant_slug, grant.room) == (identity.tenant_id, "demo", room)
    assert (grant.user_id, grant.persona) == (None, "")


@pytest.mark.usefixtures("identity")
async def test_another_tenants_name_before_a_room_opens_that_tenant_to_nobody(
    watching: Watching, other_identity: Identity
) -> None:
    room = room_of_tenant("made-up", "other", default="demo")
    assert await watching.grant(room) is None
    grant = await watching.grant(room, "any-tenant")
    assert grant is not None
    assert grant.tenant_id == other_identity.tenant_id


@pytest.mark.usefixtures("identity")
async def test_a_room_its_tenant_has_held_calls_in_is_served_again(
    watching: Watching, other_identity: Identity, database: Database, clock: FixedClock
) -> None:
    room = room_of_tenant("desk", "other", default="demo")
    held = NewConversation(new_id(), None, "web", "en", room, clock.now())
    async with database.transaction(other_identity) as connection:
        await conversations.begin(connection, other_identity, held)
    for unsigned in ("default-tenant", "none"):
        grant = await watching.grant(room, unsigned)
        assert grant is not None
        assert grant.tenant_id == other_identity.tenant_id


@pytest.mark.usefixtures("identity")
async def test_where_nothing_unsigned_is_allowed_no_strangers_room_is_served(watching: Watching) -> None:
    assert await watching.grant("plain", "none") is None


@pytest.mark.parametrize("metadata", ["", '{"tenant": "other"}', '{"grant": "forged"}', "signed"])
async def test_a_dispatch_is_repeated_as_it_is_for_the_worker_to_judge(
    metadata: str, watching: Watching, identity: Identity, clock: FixedClock
) -> None:
    if metadata == "signed":
        ends = clock.now() + timedelta(hours=24)
        grant = Grant(identity.tenant_id, "demo", "room", user_id=identity.user_id, room="r", expires_at=ends)
        metadata = write_metadata(KEYRING, grant)
    waiting = api.AgentDispatch(id="a", agent_name="voiceloop", metadata=metadata)
    assert await watching.look(Server("r", waiting)) == [metadata]


@pytest.mark.usefixtures("identity")
@pytest.mark.parametrize(("takes_late", "removed"), [(True, ["fresh"]), (False, ["a"])])
async def test_a_busy_worker_that_took_the_first_one_after_all_keeps_its_call(
    watching: Watching, takes_late: bool, removed: list[str]
) -> None:
    server = Server("r", api.AgentDispatch(id="a", agent_name="voiceloop", metadata="{}"))
    server.takes_late = takes_late
    assert await watching.look(server) == ["{}"]
    assert server.removed == removed


@pytest.mark.parametrize("signed", [True, False])
async def test_no_agent_comes_back_after_its_goodbye(
    signed: bool, watching: Watching, identity: Identity, database: Database, clock: FixedClock
) -> None:
    conversation = NewConversation(new_id(), None, "web", "en", "r", clock.now())
    async with database.transaction(identity) as connection:
        await conversations.begin(connection, identity, conversation)
    ending: dict[str, Any] = {"at": clock.now(), "status": "ended", "reason": "user_initiated", "error_count": 0}
    await conversations.end(database, identity, conversation.id, **ending)
    grant = Grant(identity.tenant_id, "demo", "room", room="r", expires_at=clock.now() + timedelta(hours=24))
    metadata = write_metadata(KEYRING, grant) if signed else ""
    taken = api.AgentDispatch(id="a", agent_name="voiceloop", metadata=metadata)
    taken.state.jobs.append(api.Job())
    taken.state.jobs[0].state.status = api.JobStatus.JS_RUNNING
    assert await watching.look(Server("r", taken)) == []
