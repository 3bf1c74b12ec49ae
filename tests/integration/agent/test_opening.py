"""A call opens for whom it was granted, within the tenant's limits, or not at all; a refused one leaves no row."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from agent import errors
from agent.dispatch import Dispatch
from agent.opening import OpenCall, open_call
from agent.settings import WorkerSettings
from store.conversations import list_conversations, read_conversation
from store.database import Database
from store.errors import NotAllowed, NotFound, TooMany, Unavailable, VoiceLoopError
from store.grants import GrantRefused
from store.identity import Identity
from store.ids import new_id
from tools.knowledge.embedding import MiniLM

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Line:
    """Opens calls of the tenant demo; all of them are closed with the test."""

    def __init__(self, settings: WorkerSettings, embedder: MiniLM, stack: AsyncExitStack) -> None:
        self._settings, self._embedder, self._stack = settings, embedder, stack

    async def open(self, dispatch: Dispatch, room: str = "room") -> OpenCall:
        return await open_call(self._settings, dispatch, self._embedder, self._stack, room_name=room, channel="web")

    async def refused(self, dispatch: Dispatch, room: str = "room") -> str:
        """What the caller hears instead; the test fails when the call opens."""
        with pytest.raises(VoiceLoopError) as refusal:
            await self.open(dispatch, room)
        return errors.sentence_of(refusal.value)


@pytest.fixture
async def line(settings: WorkerSettings, persona: str, embedder: MiniLM) -> AsyncIterator[Line]:
    assert persona
    async with AsyncExitStack() as stack:
        yield Line(settings, embedder, stack)


@pytest.fixture
def granted(identity: Identity, fresh_database_url: str) -> Dispatch:
    """The owner of demo asked for this call, with a key and from a session."""
    key_id, session_id = new_id(), new_id()
    change(
        fresh_database_url,
        "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, scopes) "
        "VALUES (%s, %s, %s, 'k', 'h', '{calls}')",
        *(key_id, identity.tenant_id, identity.user_id),
    )
    change(
        fresh_database_url,
        "INSERT INTO sessions (id, tenant_id, user_id, kind, created_at, used_at, expires_at) "
        "VALUES (%s, %s, %s, 'program', %s, %s, %s)",
        *(session_id, identity.tenant_id, identity.user_id, NOW, NOW, NOW + timedelta(days=30)),
    )
    return Dispatch(
        "demo", tenant_id=identity.tenant_id, user_id=identity.user_id, key_id=key_id, session_id=session_id
    )


def change(url: str, statement: str, *values: object) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode(), values)


async def count(database: Database, *identities: Identity) -> int:
    return sum([len(await list_conversations(database, one, limit=10)) for one in identities])


async def test_a_granted_call_acts_for_its_user_from_this_conversation(
    line: Line, granted: Dispatch, database: Database, identity: Identity
) -> None:
    call = (await line.open(granted)).call
    acting = call.identity
    assert (acting.tenant_id, acting.user_id, acting.key_id) == (identity.tenant_id, identity.user_id, granted.key_id)
    assert (acting.origin.channel, acting.origin.request_id) == ("call", str(call.conversation_id))
    assert "keys:write" not in acting.scopes  # the agent's scopes, although the user is an owner
    assert (await read_conversation(database, identity, call.conversation_id)).status == "active"


async def test_the_tenants_id_counts_and_not_its_name(
    line: Line, granted: Dispatch, other_identity: Identity, identity: Identity
) -> None:
    assert other_identity.tenant_id != identity.tenant_id
    opened = await line.open(replace(granted, tenant="other"))
    assert opened.call.identity.tenant_id == identity.tenant_id


async def test_a_user_who_was_deleted_since_holds_no_call(
    line: Line, granted: Dispatch, database: Database, identity: Identity, fresh_database_url: str
) -> None:
    change(fresh_database_url, "UPDATE users SET deleted_at = now() WHERE id = %s", identity.user_id)
    assert await line.refused(granted) == errors.NOT_VERIFIED
    assert await count(database, identity) == 0


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("UPDATE api_keys SET revoked_at = %s", NOW),
        ("UPDATE api_keys SET expires_at = %s", NOW),
        ("UPDATE sessions SET ended_at = %s, end_reason = 'signed_out'", NOW),
        ("UPDATE sessions SET expires_at = %s", NOW),
        ("DELETE FROM api_keys WHERE created_at > %s", NOW - timedelta(days=9999)),
    ],
    ids=["revoked", "expired", "signed out", "session over", "key purged"],
)
async def test_what_is_no_longer_good_opens_no_call(
    line: Line, granted: Dispatch, database: Database, identity: Identity, statement: str, at: datetime
) -> None:
    await line.open(granted, "a")
    change(database.url, statement, at)
    assert await line.refused(granted, "a") == errors.NOT_VERIFIED
    assert await count(database, identity) == 1


async def test_a_key_of_somebody_else_opens_no_call(
    line: Line, granted: Dispatch, other_identity: Identity, fresh_database_url: str
) -> None:
    change(
        fresh_database_url,
        "UPDATE api_keys SET tenant_id = %s, user_id = %s",
        *(other_identity.tenant_id, other_identity.user_id),
    )
    assert await line.refused(granted) == errors.NOT_VERIFIED


@pytest.mark.parametrize(
    "statement", ["UPDATE tenants SET timezone = 'Middle/Earth'", "UPDATE personas SET toolsets = '{telepathy}'"]
)
async def test_a_call_that_cannot_be_held_takes_no_line(
    line: Line, granted: Dispatch, database: Database, identity: Identity, fresh_database_url: str, statement: str
) -> None:
    change(fresh_database_url, statement)
    assert await line.refused(granted) == errors.NO_RECORDS
    assert await count(database, identity) == 0


async def test_another_tenants_user_holds_no_call(
    line: Line, granted: Dispatch, database: Database, identity: Identity, other_identity: Identity
) -> None:
    assert await line.refused(replace(granted, user_id=other_identity.user_id)) == errors.NOT_VERIFIED
    assert await count(database, identity, other_identity) == 0


async def test_a_user_whose_role_was_taken_back_has_the_new_ones_scopes(
    line: Line, granted: Dispatch, identity: Identity, fresh_database_url: str
) -> None:
    change(fresh_database_url, "UPDATE users SET role = 'viewer' WHERE id = %s", identity.user_id)
    scopes = (await line.open(granted)).call.identity.scopes
    assert "calendar:read" in scopes
    assert "calendar:write" not in scopes


async def test_a_caller_hears_that_all_lines_are_busy(
    line: Line, granted: Dispatch, database: Database, identity: Identity, fresh_database_url: str
) -> None:
    change(fresh_database_url, "UPDATE tenants SET calls_limit = 1")
    await line.open(granted, "a")
    assert await line.refused(granted, "b") == errors.ALL_BUSY
    assert (await line.open(granted, "a")).is_resumed  # the same call after a crash is let in
    assert await count(database, identity) == 2


async def test_of_callers_at_once_only_as_many_as_there_are_lines_get_in(
    line: Line, granted: Dispatch, database: Database, identity: Identity, fresh_database_url: str
) -> None:
    change(fresh_database_url, "UPDATE tenants SET calls_limit = 2")
    tries = [line.open(granted, f"room-{number}") for number in range(6)]
    ended = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(one) for one in ended if isinstance(one, BaseException)] == [TooMany] * 4
    assert await count(database, identity) == 2


async def test_a_caller_hears_that_the_months_minutes_are_used_up(
    line: Line, granted: Dispatch, database: Database, identity: Identity, fresh_database_url: str
) -> None:
    change(fresh_database_url, "UPDATE tenants SET minutes_limit = 0")
    assert await line.refused(granted) == errors.MINUTES_USED
    assert await count(database, identity) == 0


async def test_a_deleted_tenants_line_is_not_in_service(
    line: Line, granted: Dispatch, database: Database, identity: Identity, fresh_database_url: str
) -> None:
    change(fresh_database_url, "UPDATE tenants SET deleted_at = now()")
    for dispatch in (granted, Dispatch("demo"), Dispatch("nobody")):
        assert await line.refused(dispatch) == errors.NOT_IN_SERVICE
    assert await count(database, identity) == 0


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Unavailable("x"), errors.NO_RECORDS),
        (NotFound("x"), errors.NOT_IN_SERVICE),
        (NotAllowed("x"), errors.NOT_VERIFIED),
        (GrantRefused("x"), errors.NOT_VERIFIED),
        (TooMany("x", code="calls_limit"), errors.ALL_BUSY),
        (TooMany("x", code="minutes_limit", retry_after_s=timedelta(days=3).total_seconds()), errors.MINUTES_USED),
    ],
)
def test_every_refusal_has_its_sentence_and_says_goodbye(error: VoiceLoopError, sentence: str) -> None:
    assert errors.sentence_of(error) == sentence
    assert sentence.endswith("Goodbye.")
