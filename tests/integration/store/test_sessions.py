"""Sessions in the database: another tenant sees none of them; old ones are cleared; secrets are kept as hashes only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store import sessions
from store.access import identity_of_cookie, identity_of_session
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity, Origin
from store.links import make_link
from store.sessions import IDLE, LIFETIME, Client, Kind, Started

CLIENT = Client("192.0.2.7", "a browser")


async def start(database: Database, identity: Identity, kind: Kind, at: datetime) -> Started:
    async with database.transaction(identity) as connection:
        return await sessions.start_session(connection, identity, kind, CLIENT, at=at)


async def test_a_cookie_leads_to_its_session_and_an_ended_one_to_nobody(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    started = await start(database, identity, "page", clock.now())
    found = await identity_of_cookie(database, started.secret, clock.now())
    assert found is not None
    assert (found.kind, found.identity.session_id, found.identity.user_id) == (
        *("page", started.session_id),
        identity.user_id,
    )
    assert found.expires_at == clock.now() + LIFETIME
    async with database.transaction(identity) as connection:
        assert await sessions.end_session(connection, started.session_id, at=clock.now(), reason="signed_out")
        assert not await sessions.end_session(connection, started.session_id, at=clock.now(), reason="signed_out")
    assert await identity_of_cookie(database, started.secret, clock.now()) is None
    assert await identity_of_session(database, started.session_id, clock.now()) is None


async def test_no_secret_is_kept(database: Database, identity: Identity, clock: FixedClock) -> None:
    secrets = [(await start(database, identity, kind, clock.now())).secret for kind in ("page", "program")]
    async with database.transaction(identity) as connection:
        for query in (
            b"SELECT to_jsonb(s) ::text AS text FROM sessions s",
            b"SELECT to_jsonb(r)::text AS text FROM refresh_tokens r",
        ):
            for row in await (await connection.execute(query)).fetchall():
                assert not any(secret in row["text"] for secret in secrets)


async def test_another_tenant_can_neither_see_nor_end_a_session(
    database: Database, identity: Identity, other_identity: Identity, clock: FixedClock
) -> None:
    started = await start(database, identity, "program", clock.now())
    assert identity.user_id is not None
    async with database.transaction(other_identity) as connection:
        assert not await sessions.end_session(connection, started.session_id, at=clock.now(), reason="signed_out")
        assert await sessions.end_sessions(connection, identity.user_id, at=clock.now(), reason="signed_out") == 0
        cursor = await connection.execute("SELECT FROM sessions")
        assert await cursor.fetchall() == []
        cursor = await connection.execute("SELECT FROM refresh_tokens")
        assert await cursor.fetchall() == []
    assert await identity_of_session(database, started.session_id, clock.now()) is not None


async def test_all_but_one_are_ended(database: Database, identity: Identity, clock: FixedClock) -> None:
    kept, *others = [await start(database, identity, "program", clock.now()) for _ in range(3)]
    assert identity.user_id is not None
    async with database.transaction(identity) as connection:
        ended = await sessions.end_sessions(
            connection, identity.user_id, at=clock.now(), reason="password_changed", keep=kept.session_id
        )
    assert ended == 2
    assert await identity_of_session(database, kept.session_id, clock.now()) is not None
    for other in others:
        assert await identity_of_session(database, other.session_id, clock.now()) is None


@pytest.mark.parametrize(
    ("kind", "unused", "good"),
    [
        ("page", IDLE - timedelta(seconds=1), True),
        ("page", IDLE, False),
        ("local", IDLE, False),
        ("program", IDLE, True),
        ("program", LIFETIME - timedelta(seconds=1), True),
        ("program", LIFETIME, False),
    ],
)
async def test_browsers_are_signed_out_when_nobody_uses_them(
    database: Database, identity: Identity, clock: FixedClock, kind: Kind, unused: timedelta, good: bool
) -> None:
    started = await start(database, identity, kind, clock.now())
    found = await identity_of_session(database, started.session_id, clock.now() + unused)
    assert (found is not None) == good


async def test_what_is_over_is_cleared_in_all_tenants_and_the_rest_stays(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    today = datetime.now(UTC)  # the database looks at its own clock too
    old = today - LIFETIME - timedelta(days=2)
    for owner in (identity, other_identity):
        await start(database, owner, "program", old)
        await start(database, owner, "local", today - IDLE - timedelta(days=2))
        await start(database, owner, "local", today)
        await start(database, owner, "program", today)
        assert owner.user_id is not None
        async with database.transaction(owner) as connection:
            lifetime = timedelta(hours=1)
            whose = (connection, owner, owner.user_id)
            email = f"owner@{owner.name.split()[0]}.test"
            await make_link(*whose, "password_reset", email=email, at=old, lifetime=lifetime)
            await make_link(*whose, "invitation", email=email, at=today, lifetime=lifetime)
    assert (
        await sessions.clear_old_sessions(database, today + timedelta(days=9999)) == 4
    )  # whatever the asker's clock says
    for owner in (identity, other_identity):
        async with database.transaction(owner) as connection:
            assert len(await (await connection.execute("SELECT FROM sessions")).fetchall()) == 2
            assert len(await (await connection.execute("SELECT FROM refresh_tokens")).fetchall()) == 1
            assert len(await (await connection.execute("SELECT FROM account_links")).fetchall()) == 1


async def test_a_refresh_says_whose_it_was(database: Database, identity: Identity, clock: FixedClock) -> None:
    started = await start(database, identity, "program", clock.now())
    at, origin = clock.now(), Origin("http", "192.0.2.7", "request-1")
    first = await sessions.refresh(database, started.secret, at=at, origin=origin)
    assert (first.outcome, first.started and first.started.session_id) == ("refreshed", started.session_id)
    assert first.identity is not None
    assert (first.identity.tenant_id, first.identity.origin) == (identity.tenant_id, origin)
    again = await sessions.refresh(database, started.secret, at=at, origin=origin)
    assert (again.outcome, again.started) == ("reused", None)
    unknown = await sessions.refresh(database, "unknown", at=at, origin=origin)
    assert (unknown.outcome, unknown.identity) == ("unknown", None)
