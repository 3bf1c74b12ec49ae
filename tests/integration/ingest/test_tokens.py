"""What a token for a call may say of its holder, whose call it starts, and who is in the room already."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import jwt
import psycopg
import pytest
from livekit import api as livekit_api
from livekit.api.twirp_client import TwirpError

from ingest.keys import CLOCK, KEYRING, LIVEKIT
from store import workers
from store.database import Database
from store.grants import GrantRefused, read_metadata
from store.workers import Worker
from tests.integration.ingest.conftest import Sidecar
from tests.integration.ingest.people import make_person, sign_in_page


@dataclass
class Rooms:
    """The part of the media server that tells who is in a room."""

    present: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    failure: Exception | None = None

    async def list_participants(
        self, request: livekit_api.ListParticipantsRequest
    ) -> livekit_api.ListParticipantsResponse:
        if self.failure:
            raise self.failure
        if request.room not in self.present:
            raise TwirpError("not_found", "requested room does not exist", status=404)
        people = [livekit_api.ParticipantInfo(identity=name) for name in self.present[request.room]]
        return livekit_api.ListParticipantsResponse(participants=people)


@pytest.fixture
def rooms(sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch) -> Rooms:
    rooms = Rooms()
    monkeypatch.setattr(sidecar.app[LIVEKIT].room, "list_participants", rooms.list_participants)
    return rooms


async def _ask(client: aiohttp.ClientSession, sent: dict[str, object]) -> tuple[int, dict[str, str]]:
    async with client.post("/api/token", json=sent) as response:
        return response.status, await response.json()


def _config(metadata: str) -> dict[str, object]:
    return {"room_config": {"agents": [{"metadata": metadata}]}}


@pytest.mark.parametrize(
    "sent",
    [
        {"participant_identity": "agent-x"},
        {"participant_identity": " Agent-x"},
        {"participant_identity": "   "},
        {"participant_identity": "a\u202eb"},
        {"participant_identity": "a" * 129},
        {"room_name": "a\nb"},
        {"participant_attributes": {"LK.x": "1"}},
        {"participant_attributes": {"VoiceLoop.Tenant": "other"}},
        _config("x" * 4097),
        _config("[" * 4096),
        _config(json.dumps({"language": "x" * 50})),
        _config(json.dumps({"language": 5})),
        _config(json.dumps({"persona": "a" * 201})),
        _config('{"persona": "\\ud800"}'),
    ],
)
@pytest.mark.usefixtures("rooms")
async def test_what_would_mislead_is_refused(client: aiohttp.ClientSession, sent: dict[str, object]) -> None:
    status, _ = await _ask(client, sent)
    assert status == 422


async def test_nobody_takes_the_place_of_a_caller(client: aiohttp.ClientSession, rooms: Rooms) -> None:
    sent: dict[str, object] = {"room_name": "r", "participant_identity": " anna "}
    status, answer = await _ask(client, sent)  # there is no such room yet
    assert (status, answer["participant_identity"]) == (201, "anna")
    rooms.present["r"] = ["bob"]
    assert (await _ask(client, sent))[0] == 201
    rooms.present["r"].append("anna")
    status, problem = await _ask(client, sent)
    assert (status, problem["code"]) == (409, "identity_in_use")
    rooms.failure = aiohttp.ClientConnectionError()
    assert (await _ask(client, sent))[0] == 503
    assert (await _ask(client, {"room_name": "r"}))[0] == 201  # a fresh identity asks nobody


@pytest.mark.usefixtures("rooms")
async def test_metadata_that_is_no_object_of_ours_is_no_hint(client: aiohttp.ClientSession) -> None:
    for metadata in ("", "free text", "[1]", '{"tenant": "other"}'):
        assert (await _ask(client, _config(metadata)))[0] == 201


def _claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def _metadata(token: str) -> str:
    (agent,) = _claims(token)["roomConfig"]["agents"]
    return agent["metadata"]


@pytest.mark.usefixtures("rooms")
async def test_a_token_holds_only_the_grants_of_a_caller(client: aiohttp.ClientSession) -> None:
    _, answer = await _ask(client, {"room_name": "r"})
    assert _claims(answer["participant_token"])["video"] == {
        "roomJoin": True,
        "room": "r",
        "canPublish": True,
        "canPublishSources": ["microphone"],
        "canSubscribe": True,
        "canPublishData": True,
        "canUpdateOwnMetadata": False,
    }


@pytest.mark.usefixtures("rooms")
async def test_the_call_is_signed_for_who_asked_in_this_room(client: aiohttp.ClientSession, sidecar: Sidecar) -> None:
    await sidecar.insert("personas")
    sent = {"room_name": "r", "language": "de", "participant_metadata": '{"tenant": "other"}', "tenant": "other"}
    _, answer = await _ask(client, {**sent, **_config('{"tenant": "other", "user": "x", "grant": "y"}')})
    metadata = _metadata(answer["participant_token"])
    now = sidecar.app[CLOCK].now()
    grant = read_metadata(sidecar.app[KEYRING], metadata, room="r", now=now)
    assert grant is not None
    assert (grant.tenant_id, grant.user_id) == (sidecar.identity.tenant_id, sidecar.identity.user_id)
    assert (grant.kind, grant.room, grant.persona, grant.language) == ("room", "r", "assistant", "de")
    assert grant.expires_at is not None
    assert timedelta(hours=23, minutes=59) < grant.expires_at - now <= timedelta(hours=24)
    shown = json.loads(metadata)
    assert (shown["tenant"], shown["persona"], shown["language"]) == ("demo", "assistant", "de")
    with pytest.raises(GrantRefused):
        read_metadata(sidecar.app[KEYRING], metadata, room="other~r", now=now)


@pytest.mark.usefixtures("rooms")
async def test_no_tenant_gets_a_token_into_anothers_room(sidecar: Sidecar) -> None:
    async with sidecar.client(sidecar.other_key) as theirs:
        _, answer = await _ask(theirs, {"room_name": "r"})
        assert _claims(answer["participant_token"])["video"]["room"] == answer["room_name"] == "other~r"
        for room in ("demo~r", "other~r", "~r", "r~", "~"):
            status, problem = await _ask(theirs, {"room_name": room})
            assert (status, problem["code"]) == (422, "invalid_room_name")
    async with sidecar.client() as mine:
        assert (await _ask(mine, {"room_name": "other~r"}))[0] == 422


@pytest.mark.usefixtures("rooms")
async def test_a_full_tenant_hears_so_before_the_call(
    client: aiohttp.ClientSession, sidecar: Sidecar, fresh_database_url: str
) -> None:
    def limit(column: str, value: int | None) -> None:
        with psycopg.connect(fresh_database_url, autocommit=True) as connection:
            connection.execute(f"UPDATE tenants SET {column} = %s WHERE slug = 'demo'".encode(), (value,))

    limit("calls_limit", 2)
    await sidecar.insert("conversations")
    assert (await _ask(client, {"room_name": "r"}))[0] == 201
    status, problem = await _ask(client, {})  # one call is held, one is about to begin
    assert (status, problem["code"]) == (429, "calls_limit")
    assert (await _ask(client, {"room_name": "r"}))[0] == 201
    limit("calls_limit", None)
    limit("minutes_limit", 0)
    async with client.post("/api/token", json={}) as response:
        assert (response.status, (await response.json())["code"]) == (429, "minutes_limit")
        assert 0 < int(response.headers["Retry-After"]) <= 31 * 86_400
    async with sidecar.client(sidecar.other_key) as theirs:
        assert (await _ask(theirs, {}))[0] == 201


@pytest.mark.usefixtures("rooms")
async def test_the_last_place_goes_to_one_caller_and_the_others_hear_when_to_ask_again(
    sidecar: Sidecar, database: Database
) -> None:
    await workers.beat(database, Worker("w1", "here", capacity=2))

    async def ask(client: aiohttp.ClientSession) -> tuple[int, str, str | None]:
        async with client.post("/api/token", json={}) as response:
            answer = await response.json()
            return response.status, answer.get("code", ""), response.headers.get("Retry-After")

    async with sidecar.client() as mine, sidecar.client(sidecar.other_key) as theirs:
        answers = await asyncio.gather(*(ask(client) for client in (mine, theirs) for _ in range(4)))
        assert sorted(answers, key=str) == sorted([(201, "", None)] * 2 + [(429, "all_busy", "10")] * 6, key=str)
        async with mine.get("/metrics") as response:
            figures = await response.text()
    assert 'voiceloop_calls_refused_total{reason="all_busy"} 6.0' in figures
    assert "voiceloop_call_places 2.0" in figures


@pytest.mark.usefixtures("rooms")
async def test_while_no_worker_is_there_a_caller_may_wait_for_one(client: aiohttp.ClientSession) -> None:
    assert (await _ask(client, {}))[0] == 201


@pytest.mark.usefixtures("rooms")
async def test_somebody_in_the_page_who_asks_again_and_again_keeps_no_line_from_others(
    sidecar: Sidecar, database: Database
) -> None:
    await workers.beat(database, Worker("w1", "here", capacity=2))
    await make_person(database, sidecar.identity)
    async with await sign_in_page(sidecar) as mine, sidecar.client(sidecar.other_key) as theirs:
        for _ in range(4):
            assert (await _ask(mine, {}))[0] == 201
        assert (await _ask(theirs, {}))[0] == 201
