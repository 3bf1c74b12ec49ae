"""What goes beside the route table: live events, stored files, queued jobs, repeated requests, room tokens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest

from ingest.documents.pulse import Work
from ingest.keys import CLOCK, DATABASE, FILES, KEYRING, SETTINGS
from store.errors import NotFound
from store.grants import read_metadata
from store.identity import Identity
from store.ids import new_id
from store.seal import SealBroken
from tests.integration.ingest.conftest import Sidecar, make_stages
from tests.integration.isolation.estate import CANARY, Estate

LUNCH = {"summary": "Lunch", "start": "2026-11-24T12:00:00Z"}


async def _next_event(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    while True:
        line = (await stream.content.readline()).decode()
        if line.startswith("data: "):
            return json.loads(line.removeprefix("data: "))


async def test_nobody_hears_live_what_another_tenant_does(
    estate: Estate,
    client: aiohttp.ClientSession,
    stranger: aiohttp.ClientSession,
) -> None:
    async with client.get("/api/events") as ours, stranger.get("/api/events") as theirs:
        async with client.post("/api/calendar/events", json=LUNCH | {"summary": CANARY}) as response:
            made = (await response.json())["id"]
        async with client.delete(f"/api/files/{estate.ids['documents']}") as response:
            assert response.status == 204
        heard = [await _next_event(ours), await _next_event(ours)]
        assert [one["type"] for one in heard] == ["event.booked", "document.deleted"]
        assert made in str(heard)
        async with stranger.post("/api/calendar/events", json=LUNCH) as response:
            own = (await response.json())["id"]
        first = await _next_event(theirs)  # nothing came before it
        assert (first["type"], first["id"]) == ("event.booked", own)
        assert CANARY not in str(first)


async def test_a_repeated_requests_answer_is_not_for_another_tenant_with_the_same_key(
    estate: Estate,
    client: aiohttp.ClientSession,
    stranger: aiohttp.ClientSession,
) -> None:
    key = {"Idempotency-Key": "the same for both"}
    async with client.post("/api/calendar/events", json=LUNCH, headers=key) as response:
        ours = await response.json()
    async with stranger.post("/api/calendar/events", json=LUNCH, headers=key) as response:
        theirs = await response.json()
        assert response.status == 201
        assert "Idempotent-Replayed" not in response.headers
    assert ours["id"] != theirs["id"]
    assert ours["calendar_id"] != theirs["calendar_id"]


async def test_a_stored_file_opens_under_its_own_tenants_name_only(estate: Estate, other_identity: Identity) -> None:
    files, root = estate.sidecar.app[FILES], Path(estate.sidecar.app[SETTINGS].files)
    for stolen in estate.files():
        key = files.key(other_identity.tenant_id, new_id())
        with pytest.raises(NotFound):
            await files.read(files.key(other_identity.tenant_id, estate.ids["documents"]))
        target = root / key
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(stolen.read_bytes())
        with pytest.raises(SealBroken):
            await files.read(key)
    assert len(estate.files()) == 4  # two uploads, a document with a page to look at, and an attached file


async def _queued(sidecar: Sidecar) -> list[dict[str, Any]]:
    async with sidecar.app[DATABASE].system() as connection:
        cursor = await connection.execute("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo'")
        return [row for row in await cursor.fetchall() if "document_id" in row["args"]]


async def test_a_job_run_as_another_tenant_does_nothing(estate: Estate, other_identity: Identity) -> None:
    sidecar = estate.sidecar
    before, queued = estate.fingerprint(), await _queued(sidecar)
    assert len(queued) == 1
    stages = make_stages(sidecar.app)
    for job in queued:
        work = Work(other_identity, job["args"]["job_id"], job["args"]["document_id"])
        await stages.run(job["task_name"], work)
        await stages.give_up(work, NotFound("Nothing."))
    assert estate.fingerprint() == before


def _naming(tenant: str) -> list[dict[str, Any]]:
    """Every place of a token request in which somebody could write another tenant's name."""
    metadata = json.dumps({"tenant": tenant})
    agents = [{"agent_name": "voiceloop", "metadata": metadata}]
    return [
        {"participant_metadata": metadata},
        {"participant_attributes": {"tenant": tenant}},
        {"participant_name": tenant, "participant_identity": None},
        {"room_config": {"agents": agents, "metadata": metadata, "name": f"{tenant}-desk"}},
        {"room_name": "desk", "metadata": metadata, "tenant": tenant, "tenant_id": tenant},
        {"room_name": f"{tenant}-desk"},
    ]


async def test_a_room_token_is_for_ones_own_rooms_whatever_it_asks_for(
    estate: Estate,
    stranger: aiohttp.ClientSession,
    other_identity: Identity,
) -> None:
    app = estate.sidecar.app
    async with estate.client.post("/api/token", json={"room_name": "desk"}) as response:
        our_room = (await response.json())["room_name"]
    for tenant in ("demo", str(estate.owner.tenant_id)):
        for wanted in [*_naming(tenant), {"room_name": our_room}]:
            async with stranger.post("/api/token", json=wanted) as response:
                assert response.status == 201, await response.text()
                answer = await response.json()
            claims = jwt.decode(answer["participant_token"], options={"verify_signature": False})
            room = claims["video"]["room"]
            assert room.startswith("other")
            assert room != our_room
            (agent,) = claims["roomConfig"]["agents"]
            grant = read_metadata(app[KEYRING], agent["metadata"], room=room, now=app[CLOCK].now())
            assert grant is not None
            assert (grant.tenant_id, grant.user_id) == (other_identity.tenant_id, other_identity.user_id)


async def test_anothers_room_and_persona_cannot_be_asked_for(
    estate: Estate,
    stranger: aiohttp.ClientSession,
) -> None:
    persona = {"persona": estate.slug}, {"persona": "nobodys-persona"}
    answers: list[tuple[int, str]] = []
    for wanted in persona:
        async with stranger.post("/api/token", json=wanted) as response:
            problem = await response.json()
            answers.append((response.status, problem["detail"].replace(wanted["persona"], "X")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    async with stranger.post("/api/token", json={"room_name": "demo--desk"}) as response:
        assert response.status in {201, 422}
        assert response.status == 422 or (await response.json())["room_name"].startswith("other")
