"""Tenants over HTTP: the operator founds, limits, deletes, restores; everybody else sees and names their own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from ingest.keys import CREDENTIALS
from store.database import Database
from store.identity import ALL_SCOPES, Identity
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar, make_key
from tests.integration.ingest.people import login, make_person, send, status_of_me

NEW = {"slug": "harbour", "name": "Harbour", "timezone": "Asia/Tokyo", "owner_email": "kim@harbour.test"}


async def ask(
    client: aiohttp.ClientSession, method: str, path: str = "", body: object = None
) -> tuple[int, dict[str, Any]]:
    async with client.request(method, f"/api/tenants{path}", json=body) as response:
        text = await response.read()
        return response.status, json.loads(text) if text else {}


@pytest.fixture
async def operator(sidecar: Sidecar, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    """The owner of the tenant demo, which operates the installation."""
    async with database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (sidecar.identity.tenant_id,))
    sidecar.app[CREDENTIALS].forget_all()
    async with sidecar.client() as client:
        yield client


async def test_a_tenant_is_founded_with_all_it_needs(sidecar: Sidecar, operator: aiohttp.ClientSession) -> None:
    status, made = await ask(operator, "POST", "", NEW)
    assert status == 201, made
    assert (made["slug"], made["timezone"], made["operates"]) == ("harbour", "Asia/Tokyo", False)
    assert made["owner"]["email"] == "kim@harbour.test"
    token = made["invitation_url"].partition("/welcome#")[2]
    accept = {"token": token, "password": "a long enough one"}
    assert await send(sidecar, "/api/auth/invitations/accept", accept) == (
        200,
        {"email": "kim@harbour.test", "tenant": {"slug": "harbour", "name": "Harbour"}},
    )
    pair = await login(sidecar, "kim@harbour.test", "a long enough one")
    async with sidecar.client(pair["access_token"]) as owner:
        async with owner.get("/api/me") as response:
            me = await response.json()
        assert (me["user"]["role"], me["tenant"]["slug"]) == ("owner", "harbour")
        assert set(me["scopes"]) == ALL_SCOPES - {"tenants"}
        async with owner.get("/api/personas") as response:
            personas = (await response.json())["items"]
        assert [one["slug"] for one in personas if one["is_default"]] == ["assistant"]
        async with owner.get(f"/api/personas/{personas[0]['id']}/versions") as response:
            assert [one["version"] for one in (await response.json())["items"]] == [1]
        async with owner.get("/api/calendar/events?from=2026-11-21T00:00&to=2026-11-22T00:00") as response:
            assert response.status == 200
        [seen] = (await ask(owner, "GET"))[1]["items"]
        assert (seen["id"], seen["usage"]["users"]) == (made["id"], 1)


async def test_the_owner_is_mailed_their_invitation_and_the_founder_is_written_down(
    database: Database, sidecar: Sidecar, operator: aiohttp.ClientSession
) -> None:
    _, made = await ask(operator, "POST", "", NEW)
    founded = Identity(made["id"], None, "")
    async with database.transaction(founded) as connection:
        mails = await (await connection.execute("SELECT to_address FROM mails")).fetchall()
        theirs = await (await connection.execute("SELECT actor_user_id, actor_role FROM audit_entries")).fetchall()
    assert mails == [{"to_address": "kim@harbour.test"}]
    assert {tuple(row.values()) for row in theirs} == {(None, "operator")}
    async with database.transaction(sidecar.identity) as connection:
        ours = await (
            await connection.execute(
                "SELECT actor_user_id, channel FROM audit_entries WHERE action = 'tenant.created' AND resource_id = %s",
                (made["id"],),
            )
        ).fetchall()
    assert ours == [{"actor_user_id": sidecar.identity.user_id, "channel": "http"}]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"slug": "demo"}, 409, "slug_taken"),
        ({"slug": "api"}, 422, "reserved_slug"),
        ({"slug": "a~b"}, 422, "invalid"),
        ({"slug": "Harbour"}, 422, "invalid"),
        ({"slug": "harbour\n"}, 422, "invalid"),
        ({"timezone": "Mars/Base"}, 422, "invalid"),
        ({"owner_email": "nobody"}, 422, "invalid_email"),
        ({"owner_name": "two\nlines"}, 422, "invalid_name"),
        ({"name": ""}, 422, "invalid"),
        ({"operates": True}, 422, "invalid"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
async def test_nothing_half_made_stays(
    operator: aiohttp.ClientSession, change: dict[str, Any], status: int, code: str
) -> None:
    answer, problem = await ask(operator, "POST", "", {**NEW, **change})
    assert (answer, problem["code"]) == (status, code)
    assert sorted(one["slug"] for one in (await ask(operator, "GET"))[1]["items"]) == ["demo", "other"]
    assert (await ask(operator, "POST", "", NEW))[0] == 201


async def test_of_two_who_found_the_same_tenant_one_does(operator: aiohttp.ClientSession) -> None:
    answers = await asyncio.gather(*(ask(operator, "POST", "", NEW) for _ in range(3)))
    assert sorted(status for status, _ in answers) == [201, 409, 409]


async def test_the_answer_with_the_invitation_is_not_kept(database: Database, operator: aiohttp.ClientSession) -> None:
    async with operator.post("/api/tenants", json=NEW, headers={"Idempotency-Key": "once"}) as response:
        assert response.status == 201
    async with operator.post("/api/tenants", json=NEW, headers={"Idempotency-Key": "once"}) as response:
        assert response.status == 409


async def test_limits_are_the_operators(operator: aiohttp.ClientSession, stranger: aiohttp.ClientSession) -> None:
    [mine] = (await ask(stranger, "GET"))[1]["items"]
    path = f"/{mine['id']}"
    _, changed = await ask(stranger, "PATCH", path, {"name": "Theirs", "timezone": "UTC"})
    assert (changed["name"], changed["timezone"], changed["calls_limit"]) == ("Theirs", "UTC", 50)
    status, problem = await ask(stranger, "PATCH", path, {"calls_limit": 1000})
    assert (status, problem["code"]) == (403, "missing_scope")
    limits = {"calls_limit": 2, "minutes_limit": None, "storage_limit_bytes": 2**50, "requests_limit": 100}
    _, changed = await ask(operator, "PATCH", path, limits)
    assert {name: changed[name] for name in limits} == limits
    _, usage = await ask(stranger, "GET", f"{path}/usage")
    assert usage == {
        **limits,
        "storage_bytes": 0,
        "minutes": 0.0,
        "calls": 0,
        "users": 1,
        "documents": 0,
        "period_start": "2026-11-01T00:00:00Z",
    }
    for wrong in ({"calls_limit": -1}, {"requests_limit": 0}, {"minutes_limit": 2**31}, {"storage_limit_bytes": 2**63}):
        assert (await ask(operator, "PATCH", path, wrong))[0] == 422
    assert (await ask(operator, "PATCH", path, {"name": None}))[0] == 422


async def test_a_key_that_only_talks_learns_nothing_of_use_and_limits(
    sidecar: Sidecar, database: Database, operator: aiohttp.ClientSession
) -> None:
    path = f"/{sidecar.identity.tenant_id}"
    for scopes, expected in (({"calls"}, 403), ({"members:read"}, 200)):
        async with sidecar.client(await make_key(database, sidecar.identity, frozenset(scopes))) as program:
            assert [(await ask(program, "GET", rest))[0] for rest in ("", path, f"{path}/usage")] == [expected] * 3


async def test_the_scope_tenants_alone_changes_any_tenant(
    sidecar: Sidecar, database: Database, other_identity: Identity, operator: aiohttp.ClientSession
) -> None:
    key = await make_key(database, sidecar.identity, frozenset({"tenants"}))
    async with sidecar.client(key) as program:
        assert len((await ask(program, "GET"))[1]["items"]) == 2
        for tenant_id in (sidecar.identity.tenant_id, other_identity.tenant_id):
            status, changed = await ask(program, "PATCH", f"/{tenant_id}", {"name": "New", "calls_limit": 7})
            assert (status, changed.get("name"), changed.get("calls_limit")) == (200, "New", 7)
        assert (await ask(program, "PATCH", f"/{sidecar.identity.tenant_id}", {"name": "Newer"}))[1]["name"] == "Newer"


async def test_another_tenant_is_as_unknown_as_none(
    sidecar: Sidecar, operator: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    for method, rest, body in (
        ("GET", "", None),
        ("GET", "/usage", None),
        ("PATCH", "", {"name": "X"}),
        ("PATCH", "", {"calls_limit": 1}),
    ):
        theirs = await ask(stranger, method, f"/{sidecar.identity.tenant_id}{rest}", body)
        nobodys = await ask(stranger, method, f"/{new_id()}{rest}", body)
        assert theirs[0] == nobodys[0] == 404
        assert {**theirs[1], "request_id": ""} == {**nobodys[1], "request_id": ""}
    for method, rest in (("DELETE", ""), ("DELETE", "?purge=true"), ("POST", "/restore")):
        answer = await ask(stranger, method, f"/{sidecar.identity.tenant_id}{rest}")
        assert (answer[0], answer[1]["code"]) == (403, "missing_scope")
    assert (await ask(stranger, "POST", "", NEW))[0] == 403


@pytest.mark.parametrize("role", ["admin", "editor", "viewer", "agent"])
async def test_only_an_owner_of_the_operating_tenant_operates(
    sidecar: Sidecar, database: Database, operator: aiohttp.ClientSession, role: str
) -> None:
    person = await make_person(database, sidecar.identity, f"{role}@demo.test", password=None, role=role)
    key = await make_key(database, person, ALL_SCOPES)
    async with sidecar.client(key) as client:
        status, found = await ask(client, "GET")
        seen = [one["slug"] for one in found["items"]] if status == 200 else [found["code"]]
        assert seen == (["demo"] if role in {"admin", "editor"} else ["missing_scope"])
        assert (await ask(client, "POST", "", NEW))[0] == 403
        assert (await ask(client, "DELETE", f"/{new_id()}"))[0] == 403


async def test_all_credentials_of_a_deleted_tenant_fail_until_it_is_back(
    sidecar: Sidecar, database: Database, other_identity: Identity, operator: aiohttp.ClientSession
) -> None:
    await make_person(database, other_identity, "eve@other.test")
    pair = await login(sidecar, "eve@other.test")
    path = f"/{other_identity.tenant_id}"
    tokens = (sidecar.other_key, pair["access_token"])
    assert [await status_of_me(sidecar, token) for token in tokens] == [200, 200]
    assert await ask(operator, "DELETE", path) == (204, {})
    assert [await status_of_me(sidecar, token) for token in tokens] == [401, 401]
    signing_in = await send(
        sidecar, "/api/auth/login", {"email": "eve@other.test", "password": "correct horse battery"}
    )
    refreshing = await send(sidecar, "/api/auth/refresh", {"refresh_token": pair["refresh_token"]})
    assert (signing_in[0], refreshing[0]) == (401, 401)
    assert [one["slug"] for one in (await ask(operator, "GET", "?deleted=true"))[1]["items"]] == ["other"]
    status, problem = await ask(operator, "POST", "", {**NEW, "slug": "other"})
    assert (status, problem["code"]) == (409, "slug_taken")
    assert (await ask(operator, "POST", f"{path}/restore"))[1]["deleted_at"] is None
    assert await status_of_me(sidecar, sidecar.other_key) == 200


async def test_the_operating_tenant_cannot_be_deleted(sidecar: Sidecar, operator: aiohttp.ClientSession) -> None:
    for rest in ("", "?purge=true"):
        status, problem = await ask(operator, "DELETE", f"/{sidecar.identity.tenant_id}{rest}")
        assert (status, problem["code"]) == (409, "operating_tenant")
