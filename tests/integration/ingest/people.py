"""People with passwords, browsers and programs that sign in: for tests of accounts."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import aiohttp
import argon2

from store.database import Database
from store.identity import Identity
from store.ids import new_id
from store.passwords import set_password
from store.policy import scopes_of_role
from tests.integration.ingest.conftest import Sidecar

PASSWORD = "correct horse battery"
AS_PAGE = {"X-VoiceLoop": "1"}
AS_BROWSER = {"Accept": "text/html,*/*;q=0.8"}


@cache
def hash_of(password: str) -> str:
    return argon2.PasswordHasher().hash(password)


async def make_person(
    database: Database,
    identity: Identity,
    email: str = "ada@demo.test",
    *,
    password: str | None = PASSWORD,
    role: str = "editor",
) -> Identity:
    """Somebody in the tenant of ``identity``; without a password when it is None."""
    person = replace(identity, user_id=new_id(), role=role, scopes=scopes_of_role(role), name="Ada")
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, 'Ada', %s)",
            (person.user_id, identity.tenant_id, email, role),
        )
        if password is not None:
            cursor = await connection.execute("SELECT '2026-01-01T00:00:00Z'::timestamptz AS at")
            [row] = await cursor.fetchall()
            assert person.user_id is not None
            await set_password(connection, identity, person.user_id, hash_of(password), row["at"])
    return person


async def send(sidecar: Sidecar, path: str, body: object = None, *, bearer: str = "") -> tuple[int, dict[str, Any]]:
    """POST without cookies; the status and the JSON answer."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    async with (
        aiohttp.ClientSession(sidecar.url, headers=headers) as session,
        session.post(path, json=body if body is not None else {}) as response,
    ):
        text = await response.read()
        return response.status, (await response.json(content_type=None)) if text else {}


async def login(sidecar: Sidecar, email: str = "ada@demo.test", password: str = PASSWORD) -> dict[str, Any]:
    """A program's first pair of tokens."""
    status, pair = await send(sidecar, "/api/auth/login", {"email": email, "password": password})
    assert status == 200, pair
    return pair


async def status_of_me(sidecar: Sidecar, bearer: str) -> int:
    async with sidecar.client(bearer) as client, client.get("/api/me") as response:
        return response.status


def browser(sidecar: Sidecar) -> aiohttp.ClientSession:
    """A browser that sends what our own page sends."""
    return aiohttp.ClientSession(
        sidecar.url, cookie_jar=aiohttp.CookieJar(unsafe=True), headers={**AS_PAGE, "Origin": sidecar.url}
    )


async def sign_in_page(
    sidecar: Sidecar, email: str = "ada@demo.test", password: str = PASSWORD
) -> aiohttp.ClientSession:
    """A browser in which somebody has signed in; the caller closes it."""
    page = browser(sidecar)
    async with page.post("/api/auth/session", json={"email": email, "password": password}) as response:
        assert response.status == 200, await response.text()
    return page


async def count(database: Database, identity: Identity, query: bytes) -> int:
    """The number a query ``SELECT count(*) AS n ...`` gives in the identity's tenant."""
    async with database.transaction(identity) as connection:
        row = await (await connection.execute(query)).fetchone()
    assert row is not None
    return int(row["n"])
