"""Who gets in and how: keys, scopes, this machine's page and what its cookie may not do; tokens for calls."""

from __future__ import annotations

import json

import aiohttp
import jwt
import pytest

from store.database import Database
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar, make_key
from tests.integration.ingest.people import AS_BROWSER, status_of_me


async def page_session(sidecar: Sidecar) -> aiohttp.ClientSession:
    """A browser that has opened the page."""
    session = aiohttp.ClientSession(sidecar.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
    async with session.get("/", headers=AS_BROWSER) as response:
        cookie = response.cookies["voiceloop_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    return session


async def test_the_page_on_this_machine_is_the_owner(sidecar: Sidecar) -> None:
    async with await page_session(sidecar) as page, page.get("/api/me") as response:
        me = await response.json()
    assert (me["user"]["role"], me["tenant"]["slug"]) == ("owner", "demo")
    assert me["agent"] == {"name": "voiceloop"}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "csrf_header_missing"),
        ({"X-VoiceLoop": "1"}, "cross_site"),
        ({"X-VoiceLoop": "1", "Origin": "http://127.0.0.1:1"}, "cross_site"),
        ({"X-VoiceLoop": "1", "Origin": "https://evil.example"}, "cross_site"),
        ({"X-VoiceLoop": "1", "Origin": "null"}, "cross_site"),
        ({"X-VoiceLoop": "1", "Origin": "ftp://{host}"}, "cross_site"),
        ({"X-VoiceLoop": "1", "Sec-Fetch-Site": "same-site"}, "cross_site"),
        ({"X-VoiceLoop": "1", "Sec-Fetch-Site": "cross-site"}, "cross_site"),
    ],
)
async def test_a_write_with_the_cookie_needs_the_page_itself(
    sidecar: Sidecar, headers: dict[str, str], code: str
) -> None:
    sent = {name: text.format(host=sidecar.url.removeprefix("http://")) for name, text in headers.items()}
    async with await page_session(sidecar) as page, page.post("/api/token", json={}, headers=sent) as response:
        assert (response.status, (await response.json())["code"]) == (403, code)


async def test_the_page_may_write(sidecar: Sidecar) -> None:
    headers = {"X-VoiceLoop": "1", "Origin": sidecar.url}
    async with await page_session(sidecar) as page, page.post("/api/token", json={}, headers=headers) as response:
        assert response.status == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil@127.0.0.1"},
        {"Host": "127.0.0.1#evil.example"},
        {"X-Forwarded-For": "1.2.3.4"},
        {"Forwarded": "for=1.2.3.4"},
        {"X-Forwarded-Host": "a"},
        {"Via": "1.1 proxy"},
        {"X-Real-IP": "1.2.3.4"},
        {"CF-Connecting-IP": "1.2.3.4"},
        {"True-Client-IP": "1.2.3.4"},
        {"X-Client-IP": "1.2.3.4"},
        {"X-Cluster-Client-IP": "1.2.3.4"},
        {"X-Original-Host": "a"},
    ],
)
async def test_no_session_for_anybody_behind_a_name_or_a_proxy(sidecar: Sidecar, headers: dict[str, str]) -> None:
    opened = {**AS_BROWSER, **headers}
    async with aiohttp.ClientSession(sidecar.url) as session, session.get("/", headers=opened) as response:
        assert response.status == 200
        assert "voiceloop_session" not in response.cookies
    async with await page_session(sidecar) as page, page.get("/api/me", headers=headers) as response:
        assert response.status in {401, 403}


async def test_no_session_for_a_proxy_of_the_old_protocol(sidecar: Sidecar) -> None:
    async with (
        aiohttp.ClientSession(sidecar.url, version=aiohttp.HttpVersion10) as session,
        session.get("/", headers=AS_BROWSER) as response,
    ):
        assert response.status == 200
        assert "voiceloop_session" not in response.cookies


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
async def test_another_site_may_not_even_read_with_the_cookie(sidecar: Sidecar, headers: dict[str, str]) -> None:
    async with await page_session(sidecar) as page, page.get("/api/me", headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (403, "cross_site")


async def test_the_owners_cookie_is_no_bearer_token(sidecar: Sidecar) -> None:
    async with await page_session(sidecar) as page:
        [cookie] = [one.value for one in page.cookie_jar if one.key == "voiceloop_session"]
    assert await status_of_me(sidecar, cookie) == 401
    assert await status_of_me(sidecar, "vl_unknown") == 401


async def test_a_key_does_what_its_scopes_say(sidecar: Sidecar, database: Database) -> None:
    key = await make_key(database, sidecar.identity, frozenset({"documents:read"}))
    async with sidecar.client(key) as client:
        async with client.get("/api/files") as response:
            assert response.status == 200
        async with client.delete(f"/api/files/{new_id()}") as response:
            assert (response.status, (await response.json())["code"]) == (403, "missing_scope")


@pytest.mark.parametrize("path", ["/api/jobs/01a1fd22-17e0-720f-bce3-c59382766190", "/api/events"])
async def test_what_is_told_of_documents_needs_a_scope(sidecar: Sidecar, database: Database, path: str) -> None:
    key = await make_key(database, sidecar.identity, frozenset({"calls"}))
    async with sidecar.client(key) as client, client.get(path) as response:
        assert (response.status, (await response.json())["code"]) == (403, "missing_scope")


async def test_a_token_carries_the_tenant_of_who_asks_whatever_is_sent(sidecar: Sidecar) -> None:
    metadata = json.dumps({"tenant": "demo", "language": "de"})
    sent = {
        "room_name": "my-room",
        "participant_name": "Anna",
        "participant_attributes": {"voiceloop.timezone": "Europe/Paris"},
        "room_config": {"agents": [{"agent_name": "evil", "metadata": metadata}]},
        "unknown": 1,
    }
    for key, tenant, room in ((sidecar.key, "demo", "my-room"), (sidecar.other_key, "other", "other~my-room")):
        async with sidecar.client(key) as client, client.post("/api/token", json=sent) as response:
            assert response.status == 201
            answer = await response.json()
        claims = jwt.decode(answer["participant_token"], "s" * 36, algorithms=["HS256"])
        [agent] = claims["roomConfig"]["agents"]
        assert agent["agentName"] == "voiceloop"
        given = json.loads(agent["metadata"])
        assert (given["tenant"], given["language"]) == (tenant, "de")
        assert claims["video"]["room"] == room
        assert (claims["sub"], claims["name"]) == (answer["participant_identity"], "Anna")
        assert not claims["video"].get("roomAdmin")
        assert not claims["video"].get("roomCreate")
        assert claims["exp"] - claims["nbf"] <= 3600


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"room_name": "other~room"}, 422),
        ({"participant_attributes": {"sip.phoneNumber": "+1"}}, 422),
        ({"persona": "nobody"}, 404),
        ({"language": "x" * 50}, 422),
    ],
)
async def test_tokens_refuse_what_would_mislead(
    client: aiohttp.ClientSession, sent: dict[str, object], status: int
) -> None:
    async with client.post("/api/token", json=sent) as response:
        assert response.status == status


async def test_a_webhook_must_be_signed(client: aiohttp.ClientSession) -> None:
    async with client.post("/api/livekit/webhook", data=b"{}", headers={"Authorization": "nonsense"}) as response:
        assert (response.status, (await response.json())["code"]) == (401, "invalid_signature")
