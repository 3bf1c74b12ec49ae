"""API keys over HTTP: shown once, never more than their maker may do, gone with the next request."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from store.database import Database
from store.identity import ALL_SCOPES
from store.ids import new_id
from store.policy import SCOPE_DESCRIPTIONS
from tests.integration.ingest.conftest import Sidecar, make_key


async def call(client: aiohttp.ClientSession, method: str, path: str, **body: Any) -> tuple[int, Any]:
    async with client.request(method, path, json=body or None) as response:
        return response.status, await response.json() if response.status != 204 else None


async def make(client: aiohttp.ClientSession, *scopes: str, **more: Any) -> dict[str, Any]:
    status, answer = await call(client, "POST", "/api/keys", name="key", scopes=list(scopes), **more)
    assert status == 201, answer
    return answer


async def test_a_key_is_shown_once_and_works(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    made = await make(client, "documents:read", expires_at="2026-12-01T00:00:00+01:00")
    key = made.pop("key")
    assert made["hint"] == key[:8]
    assert made["user"] == {"id": str(sidecar.identity.user_id), "name": "demo owner"}
    assert made["expires_at"] == "2026-11-30T23:00:00Z"
    assert await call(client, "GET", f"/api/keys/{made['id']}") == (200, made)
    async with client.get("/api/keys") as response:
        text = await response.text()
    assert made["id"] in text
    assert key not in text
    async with sidecar.client(key) as program:
        assert (await call(program, "GET", "/api/files"))[0] == 200
        assert (await call(program, "GET", "/api/me"))[1]["scopes"] == ["documents:read"]
        assert (await call(program, "GET", "/api/keys"))[1]["code"] == "missing_scope"


async def test_no_idempotency_key_keeps_a_key(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    body = {"name": "key", "scopes": ["calls"]}
    async with client.post("/api/keys", json=body, headers={"Idempotency-Key": "once"}) as response:
        key = (await response.json())["key"]
    async with database.transaction(sidecar.identity) as connection:
        for table in ("idempotent_answers", "api_keys", "audit_entries"):
            rows = await (await connection.execute(f"SELECT * FROM {table}".encode())).fetchall()
            assert key not in str(rows), table


async def test_a_key_makes_no_key_that_may_do_more(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    small = await make_key(database, sidecar.identity, frozenset({"keys:write", "keys:read", "calls"}))
    async with sidecar.client(small) as program:
        status, answer = await call(program, "POST", "/api/keys", name="k", scopes=["calls", "members:write"])
        assert (status, answer["code"]) == (403, "scope_not_held")
        assert "members:write" in answer["detail"]
        made = await make(program, "calls", "keys:write")
        assert made["scopes"] == ["calls", "keys:write"]
        status, answer = await call(program, "PATCH", f"/api/keys/{made['id']}", scopes=["documents:write"])
        assert (status, answer["code"]) == (403, "scope_not_held")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scopes": []}, "invalid"),
        ({"scopes": ["everything"]}, "unknown_scope"),
        ({"name": "  "}, "invalid_name"),
        ({"name": "a\nb"}, "invalid_name"),
        ({"expires_at": "2026-11-21T08:59:59Z"}, "invalid_expiry"),
        ({"expires_at": "2026-12-01T00:00:00"}, "invalid"),
        ({"expires_at": "9999-12-31T23:59:59-23:59"}, "invalid_expiry"),
        ({"user_id": "somebody"}, "invalid"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_makes_no_sense_is_refused(client: aiohttp.ClientSession, change: dict[str, Any], code: str) -> None:
    status, answer = await call(client, "POST", "/api/keys", **{"name": "k", "scopes": ["calls"], **change})
    assert (status, answer["code"]) == (422, code)


async def test_the_way_of_a_key(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    made = await make(client, "calls", "documents:read", expires_at="2027-01-01T00:00:00Z")
    path = f"/api/keys/{made['id']}"
    status, changed = await call(client, "PATCH", path, name="less", scopes=["documents:read"], expires_at=None)
    assert (status, changed["name"], changed["scopes"], changed["expires_at"]) == (
        200,
        "less",
        ["documents:read"],
        None,
    )
    async with sidecar.client(made["key"]) as program:
        assert (await call(program, "GET", "/api/me"))[1]["scopes"] == ["documents:read"]
        assert (await call(client, "DELETE", path))[0] == 204
        assert (await call(program, "GET", "/api/me"))[0] == 401
        listed = [item["id"] for item in (await call(client, "GET", "/api/keys"))[1]["items"]]
        assert made["id"] not in listed
        _, revoked = await call(client, "GET", "/api/keys?deleted=true")
        assert [item["id"] for item in revoked["items"]] == [made["id"]]
        assert (await call(client, "PATCH", path, name="x"))[1]["code"] == "key_revoked"
        assert (await call(client, "POST", f"{path}/restore"))[1]["revoked_at"] is None
        assert (await call(program, "GET", "/api/me"))[0] == 200
        assert (await call(client, "DELETE", f"{path}?purge=true"))[0] == 204
        assert (await call(program, "GET", "/api/me"))[0] == 401
    assert (await call(client, "POST", f"{path}/restore"))[0] == 404


async def test_keys_of_another_tenant_are_unknown(
    client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    made = await make(client, "calls")
    for method, path, body in (
        ("GET", "", {}),
        ("PATCH", "", {"name": "Eve"}),
        ("DELETE", "", {}),
        ("DELETE", "?purge=true", {}),
        ("POST", "/restore", {}),
    ):
        theirs = await call(stranger, method, f"/api/keys/{made['id']}{path}", **body)
        nobodys = await call(stranger, method, f"/api/keys/{new_id()}{path}", **body)
        assert theirs[0] == nobodys[0] == 404
        assert (theirs[1]["code"], theirs[1]["detail"]) == (nobodys[1]["code"], nobodys[1]["detail"])
    assert (await call(client, "GET", f"/api/keys/{made['id']}"))[1]["name"] == "key"


async def test_the_scopes_to_give_are_those_one_holds(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    _, answer = await call(client, "GET", "/api/keys/scopes")
    assert {item["scope"] for item in answer["items"]} == ALL_SCOPES - {"tenants"}
    small = await make_key(database, sidecar.identity, frozenset({"keys:read", "calls"}))
    async with sidecar.client(small) as program:
        _, answer = await call(program, "GET", "/api/keys/scopes")
    assert answer == {
        "items": [
            {"scope": "calls", "description": SCOPE_DESCRIPTIONS["calls"]},
            {"scope": "keys:read", "description": SCOPE_DESCRIPTIONS["keys:read"]},
        ],
        "next_cursor": None,
    }
