"""Places of the installation's workers: the last one goes to one caller, and a worker that is gone holds nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest

from store import admission, conversations, places, workers
from store.conversations import NewConversation
from store.database import Database
from store.errors import TooMany
from store.identity import Identity
from store.ids import new_id
from store.workers import Worker

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def call(room: str, worker: str = "w1") -> NewConversation:
    return NewConversation(new_id(), None, "web", "en", room, AT, worker)


async def there(database: Database, name: str, capacity: int) -> None:
    await workers.beat(database, Worker(name, "here", capacity=capacity))


def change(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def limit(url: str, calls: int) -> None:
    """As an operator of the installation would."""
    change(url, f"UPDATE tenants SET calls_limit = {calls} WHERE slug = 'demo'")


async def free(database: Database) -> int:
    return sum(one.free for one in await places.read_places(database))


async def test_many_who_ask_at_once_for_the_last_places_get_as_many_as_there_are(
    identity: Identity, other_identity: Identity, fresh_database_url: str
) -> None:
    async with await Database.open(fresh_database_url, min_size=12, max_size=12) as database:
        await there(database, "w1", 2)
        await there(database, "w2", 1)
        asked = [
            admission.promise_place(database, who, f"room-{who.tenant_id}-{number}", AT)
            for number in range(12)
            for who in (identity, other_identity)
        ]
        answers = await asyncio.gather(*asked, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, TooMany)]
    assert ({error.code for error in refused}, len(refused)) == ({"all_busy"}, 21)
    assert all(error.retry_after_s for error in refused)


async def test_two_calls_that_begin_at_once_on_a_workers_last_place(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    await there(database, "w1", 1)
    begun = [admission.admit(database, who, call(str(who.tenant_id))) for who in (identity, other_identity)]
    ended = await asyncio.gather(*begun, return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["TooMany", "bool"]
    assert await free(database) == 0


async def test_a_promised_place_is_nobody_elses_until_it_is_taken(database: Database, identity: Identity) -> None:
    await there(database, "w1", 1)
    await admission.promise_place(database, identity, "a", AT)
    await admission.promise_place(database, identity, "a", AT)  # asked twice is one call
    with pytest.raises(TooMany, match="The only line is busy"):
        await admission.promise_place(database, identity, "b", AT)
    with pytest.raises(TooMany):  # came in by telephone meanwhile
        await admission.admit(database, identity, call("b"))
    await admission.admit(database, identity, call("a"))
    with pytest.raises(TooMany):
        await admission.promise_place(database, identity, "b", AT)


async def test_a_promise_that_nobody_redeems_ends(
    database: Database, identity: Identity, fresh_database_url: str
) -> None:
    await there(database, "w1", 1)
    await admission.promise_place(database, identity, "a", AT)
    change(fresh_database_url, "UPDATE promised_places SET ends_at = now() - interval '1 second'")
    await admission.promise_place(database, identity, "b", AT)
    with pytest.raises(TooMany):  # too late: it is promised to somebody else now
        await admission.admit(database, identity, call("a"))


async def test_whoever_signed_in_has_one_promise_however_often_they_ask(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    await there(database, "w1", 2)
    person = replace(identity, session_id=new_id())
    for room in ("a", "b", "c"):
        await admission.promise_place(database, person, room, AT)
        person = replace(person, session_id=new_id())  # signed in again
    await admission.promise_place(database, other_identity, "theirs", AT)
    with pytest.raises(TooMany):
        await admission.admit(database, identity, call("a"))  # its promise went to the room that was asked for last
    await admission.admit(database, identity, call("c"))


async def test_whoever_asks_in_vain_keeps_what_was_promised_before(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    await there(database, "w1", 2)
    person = replace(identity, session_id=new_id())
    await admission.promise_place(database, person, "a", AT)
    await admission.admit(database, other_identity, call("theirs"))
    await there(database, "w1", 1)
    with pytest.raises(TooMany):
        await admission.promise_place(database, person, "b", AT)
    await there(database, "w1", 2)
    with pytest.raises(TooMany):
        await admission.promise_place(database, other_identity, "more", AT)
    await admission.admit(database, identity, call("a"))


async def test_a_program_asks_for_many_callers_and_each_has_a_place(database: Database, identity: Identity) -> None:
    await there(database, "w1", 2)
    program = replace(identity, key_id=new_id())
    for room in ("a", "b"):
        await admission.promise_place(database, program, room, AT)
    for room in ("a", "b"):
        await admission.admit(database, identity, call(room))


async def test_promises_to_a_tenant_never_exceed_its_limit_of_calls(
    identity: Identity, other_identity: Identity, fresh_database_url: str
) -> None:
    limit(fresh_database_url, 3)
    async with await Database.open(fresh_database_url, min_size=12, max_size=12) as database:
        await there(database, "w1", 20)
        await admission.admit(database, identity, call("held"))
        tries = [admission.promise_place(database, identity, f"room-{number}", AT) for number in range(12)]
        ended = await asyncio.gather(*tries, return_exceptions=True)
        refused = [error for error in ended if isinstance(error, TooMany)]
        assert ({error.code for error in refused}, len(refused)) == ({"calls_limit"}, 10)
        await admission.promise_place(database, other_identity, "theirs", AT)


async def test_a_line_promised_to_a_room_is_there_when_its_call_begins(
    database: Database, identity: Identity, fresh_database_url: str
) -> None:
    limit(fresh_database_url, 1)
    await there(database, "w1", 5)
    await admission.promise_place(database, identity, "a", AT)
    await admission.promise_place(database, identity, "a", AT)  # asked twice is one line
    with pytest.raises(TooMany) as refused:  # by telephone
        await admission.admit(database, identity, call("b"))
    assert refused.value.code == "calls_limit"
    await admission.admit(database, identity, call("a"))
    await admission.promise_place(database, identity, "a", AT)  # the page was loaded again


async def test_a_promise_that_ended_takes_no_line_of_the_tenant(
    database: Database, identity: Identity, fresh_database_url: str
) -> None:
    limit(fresh_database_url, 1)
    await admission.promise_place(database, identity, "a", AT)
    change(fresh_database_url, "UPDATE promised_places SET ends_at = now() - interval '1 second'")
    await admission.promise_place(database, identity, "b", AT)
    await admission.admit(database, identity, call("b", ""))  # without a worker's place
    change(fresh_database_url, "UPDATE conversations SET status = 'ended'")
    await admission.promise_place(database, identity, "c", AT)  # of b nothing is left


async def test_whose_a_promise_is_cannot_be_read_from_it(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    for who in (identity, other_identity):
        await admission.promise_place(database, replace(who, session_id=new_id()), f"room of {who.tenant_id}", AT)
    async with database.transaction(other_identity) as connection:
        rows = await (await connection.execute("SELECT to_jsonb(p)::text AS row FROM promised_places p")).fetchall()
    assert len(rows) == 2
    assert not any(str(who) in row["row"] for row in rows for who in (identity.tenant_id, identity.user_id))


async def test_a_place_is_free_as_soon_as_its_call_has_ended(database: Database, identity: Identity) -> None:
    await there(database, "w1", 1)
    first = call("a")
    await admission.admit(database, identity, first)
    assert await free(database) == 0
    await conversations.end(database, identity, first.id, at=AT, status="ended", reason="x", error_count=0)
    await admission.admit(database, identity, call("b"))


async def test_a_killed_worker_frees_what_it_held_as_soon_as_its_heartbeat_is_old(
    database: Database, identity: Identity, fresh_database_url: str
) -> None:
    await there(database, "w1", 2)
    for room in ("a", "b"):
        await admission.admit(database, identity, call(room))
    await there(database, "w2", 1)
    await admission.promise_place(database, identity, "c", AT)
    with pytest.raises(TooMany):
        await admission.promise_place(database, identity, "d", AT)
    change(fresh_database_url, "UPDATE workers SET seen_at = now() - interval '11 seconds' WHERE id = 'w1'")
    await there(database, "w3", 2)  # started in its stead
    assert await free(database) == 3
    await admission.promise_place(database, identity, "a", AT)  # its callers are still in their rooms
    assert await admission.admit(database, identity, call("a", "w3"))
    await admission.promise_place(database, identity, "d", AT)


async def test_a_call_taken_over_in_its_room_takes_no_second_place(database: Database, identity: Identity) -> None:
    await there(database, "w1", 1)
    await admission.admit(database, identity, call("a"))
    await admission.promise_place(database, identity, "a", AT)
    assert await admission.admit(database, identity, call("a"))  # its process died, another of this worker goes on


async def test_who_asks_again_for_a_room_that_is_held_takes_no_line_from_others(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    await there(database, "w1", 2)
    await admission.admit(database, identity, call("a"))
    await admission.promise_place(database, identity, "a", AT)  # the page was loaded again
    await admission.promise_place(database, other_identity, "b", AT)
    await admission.admit(database, other_identity, call("b"))
    await admission.promise_place(database, identity, "a", AT)  # all lines are busy, one of them with this very call


async def test_without_any_worker_a_caller_may_wait_for_one(database: Database, identity: Identity) -> None:
    await admission.promise_place(database, identity, "a", AT)
    await there(database, "w1", 0)  # drains
    await admission.promise_place(database, identity, "b", AT)


async def test_a_strained_worker_is_told_with_its_figures(database: Database) -> None:
    strained = Worker("w1", "here", capacity=3, is_strained=True, lag_s=0.25, wait_s=0.5)
    await workers.beat(database, strained)
    (seen,) = await places.read_places(database)
    assert (seen.capacity, seen.is_strained, seen.lag_s, seen.wait_s) == (3, True, 0.25, 0.5)
