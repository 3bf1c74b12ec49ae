"""A tenant's calls are counted where they begin: never more than its limit at once, never past the month's minutes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from store import admission, conversations
from store.conversations import NewConversation
from store.database import Database
from store.errors import NotFound, TooMany
from store.identity import Identity
from store.ids import new_id

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def call(room: str = "", *, at: datetime = AT, channel: str = "web") -> NewConversation:
    return NewConversation(new_id(), None, channel, "en", room, at)


def limit(url: str, column: str, value: int | None) -> None:
    """As an operator of the installation would."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"UPDATE tenants SET {column} = %s WHERE slug = 'demo'".encode(), (value,))


async def held(database: Database, identity: Identity, minutes: float, *, began: datetime = AT) -> None:
    """A call that has ended."""
    conversation = call(at=began)
    async with database.transaction(identity) as connection:
        await conversations.begin(connection, identity, conversation)
    end = began + timedelta(minutes=minutes)
    await conversations.end(
        database, identity, conversation.id, at=end, status="ended", reason="user_initiated", error_count=0
    )


async def count(database: Database, identity: Identity) -> int:
    return len(await conversations.list_conversations(database, identity, limit=100))


async def test_twenty_calls_that_begin_at_once_never_exceed_the_limit(
    database: Database, identity: Identity, other_identity: Identity, fresh_database_url: str
) -> None:
    limit(fresh_database_url, "calls_limit", 5)
    tries = [admission.admit(database, identity, call(f"room-{number}")) for number in range(20)]
    ended = await asyncio.gather(*tries, return_exceptions=True)
    refused = [error for error in ended if isinstance(error, TooMany)]
    assert ({error.code for error in refused}, len(refused)) == ({"calls_limit"}, 15)
    assert await count(database, identity) == 5
    await admission.admit(database, other_identity, call())  # another tenant has its own lines


async def test_a_line_is_free_again_when_a_call_ends(
    database: Database, identity: Identity, fresh_database_url: str
) -> None:
    limit(fresh_database_url, "calls_limit", 1)
    first = call("a")
    await admission.admit(database, identity, first)
    with pytest.raises(TooMany):
        await admission.promise_place(database, identity, "b", AT)
    await conversations.end(database, identity, first.id, at=AT, status="ended", reason="x", error_count=0)
    await admission.promise_place(database, identity, "b", AT)
    await admission.admit(database, identity, call("b"))


async def test_a_call_without_a_sign_of_life_takes_no_line(
    database: Database, identity: Identity, fresh_database_url: str
) -> None:
    limit(fresh_database_url, "calls_limit", 1)
    await admission.admit(database, identity, call("a"))
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("UPDATE conversations SET heard_at = now() - interval '61 seconds'")
    await admission.admit(database, identity, call("b"))


async def test_a_resumed_call_is_not_counted_twice(
    database: Database, identity: Identity, fresh_database_url: str
) -> None:
    limit(fresh_database_url, "calls_limit", 1)
    assert not await admission.admit(database, identity, call("a"))
    await admission.promise_place(database, identity, "a", AT)
    assert await admission.admit(database, identity, call("a"))  # its worker died, another takes over
    async with database.transaction(identity) as connection:
        assert await admission.calls_now(connection) == 1


async def test_chats_take_no_line(database: Database, identity: Identity, fresh_database_url: str) -> None:
    limit(fresh_database_url, "calls_limit", 1)
    async with database.transaction(identity) as connection:
        await conversations.begin(connection, identity, call(channel="chat"))
    await admission.admit(database, identity, call("a"))


async def test_the_minutes_of_a_month_run_out_and_come_back(
    database: Database, identity: Identity, fresh_database_url: str
) -> None:
    limit(fresh_database_url, "minutes_limit", 10)
    await held(database, identity, 9.5)
    await admission.promise_place(database, identity, "", AT)
    await held(database, identity, 0.5)
    with pytest.raises(TooMany) as refused:
        await admission.admit(database, identity, call())
    first_of_december = datetime(2026, 12, 1, tzinfo=UTC)
    assert refused.value.code == "minutes_limit"
    assert refused.value.retry_after_s == (first_of_december - AT).total_seconds()
    await admission.admit(database, identity, call(at=first_of_december))
    assert await count(database, identity) == 3


async def test_of_a_call_over_midnight_only_the_new_months_minutes_count(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    november = admission.month_start(AT)
    await held(database, identity, 30, began=november - timedelta(minutes=20))
    await held(database, identity, 5, began=november - timedelta(days=1))
    await held(database, other_identity, 99)
    async with database.transaction(identity) as connection:
        assert await admission.minutes_used(connection, november) == pytest.approx(10)


async def test_a_clock_that_is_a_day_behind_makes_no_day_of_minutes(database: Database, identity: Identity) -> None:
    behind = datetime.now(UTC) - timedelta(days=1)
    await admission.admit(database, identity, call("a", at=behind))
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE conversations SET heard_at = first_heard_at + interval '3 minutes'")
        assert await admission.minutes_used(connection, behind - timedelta(hours=1)) == pytest.approx(3)
        await connection.execute(
            "UPDATE conversations "
            "SET first_heard_at = now() - interval '1 hour', heard_at = now() - interval '30 minutes'"
        )
    assert await conversations.close_lost(database, after_s=60) == 1
    async with database.transaction(identity) as connection:
        assert await admission.minutes_used(connection, behind - timedelta(hours=1)) == pytest.approx(30)


async def test_no_limit_means_none(database: Database, identity: Identity, fresh_database_url: str) -> None:
    limit(fresh_database_url, "calls_limit", None)
    limit(fresh_database_url, "minutes_limit", None)
    await held(database, identity, 60 * 24)
    await admission.admit(database, identity, call())


@pytest.mark.parametrize("column", ["calls_limit", "minutes_limit"])
async def test_a_limit_of_nothing_lets_nobody_in(
    column: str, database: Database, identity: Identity, fresh_database_url: str
) -> None:
    limit(fresh_database_url, column, 0)
    with pytest.raises(TooMany):
        await admission.admit(database, identity, call())
    assert await count(database, identity) == 0


async def test_a_deleted_tenant_holds_no_call(database: Database, identity: Identity, fresh_database_url: str) -> None:
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("UPDATE tenants SET deleted_at = now() WHERE slug = 'demo'")
    with pytest.raises(NotFound):
        await admission.admit(database, identity, call())
