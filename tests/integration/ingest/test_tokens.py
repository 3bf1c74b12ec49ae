"""What a token for a call may say of its holder, and who is in the room already."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import aiohttp
import pytest
from livekit import api as livekit_api
from livekit.api.twirp_client import TwirpError

from ingest.keys import LIVEKIT
from tests.integration.ingest.conftest import Sidecar


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
