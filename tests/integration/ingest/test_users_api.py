"""People over HTTP: invited by mail and link, listed, changed, deleted, brought back, removed for good."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from ingest.keys import KEYRING
from store.access import hash_of_secret
from store.database import Database
from store.ids import new_id
from store.policy import scopes_of_role
from store.sealed import MAIL_BODY
from tests.integration.ingest.conftest import Sidecar, make_key
from tests.integration.ingest.people import PASSWORD, browser, make_person, sign_in_page

ADA = {"email": "ada@demo.test", "name": "Ada", "role": "editor"}


async def call(client: aiohttp.ClientSession, method: str, path: str, **body: Any) -> tuple[int, Any]:
    async with client.request(method, path, json=body or None) as response:
        return response.status, await response.json() if response.status != 204 else None


async def invite(client: aiohttp.ClientSession, **change: Any) -> dict[str, Any]:
    status, answer = await call(client, "POST", "/api/users", **{**ADA, **change})
    assert status == 201, answer
    return answer


async def ids(client: aiohttp.ClientSession, path: str = "/api/users") -> list[str]:
    return [item["id"] for item in (await call(client, "GET", path))[1]["items"]]


async def as_role(sidecar: Sidecar, database: Database, client: aiohttp.ClientSession, role: str) -> str:
    """A key with all that somebody of this role may do."""
    user = await invite(client, email=f"{role}-{new_id()}@demo.test", role=role)
    status, answer = await call(client, "GET", f"/api/users/{user['id']}")
    assert (status, answer["role"]) == (200, role)
    key = await make_key(database, sidecar.identity, scopes_of_role(role))
    async with database.transaction(sidecar.identity) as connection:
        await connection.execute(
            "UPDATE api_keys SET user_id = %s WHERE key_hash = %s", (user["id"], hash_of_secret(key))
        )
    return key


async def test_an_invitation_is_a_user_a_link_and_a_mail(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    ada = await invite(client)
    address, _, token = ada.pop("invitation_url").partition("#")
    assert address.endswith("/welcome")
    assert (ada["status"], ada["role"], ada["last_sign_in_at"]) == ("invited", "editor", None)
    assert await call(client, "GET", f"/api/users/{ada['id']}") == (200, ada)
    async with database.transaction(sidecar.identity) as connection:
        link = await (await connection.execute("SELECT * FROM account_links")).fetchone()
        mail = await (await connection.execute("SELECT * FROM mails")).fetchone()
    assert link is not None
    assert mail is not None
    assert (link["purpose"], link["token_hash"]) == ("invitation", hash_of_secret(token))
    assert (link["expires_at"] - link["created_at"]).days == 7
    assert (mail["to_address"], mail["subject"]) == ("ada@demo.test", "Invitation to Demo")
    text = MAIL_BODY.open(sidecar.app[KEYRING], sidecar.identity.tenant_id, mail["id"], mail["sealed_body"]).decode()
    assert f"{address}#{token}" in text
    assert "demo owner invites you to Demo on VoiceLoop, as editor." in text
    assert "7 days" in text


async def test_a_name_brings_no_line_into_the_mail(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    for name in ("Ada\nBcc: eve@evil.test", "Ada\u2028Eve", "\x1b[31mAda"):
        status, answer = await call(client, "POST", "/api/users", **{**ADA, "name": name})
        assert (status, answer["code"]) == (422, "invalid_name")
    async with database.transaction(sidecar.identity) as connection:
        await connection.execute("UPDATE tenants SET name = E'Demo\\nBcc: eve@evil.test'")
    await invite(client)
    async with database.transaction(sidecar.identity) as connection:
        mail = await (await connection.execute("SELECT subject FROM mails")).fetchone()
    assert mail == {"subject": "Invitation to Demo Bcc: eve@evil.test"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "nobody"}, "invalid_email"),
        ({"email": "a@b.test\nBcc: c@d.test"}, "invalid_email"),
        ({"email": "a" * 400}, "invalid"),
        ({"role": "god"}, "invalid"),
        ({"tenant_id": "another"}, "invalid"),
    ],
    ids=["no address", "a header", "too long", "no role", "a field nobody knows"],
)
async def test_what_makes_no_sense_is_refused(client: aiohttp.ClientSession, change: dict[str, str], code: str) -> None:
    status, answer = await call(client, "POST", "/api/users", **{**ADA, **change})
    assert (status, answer["code"]) == (422, code)


async def test_a_link_is_a_secret_that_no_idempotency_key_keeps(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    headers = {"Idempotency-Key": "once"}
    async with client.post("/api/users", json=ADA, headers=headers) as response:
        token = (await response.json())["invitation_url"].partition("#")[2]
    async with client.post("/api/users", json=ADA, headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (409, "email_taken")
    async with database.transaction(sidecar.identity) as connection:
        for table in ("idempotent_answers", "account_links", "mails", "procrastinate_jobs", "audit_entries"):
            rows = await (await connection.execute(f"SELECT * FROM {table}".encode())).fetchall()
            assert token not in str(rows), table


async def test_inviting_again_ends_the_link_before(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    ada = await invite(client)
    status, again = await call(client, "POST", f"/api/users/{ada['id']}/invite")
    assert status == 200
    assert again["invitation_url"] != ada["invitation_url"]
    async with database.transaction(sidecar.identity) as connection:
        rows = await (await connection.execute("SELECT token_hash FROM account_links WHERE used_at IS NULL")).fetchall()
        await connection.execute("UPDATE users SET last_sign_in_at = now() WHERE id = %s", (ada["id"],))
    assert [row["token_hash"] for row in rows] == [hash_of_secret(again["invitation_url"].partition("#")[2])]
    status, answer = await call(client, "POST", f"/api/users/{ada['id']}/invite")
    assert (status, answer["code"]) == (409, "already_accepted")


async def test_the_way_of_a_member(client: aiohttp.ClientSession) -> None:
    ada = await invite(client)
    path = f"/api/users/{ada['id']}"
    status, changed = await call(client, "PATCH", path, name="Ada Lovelace", role="admin", email="lovelace@demo.test")
    assert (status, changed["name"], changed["role"], changed["email"]) == (
        200,
        "Ada Lovelace",
        "admin",
        "lovelace@demo.test",
    )
    assert (await call(client, "DELETE", path))[0] == 204
    assert ada["id"] not in await ids(client)
    assert await ids(client, "/api/users?deleted=true") == [ada["id"]]
    status, answer = await call(client, "PATCH", path, name="Eve")
    assert (status, answer["code"]) == (409, "user_deleted")
    status, restored = await call(client, "POST", f"{path}/restore")
    assert (status, restored["status"]) == (200, "invited")
    assert (await call(client, "DELETE", f"{path}?purge=true"))[0] == 204
    assert (await call(client, "GET", path))[0] == 404


async def mails_to(sidecar: Sidecar, database: Database, address: str) -> list[str]:
    async with database.transaction(sidecar.identity) as connection:
        rows = await (await connection.execute("SELECT * FROM mails WHERE to_address = %s", (address,))).fetchall()
    keyring, tenant_id = sidecar.app[KEYRING], sidecar.identity.tenant_id
    return [MAIL_BODY.open(keyring, tenant_id, row["id"], row["sealed_body"]).decode() for row in rows]


async def test_ones_own_address_changes_with_the_password_only(sidecar: Sidecar, database: Database) -> None:
    ada = await make_person(database, sidecar.identity, "ada@demo.test", role="admin")
    path = f"/api/users/{ada.user_id}"
    async with await sign_in_page(sidecar) as page:
        for wrong in ({}, {"current": "not my password"}):
            status, answer = await call(page, "PATCH", path, email="eve@evil.test", **wrong)
            assert (status, answer["code"]) == (403, "wrong_password")
        status, same = await call(page, "PATCH", path, name="Ada L.", email="ada@demo.test")
        assert (status, same["name"]) == (200, "Ada L.")
        status, changed = await call(page, "PATCH", path, email="lovelace@demo.test", current=PASSWORD)
        assert (status, changed["email"]) == (200, "lovelace@demo.test")
        assert (await call(page, "GET", "/api/me"))[0] == 200
    [mail] = await mails_to(sidecar, database, "ada@demo.test")
    assert "was changed by somebody signed in as you" in mail
    assert await mails_to(sidecar, database, "lovelace@demo.test") == []


async def test_guessing_the_password_for_another_address_counts_as_signing_in(
    sidecar: Sidecar, database: Database
) -> None:
    ada = await make_person(database, sidecar.identity, "ada@demo.test", role="admin")
    async with await sign_in_page(sidecar) as page:
        seen = [
            (await call(page, "PATCH", f"/api/users/{ada.user_id}", email="eve@evil.test", current=f"guess {n}"))[0]
            for n in range(10)
        ]
    assert set(seen) == {403, 429}


async def test_no_key_changes_its_own_persons_address(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    status, answer = await call(client, "PATCH", f"/api/users/{sidecar.identity.user_id}", email="eve@evil.test")
    assert (status, answer["code"]) == (403, "needs_session")


async def test_who_has_no_password_is_asked_for_none(sidecar: Sidecar) -> None:
    async with browser(sidecar) as page:
        assert (await call(page, "POST", "/api/auth/session/local"))[0] == 200
        assert (await call(page, "GET", "/api/me"))[1]["user"]["has_password"] is False
        status, answer = await call(page, "PATCH", f"/api/users/{sidecar.identity.user_id}", email="me@demo.test")
        assert (status, answer["email"]) == (200, "me@demo.test")


async def test_somebody_whose_address_is_changed_hears_of_it(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    ada = await make_person(database, sidecar.identity, "ada@demo.test")
    path = f"/api/users/{ada.user_id}"
    for email in ("ADA@demo.test", "lovelace@demo.test"):
        assert (await call(client, "PATCH", path, email=email))[0] == 200
    assert await mails_to(sidecar, database, "ada@demo.test") == []
    [mail] = await mails_to(sidecar, database, "ADA@demo.test")
    assert "was changed by demo owner" in mail
    assert "http" not in mail
    async with await sign_in_page(sidecar, "lovelace@demo.test") as page:
        assert (await call(page, "GET", "/api/me"))[1]["user"]["has_password"] is True


async def test_a_list_is_read_page_by_page(client: aiohttp.ClientSession) -> None:
    made = [(await invite(client, email=f"{number}@demo.test"))["id"] for number in range(4)]
    seen: list[str] = []
    cursor = ""
    while True:
        _, page = await call(client, "GET", f"/api/users?limit=2{cursor}")
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == 5
    assert set(made) < set(seen)


async def test_the_last_owner_stays(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    me = f"/api/users/{sidecar.identity.user_id}"
    for method, path, body in (
        ("DELETE", me, {}),
        ("DELETE", f"{me}?purge=true", {}),
        ("PATCH", me, {"role": "admin"}),
    ):
        status, answer = await call(client, method, path, **body)
        assert (status, answer["code"]) == (409, "last_owner")


async def test_of_two_owners_who_demote_each_other_one_stays(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    async with sidecar.client(await as_role(sidecar, database, client, "owner")) as second:
        [other] = [one for one in await ids(client) if one != str(sidecar.identity.user_id)]
        outcomes = await asyncio.gather(
            call(client, "PATCH", f"/api/users/{other}", role="viewer"),
            call(second, "PATCH", f"/api/users/{sidecar.identity.user_id}", role="viewer"),
        )
    assert sorted(status for status, _ in outcomes)[0] == 200
    assert sorted(status for status, _ in outcomes)[1] in {403, 409}


async def test_an_admin_makes_no_owner_and_touches_none(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    owner = f"/api/users/{sidecar.identity.user_id}"
    async with sidecar.client(await as_role(sidecar, database, client, "admin")) as admin:
        ada = await invite(admin)
        refused = [
            await call(admin, "POST", "/api/users", **{**ADA, "email": "eve@demo.test", "role": "owner"}),
            await call(admin, "PATCH", f"/api/users/{ada['id']}", role="owner"),
            await call(admin, "PATCH", owner, email="eve@demo.test"),
            await call(admin, "POST", f"{owner}/invite"),
            await call(admin, "DELETE", owner),
        ]
    assert [(status, answer["code"]) for status, answer in refused] == [(403, "role_too_high")] * 5


async def test_a_role_counts_with_the_next_request(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    key = await as_role(sidecar, database, client, "admin")
    async with sidecar.client(key) as admin:
        assert (await call(admin, "GET", "/api/users"))[0] == 200
        [user] = [one for one in await ids(client) if one != str(sidecar.identity.user_id)]
        assert (await call(client, "PATCH", f"/api/users/{user}", role="viewer"))[0] == 200
        status, answer = await call(admin, "GET", "/api/users")
        assert (status, answer["code"]) == (403, "missing_scope")
        assert (await call(client, "DELETE", f"/api/users/{user}"))[0] == 204
        assert (await call(admin, "GET", "/api/me"))[0] == 401


async def test_people_of_another_tenant_are_unknown(
    client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    ada = await invite(client)
    for method, path, body in (
        ("GET", "", {}),
        ("PATCH", "", {"name": "Eve"}),
        ("DELETE", "", {}),
        ("DELETE", "?purge=true", {}),
        ("POST", "/restore", {}),
        ("POST", "/invite", {}),
    ):
        theirs = await call(stranger, method, f"/api/users/{ada['id']}{path}", **body)
        nobodys = await call(stranger, method, f"/api/users/{new_id()}{path}", **body)
        assert theirs[0] == nobodys[0] == 404
        assert (theirs[1]["code"], theirs[1]["detail"]) == (nobodys[1]["code"], nobodys[1]["detail"])
    await invite(stranger)  # the same address is free there
    assert (await call(client, "GET", f"/api/users/{ada['id']}"))[1]["name"] == "Ada"


async def test_from_the_invitation_to_the_end_of_the_session(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    ada = await invite(client)
    path, token = f"/api/users/{ada['id']}", ada["invitation_url"].partition("#")[2]
    account = {"email": "ada@demo.test", "password": "correct horse battery"}
    async with aiohttp.ClientSession(sidecar.url) as nobody:
        status, _ = await call(
            nobody, "POST", "/api/auth/invitations/accept", token=token, password=account["password"], name="Ada L."
        )
        assert status == 200
        status, tokens = await call(nobody, "POST", "/api/auth/login", **account)
        assert status == 200
    async with sidecar.client(tokens["access_token"]) as member:
        assert (await call(member, "GET", "/api/users"))[0] == 200
        _, now = await call(client, "GET", path)
        assert (now["name"], now["status"]) == ("Ada L.", "active")
        assert now["last_sign_in_at"] is not None
        assert (await call(client, "PATCH", path, role="viewer"))[0] == 200
        assert (await call(member, "GET", "/api/me"))[0] == 401
        assert (await call(client, "DELETE", path))[0] == 204
    async with aiohttp.ClientSession(sidecar.url) as nobody:
        status, answer = await call(nobody, "POST", "/api/auth/login", **account)
        assert (status, answer["code"]) == (401, "wrong_credentials")
        assert (await call(client, "POST", f"{path}/restore"))[1]["status"] == "active"
        assert (await call(nobody, "POST", "/api/auth/login", **account))[0] == 200
