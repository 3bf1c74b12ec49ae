"""Signing in with an e-mail that many tenants know: each can be chosen, and nobody learns who is known where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import argon2
import pytest

from store import passwords, sign_in
from store.database import Database
from store.passwords import set_password
from store.users import create_user
from tests.conftest import make_owner

PASSWORD = "correct horse battery"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many hashes each sign-in had verified; the work itself is left out."""
    counts: list[int] = []

    async def verify_all(hashes: Sequence[str | None], _password: str) -> list[bool]:
        counts.append(len(hashes))
        return [hash_ is not None for hash_ in hashes]

    monkeypatch.setattr(passwords, "verify_all", verify_all)
    return counts


async def people(database: Database, email: str, tenants: int) -> None:
    hash_, at = argon2.PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD), datetime(2026, 11, 21, tzinfo=UTC)
    for number in range(tenants):
        owner = await make_owner(database, f"tenant-{number}")
        async with database.transaction(owner) as connection:
            user = await create_user(connection, owner, email=email, name="Ada", role="viewer", at=at)
            await set_password(connection, owner, user.id, hash_, at)


async def found(database: Database, email: str, tenant: str = "") -> list[str]:
    return [one.tenant_slug for one in await sign_in.people_who_know(database, email, PASSWORD, tenant)]


async def test_all_tenants_of_an_address_can_be_chosen_for_the_same_work(database: Database, hashed: list[int]) -> None:
    await people(database, "ada@demo.test", 7)
    assert await found(database, "ada@demo.test") == [f"tenant-{number}" for number in range(7)]
    assert await found(database, "nobody@demo.test") == []
    assert hashed == [7, 7]


async def test_where_there_are_too_many_the_tenant_is_named(database: Database, hashed: list[int]) -> None:
    await people(database, "ada@demo.test", 21)
    assert len(await found(database, "ada@demo.test")) == 20
    assert await found(database, "nobody@demo.test") == []
    assert await found(database, "ada@demo.test", "tenant-20") == ["tenant-20"]
    assert await found(database, "nobody@demo.test", "tenant-20") == []
    assert hashed == [20, 20, 1, 1]
