"""What somebody begins while another deletes them or changes their address: it ends with that, or never was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from store import links, passwords, sign_in, users
from store.access import identity_of_cookie
from store.database import Connection, Database
from store.errors import NotFound
from store.identity import Identity
from store.ids import new_id
from store.sessions import Client, Started
from store.sign_in import Candidate
from store.users import UserChange

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PASSWORD = "a long enough one"
EMAIL = "ada@demo.test"
Change = Callable[[Connection, Identity, UUID], Awaitable[object]]


async def _delete(connection: Connection, owner: Identity, user_id: UUID) -> None:
    await users.delete_user(connection, owner, user_id, at=AT)


async def _move(connection: Connection, owner: Identity, user_id: UUID) -> None:
    await users.change_user(connection, owner, user_id, UserChange(email="new@demo.test"), at=AT)


async def _purge(connection: Connection, owner: Identity, user_id: UUID) -> None:
    await users.purge_user(connection, owner, user_id)


CHANGES = pytest.mark.parametrize("change", [_delete, _move, _purge], ids=["deleted", "another e-mail", "purged"])


@pytest.fixture
async def ada(database: Database, identity: Identity) -> Candidate:
    """Somebody of demo, as sign-in and a forgotten password find them."""
    user_id = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, 'Ada', 'viewer')",
            (user_id, identity.tenant_id, EMAIL),
        )
        await passwords.set_password(connection, identity, user_id, await passwords.hash_password(PASSWORD), AT)
    [found] = await sign_in.people_of_email(database, EMAIL)
    return found


async def signed_in(database: Database, ada: Candidate) -> Started | None:
    return await sign_in.start_session(database, ada.identity, ada, "page", Client("", ""), at=AT)


async def link_for(connection: Connection, ada: Candidate) -> str:
    return await links.make_link(
        *(connection, ada.identity, ada.user_id, "password_reset"), email=ada.email, at=AT, lifetime=HOUR
    )


async def works(database: Database, token: str) -> bool:
    link = await links.user_of_link(database, token)
    if link is None:
        return False
    async with database.transaction(link.identity) as connection:
        return await links.is_good(connection, link.link_id, "password_reset", at=AT)


@CHANGES
async def test_nobody_signs_in_as_who_they_no_longer_are(
    database: Database, identity: Identity, ada: Candidate, change: Change
) -> None:
    async with database.transaction(identity) as connection:
        await change(connection, identity, ada.user_id)
    assert await signed_in(database, ada) is None


@CHANGES
async def test_no_link_goes_to_an_address_that_is_no_longer_theirs(
    database: Database, identity: Identity, ada: Candidate, change: Change
) -> None:
    async with database.transaction(identity) as connection:
        await change(connection, identity, ada.user_id)
    async with database.transaction(ada.identity) as connection:
        with pytest.raises(NotFound):
            await link_for(connection, ada)


@CHANGES
async def test_a_link_made_at_that_moment_ends(
    database: Database, identity: Identity, ada: Candidate, change: Change
) -> None:
    async with database.transaction(ada.identity) as connection:
        token = await link_for(connection, ada)
        late = await _begun(database.transaction(identity), lambda other: change(other, identity, ada.user_id))
    await late
    assert not await works(database, token)


@CHANGES
async def test_a_sign_in_at_that_moment_ends_and_neither_waits_for_ever(
    database: Database, identity: Identity, ada: Candidate, change: Change
) -> None:
    async with database.transaction(identity) as connection:  # holds the password as a change of it does
        await passwords.hash_of_user(connection, ada.user_id, hold=True)
        begun = asyncio.create_task(signed_in(database, ada))
        await _waits(begun)
        late = await _begun(database.transaction(identity), lambda other: change(other, identity, ada.user_id))
    async with asyncio.timeout(10):
        started, _ = await asyncio.gather(begun, late)
    assert started is None or await identity_of_cookie(database, started.secret, AT) is None


@CHANGES
async def test_a_link_used_at_that_moment_does_not_wait_for_ever(
    database: Database, identity: Identity, ada: Candidate, change: Change
) -> None:
    async with database.transaction(ada.identity) as connection:
        token = await link_for(connection, ada)
    link = await links.user_of_link(database, token)
    assert link is not None
    async with database.transaction(link.identity) as connection:
        await links.use_link(connection, link, "password_reset", at=AT)
        late = await _begun(database.transaction(identity), lambda other: change(other, identity, ada.user_id))
        await users.rename_self(connection, link.identity, "Ada L.", at=AT)
    async with asyncio.timeout(10):
        await late
    assert not await works(database, token)


async def _begun(
    transaction: AbstractAsyncContextManager[Connection], work: Callable[[Connection], Awaitable[object]]
) -> asyncio.Task[None]:
    """The work under way in a transaction of its own, by now waiting for a row that somebody else holds."""

    async def run() -> None:
        async with transaction as connection:
            await work(connection)

    task = asyncio.create_task(run())
    await _waits(task)
    return task


async def _waits(task: asyncio.Task[object] | asyncio.Task[Started | None] | asyncio.Task[None]) -> None:
    done, _ = await asyncio.wait({task}, timeout=0.3)
    assert not done or task.exception() is None
