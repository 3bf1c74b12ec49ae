"""Passwords: changed, forgotten, chosen with an invitation; what ends with the old one, and links good for one use."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from ingest.keys import DATABASE, ERRANDS, OUTBOX
from ingest.mails.outbox import Mail, Outbox
from ingest.resets import send_reset_links
from store.clock import FixedClock
from store.database import Connection, Database
from store.errors import Unavailable
from store.identity import Identity, Origin
from store.links import INVITATION_LIFETIME, MOST_OPEN, make_link
from tests.integration.ingest.conftest import Sidecar
from tests.integration.ingest.people import PASSWORD, login, make_person, send, sign_in_page, status_of_me

NEW = "a brand new password"


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> FixedClock:
    """The sidecar's clock stands still until a test moves it."""
    monkeypatch.setattr("ingest.app.clock_from_environment", lambda _environment: clock)
    return clock


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Identity, Mail]]:
    """Every mail that was put on its way."""
    mails: list[tuple[Identity, Mail]] = []

    async def post(_self: Outbox, _connection: Connection, identity: Identity, mail: Mail) -> None:
        mails.append((identity, mail))

    monkeypatch.setattr(Outbox, "post", post)
    return mails


@pytest.fixture
async def ada(sidecar: Sidecar, database: Database) -> Identity:
    return await make_person(database, sidecar.identity)


@pytest.fixture
async def invited(sidecar: Sidecar, database: Database) -> Identity:
    return await make_person(database, sidecar.identity, "new@demo.test", password=None)


async def invitation(database: Database, invited: Identity, clock: FixedClock) -> str:
    assert invited.user_id is not None
    async with database.transaction(invited) as connection:
        return await make_link(
            *(connection, invited, invited.user_id, "invitation"),
            email="new@demo.test",
            at=clock.now(),
            lifetime=INVITATION_LIFETIME,
        )


async def can_sign_in(sidecar: Sidecar, email: str, password: str) -> bool:
    status, _ = await send(sidecar, "/api/auth/login", {"email": email, "password": password})
    return status == 200


async def change(page: aiohttp.ClientSession, current: str, new: str) -> tuple[int, str]:
    async with page.post("/api/auth/password", json={"current": current, "new": new}) as response:
        return response.status, "" if response.status == 204 else (await response.json())["code"]


async def test_a_changed_password_ends_the_other_sessions(sidecar: Sidecar, ada: Identity) -> None:
    elsewhere = await login(sidecar)
    async with await sign_in_page(sidecar) as page:
        assert await change(page, "not my password", NEW) == (403, "wrong_password")
        assert await change(page, PASSWORD, "short") == (422, "weak_password")
        assert await status_of_me(sidecar, elsewhere["access_token"]) == 200
        assert await change(page, PASSWORD, NEW) == (204, "")
        async with page.get("/api/me") as response:
            assert response.status == 200
    assert await status_of_me(sidecar, elsewhere["access_token"]) == 401
    assert not await can_sign_in(sidecar, "ada@demo.test", PASSWORD)
    assert await can_sign_in(sidecar, "ada@demo.test", NEW)


async def test_a_key_cannot_change_its_users_password(client: aiohttp.ClientSession) -> None:
    assert await change(client, "", NEW) == (403, "needs_session")


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("nine char", "at least 10"),
        ("ada@Demo.test", "not your e-mail"),
        ("aaaaaaaaaaaa", "different"),
        ("x" * 201, "200"),
    ],
)
async def test_weak_passwords_are_refused_in_a_sentence(
    sidecar: Sidecar, ada: Identity, password: str, says: str
) -> None:
    async with (
        await sign_in_page(sidecar) as page,
        page.post("/api/auth/password", json={"current": PASSWORD, "new": password}) as response,
    ):
        assert response.status == 422
        assert says in (await response.json())["detail"]


async def forget(sidecar: Sidecar, email: str, **more: Any) -> dict[str, Any]:
    status, answer = await send(sidecar, "/api/auth/password/forgot", {"email": email, **more})
    assert status == 202
    await sidecar.app[ERRANDS].done()
    return answer


def link_in(mail: Mail) -> str:
    [token] = re.findall(r"/reset-password#([\w-]+)$", mail.text, re.MULTILINE)
    return token


async def test_a_forgotten_password_is_chosen_anew_and_all_sessions_end(
    sidecar: Sidecar, ada: Identity, posted: list[tuple[Identity, Mail]]
) -> None:
    pair = await login(sidecar)
    answer = await forget(sidecar, "ADA@demo.test")
    [(identity, mail)] = posted
    assert (identity.tenant_id, mail.to) == (ada.tenant_id, "ada@demo.test")
    assert identity.origin.channel == "http"
    assert "ada" not in str(answer).lower()
    token = link_in(mail)
    status, problem = await send(sidecar, "/api/auth/password/reset", {"token": token, "password": "short"})
    assert (status, problem["code"]) == (422, "weak_password")
    for expected in (204, 404):
        status, _ = await send(sidecar, "/api/auth/password/reset", {"token": token, "password": NEW})
        assert status == expected
    assert await status_of_me(sidecar, pair["access_token"]) == 401
    assert await can_sign_in(sidecar, "ada@demo.test", NEW)
    assert not await can_sign_in(sidecar, "ada@demo.test", PASSWORD)


async def test_forgetting_an_unknown_address_is_answered_alike_and_sends_nothing(
    sidecar: Sidecar, ada: Identity, posted: list[tuple[Identity, Mail]]
) -> None:
    unknown = await forget(sidecar, "nobody@demo.test")
    elsewhere = await forget(sidecar, "ada@demo.test", tenant="other")
    assert posted == []
    assert await forget(sidecar, "ada@demo.test") == unknown == elsewhere
    assert len(posted) == 1


async def test_a_person_gets_one_mail_a_minute_and_a_link_lasts_an_hour(
    sidecar: Sidecar, ada: Identity, clock: FixedClock, posted: list[tuple[Identity, Mail]]
) -> None:
    await forget(sidecar, "ada@demo.test")
    await forget(sidecar, "ada@demo.test")
    assert len(posted) == 1
    clock.advance(timedelta(minutes=1))
    await forget(sidecar, "ada@demo.test")
    first, second = (link_in(mail) for _, mail in posted)
    clock.advance(timedelta(minutes=59))
    assert (await send(sidecar, "/api/auth/password/reset", {"token": first, "password": NEW}))[0] == 404
    assert (await send(sidecar, "/api/auth/password/reset", {"token": second, "password": NEW}))[0] == 204


async def test_who_asks_for_somebody_else_does_not_end_the_link_they_have(
    sidecar: Sidecar, ada: Identity, clock: FixedClock, posted: list[tuple[Identity, Mail]]
) -> None:
    for _ in range(5):
        await forget(sidecar, "ada@demo.test")
        clock.advance(timedelta(minutes=5))
    await again(sidecar, clock)  # whatever the limits let through, five are enough
    tokens = [link_in(mail) for _, mail in posted]
    assert len(tokens) == MOST_OPEN
    assert (await send(sidecar, "/api/auth/password/reset", {"token": tokens[0], "password": NEW}))[0] == 204
    for token in tokens:  # and using one ends the others
        assert (await send(sidecar, "/api/auth/password/reset", {"token": token, "password": NEW}))[0] == 404


async def again(sidecar: Sidecar, clock: FixedClock) -> None:
    app = sidecar.app
    await send_reset_links(
        app[DATABASE], app[OUTBOX], "http://x.test", "ada@demo.test", "", at=clock.now(), origin=Origin("http")
    )


async def test_a_link_that_cannot_be_promised_is_not(
    sidecar: Sidecar, ada: Identity, posted: list[tuple[Identity, Mail]]
) -> None:
    held, free = asyncio.Event(), asyncio.Event()

    async def hold_up() -> None:
        held.set()
        await free.wait()

    sidecar.app[ERRANDS].post("hold up", hold_up)
    await held.wait()
    while True:
        try:
            sidecar.app[ERRANDS].promise("wait", free.wait)
        except Unavailable:
            break
    for email in ("ada@demo.test", "nobody@demo.test"):
        status, problem = await send(sidecar, "/api/auth/password/forgot", {"email": email})
        assert (status, problem["code"]) == (503, "too_busy")
    free.set()
    await forget(sidecar, "ada@demo.test")
    assert len(posted) == 1


async def test_an_invitation_is_read_and_accepted_once(
    sidecar: Sidecar, database: Database, invited: Identity, clock: FixedClock
) -> None:
    token = await invitation(database, invited, clock)
    assert not await can_sign_in(sidecar, "new@demo.test", "")
    tenant = {"slug": "demo", "name": "Demo"}
    status, preview = await send(sidecar, "/api/auth/invitations/read", {"token": token})
    assert (status, preview) == (200, {"email": "new@demo.test", "name": "Ada", "tenant": tenant})
    body = {"token": token, "password": NEW, "name": " Grace "}
    status, accepted = await send(sidecar, "/api/auth/invitations/accept", body)
    assert (status, accepted) == (200, {"email": "new@demo.test", "tenant": tenant})
    async with await sign_in_page(sidecar, "new@demo.test", NEW) as page, page.get("/api/me") as response:
        assert (await response.json())["user"]["name"] == "Grace"
    for path, again in (("read", {"token": token}), ("accept", body)):
        status, problem = await send(sidecar, f"/api/auth/invitations/{path}", again)
        assert (status, problem["code"]) == (404, "link_not_found")


async def test_of_two_who_accept_at_once_one_is_taken(
    sidecar: Sidecar, database: Database, invited: Identity, clock: FixedClock
) -> None:
    token = await invitation(database, invited, clock)
    chosen = [f"password number {number}" for number in range(4)]
    answers = await asyncio.gather(
        *(send(sidecar, "/api/auth/invitations/accept", {"token": token, "password": one}) for one in chosen)
    )
    statuses = [status for status, _ in answers]
    assert sorted(statuses) == [200, 404, 404, 404]
    works = [await can_sign_in(sidecar, "new@demo.test", one) for one in chosen]
    assert works == [status == 200 for status in statuses]


async def test_two_links_used_at_once_set_one_password(
    sidecar: Sidecar, database: Database, invited: Identity, clock: FixedClock
) -> None:
    assert invited.user_id is not None
    first = await invitation(database, invited, clock)
    async with database.transaction(invited) as connection:
        second = await make_link(
            *(connection, invited, invited.user_id, "password_reset"),
            email="new@demo.test",
            at=clock.now(),
            lifetime=timedelta(hours=1),
        )
    answers = await asyncio.gather(
        send(sidecar, "/api/auth/invitations/accept", {"token": first, "password": "password number 1"}),
        send(sidecar, "/api/auth/password/reset", {"token": second, "password": "password number 2"}),
    )
    assert sorted(status for status, _ in answers) in ([200, 404], [204, 404])


async def test_a_link_is_good_for_its_purpose_and_its_time_only(
    sidecar: Sidecar, database: Database, invited: Identity, clock: FixedClock
) -> None:
    token = await invitation(database, invited, clock)
    body = {"token": token, "password": NEW}
    assert (await send(sidecar, "/api/auth/password/reset", body))[0] == 404
    clock.advance(timedelta(days=7))
    assert (await send(sidecar, "/api/auth/invitations/read", {"token": token}))[0] == 404
    assert (await send(sidecar, "/api/auth/invitations/accept", body))[0] == 404
    token = await invitation(database, invited, clock)
    async with database.transaction(invited) as connection:
        await connection.execute("UPDATE users SET deleted_at = now() WHERE id = %s", (invited.user_id,))
    assert (await send(sidecar, "/api/auth/invitations/accept", {**body, "token": token}))[0] == 404
    assert (await send(sidecar, "/api/auth/invitations/read", {"token": "no such token"}))[0] == 404
