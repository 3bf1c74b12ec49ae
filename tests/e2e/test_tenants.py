"""Whose call it is stands in signed metadata alone: nothing a participant says, sends, edits or copies changes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import jwt
import psycopg
import pytest
from livekit import api, rtc

from store.access import hash_of_secret, new_secret
from store.ids import new_id
from tests.e2e.caller import Caller
from tests.e2e.conftest import Join
from tests.e2e.stack import Stack, eventually

OTHER = "other"
CLAIM = json.dumps({"tenant": OTHER, "persona": "assistant"})


@dataclass(frozen=True)
class Neighbour:
    """Another tenant of the same installation, with a person and a persona of its own."""

    tenant_id: str
    key: str


@pytest.fixture(scope="session")
def neighbour(stack: Stack) -> Neighbour:
    tenant, user, key = new_id(), new_id(), new_secret("vl_")
    with psycopg.connect(stack.database_url) as connection:
        connection.execute("INSERT INTO tenants (id, slug, name) VALUES (%s, %s, 'Other')", (tenant, OTHER))
        connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, 'o@other.test', 'Olga', 'owner')",
            (user, tenant),
        )
        connection.execute(
            "INSERT INTO personas (id, tenant_id, slug, name, prompt, greeting, is_default) "
            "VALUES (%s, %s, 'assistant', 'Other', 'You help.', 'Neighbour here.', true)",
            (new_id(), tenant),
        )
        connection.execute(
            "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, scopes) VALUES (%s, %s, %s, 'k', %s, %s)",
            (new_id(), tenant, user, hash_of_secret(key), ["calls"]),
        )
    return Neighbour(str(tenant), key)


@pytest.fixture
async def livekit(stack: Stack) -> AsyncIterator[api.LiveKitAPI]:
    """The media server as its operator reaches it."""
    client = api.LiveKitAPI(stack.livekit_url.replace("ws", "http", 1), stack.livekit_key, stack.livekit_secret)
    yield client
    await client.aclose()  # pyright: ignore[reportUnknownMemberType]


def tenants_of(stack: Stack, room: str) -> list[str]:
    """The tenants that have a conversation in the room, read past every wall."""
    with psycopg.connect(stack.database_url) as connection:
        rows = connection.execute(
            "SELECT t.slug FROM conversations c JOIN tenants t ON t.id = c.tenant_id WHERE c.room_name = %s", (room,)
        ).fetchall()
    return [row[0] for row in rows]


def token_of_neighbour(stack: Stack, neighbour: Neighbour, room: str) -> dict[str, str]:
    body = json.dumps({"room_name": room}).encode()
    request = Request(stack.url + "/api/token", data=body, method="POST")
    request.add_header("Authorization", f"Bearer {neighbour.key}")
    request.add_header("Content-Type", "application/json")
    with urlopen(request, timeout=30) as response:
        return json.load(response)


def metadata_in(token: str) -> str:
    """The dispatch's metadata, which every holder of a token can read."""
    return jwt.decode(token, options={"verify_signature": False})["roomConfig"]["agents"][0]["metadata"]


async def hears_only(caller: Caller, sentence: str) -> None:
    """The assistant says the sentence, and then the room is gone."""
    await caller.wait_for_transcript(sentence, by_agent=True, within_s=60)
    gone = rtc.ConnectionState.CONN_DISCONNECTED
    await caller.until(lambda: caller.room.connection_state == gone, 20, "end of the room")


async def test_a_participant_who_claims_another_tenant_stays_where_the_token_put_them(
    stack: Stack, join: Join, neighbour: Neighbour, livekit: api.LiveKitAPI
) -> None:
    assert neighbour.tenant_id
    caller = await join(greeted=False)
    me = caller.room.local_participant
    for edit in (
        me.set_metadata(CLAIM),
        me.set_attributes({"tenant": OTHER, "voiceloop.tenant": OTHER}),
        me.set_name(OTHER),
    ):
        await asyncio.wait({asyncio.ensure_future(edit)}, timeout=8)  # refused, or never answered
    await caller.wait_until_listening(within_s=60)
    request = api.RoomParticipantIdentity(room=caller.room_name, identity=me.identity)
    kept = await livekit.room.get_participant(request)
    assert (kept.metadata, dict(kept.attributes)) == ("", {})
    assert await asyncio.to_thread(tenants_of, stack, caller.room_name) == ["demo"]


async def test_claims_of_a_room_and_its_participants_choose_nothing(
    stack: Stack, join: Join, neighbour: Neighbour, livekit: api.LiveKitAPI
) -> None:
    assert neighbour.tenant_id
    room = f"claims-{uuid4().hex[:8]}"
    await livekit.room.create_room(api.CreateRoomRequest(name=room, metadata=CLAIM, empty_timeout=30))
    token = api.AccessToken(stack.livekit_key, stack.livekit_secret).with_identity("claimant").with_name(OTHER)
    token = token.with_metadata(CLAIM).with_attributes({"tenant": OTHER, "sip.trunkPhoneNumber": "+4930"})
    token = token.with_grants(api.VideoGrants(room_join=True, room=room, can_update_own_metadata=True))
    caller = await join((stack.livekit_url, token.to_jwt()))
    await caller.room.local_participant.set_metadata(CLAIM)  # allowed here, and still nobody reads it
    assert await asyncio.to_thread(tenants_of, stack, room) == ["demo"]


async def test_a_grant_copied_into_another_room_is_refused_with_a_sentence(
    stack: Stack, join: Join, neighbour: Neighbour
) -> None:
    answer = await asyncio.to_thread(token_of_neighbour, stack, neighbour, "theirs")
    room = f"copied-{uuid4().hex[:8]}"
    caller = await join(stack.bare_token(room, dispatch=metadata_in(answer["participant_token"])), greeted=False)
    await hears_only(caller, "can't verify")
    assert await asyncio.to_thread(tenants_of, stack, room) == []


async def test_unsigned_metadata_opens_no_other_tenant(stack: Stack, join: Join, neighbour: Neighbour) -> None:
    assert neighbour.tenant_id
    room = f"unsigned-{uuid4().hex[:8]}"
    caller = await join(stack.bare_token(room, dispatch=CLAIM), greeted=False)
    await hears_only(caller, "can't verify")
    assert await asyncio.to_thread(tenants_of, stack, room) == []


async def test_each_tenants_token_leads_to_its_own_assistant(stack: Stack, join: Join, neighbour: Neighbour) -> None:
    room = f"own-{uuid4().hex[:8]}"
    answer = await asyncio.to_thread(token_of_neighbour, stack, neighbour, room)
    assert answer["room_name"] == f"{OTHER}~{room}"
    caller = await join((answer["server_url"], answer["participant_token"]))
    await caller.wait_for_transcript("Neighbour here", by_agent=True)
    assert await asyncio.to_thread(tenants_of, stack, answer["room_name"]) == [OTHER]


@pytest.mark.parametrize(
    ("service", "request_"),
    [
        ("AgentDispatchService/CreateDispatch", {"agent_name": "voiceloop", "metadata": CLAIM}),
        ("AgentDispatchService/ListDispatch", {}),
        ("RoomService/ListRooms", {}),
        ("RoomService/ListParticipants", {}),
        ("RoomService/UpdateRoomMetadata", {"metadata": CLAIM}),
        ("RoomService/CreateRoom", {"name": "mine"}),
        ("RoomService/UpdateParticipant", {"identity": "me", "metadata": CLAIM}),
    ],
)
async def test_a_participants_token_commands_nothing_of_the_media_server(
    stack: Stack, service: str, request_: dict[str, Any]
) -> None:
    url, token = await asyncio.to_thread(lambda: stack.token(room_name="commands"))
    sent = Request(f"{url.replace('ws', 'http', 1)}/twirp/livekit.{service}", method="POST")
    sent.data = json.dumps({"room": "commands", **request_}).encode()
    sent.add_header("Authorization", f"Bearer {token}")
    sent.add_header("Content-Type", "application/json")
    with pytest.raises(HTTPError) as refused:
        await asyncio.to_thread(urlopen, sent, timeout=10)
    with refused.value as answer:
        assert answer.code in {401, 403}


@contextmanager
def only_lines(stack: Stack, number: int) -> Generator[None]:
    """The tenant demo may hold so many calls at once."""

    def limit(value: int) -> None:
        with psycopg.connect(stack.database_url) as connection:
            connection.execute("UPDATE tenants SET calls_limit = %s WHERE slug = 'demo'", (value,))

    limit(number)
    try:
        yield
    finally:
        limit(50)


async def test_a_caller_beyond_the_last_line_is_told_so_and_let_go(stack: Stack, join: Join) -> None:
    def lines_are_free() -> bool:
        held = "SELECT FROM conversations WHERE status = 'active'"
        kept = "SELECT FROM promised_places WHERE ends_at > now()"
        return not stack.rows(held) and not stack.rows(kept)

    waiting = await asyncio.to_thread(stack.token)  # for which a line is kept, for a while
    await asyncio.to_thread(eventually, lines_are_free, 60.0, "end of other calls, and of what was kept")
    with only_lines(stack, 1):
        await join()
        with pytest.raises(AssertionError, match=r"429 .*calls_limit"):
            await asyncio.to_thread(stack.token)
        second = await join(waiting, greeted=False)
        await hears_only(second, "lines are busy")
        assert await asyncio.to_thread(tenants_of, stack, second.room_name) == []
