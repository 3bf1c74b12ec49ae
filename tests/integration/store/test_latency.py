"""How long callers waited: per conversation and per day, of measured answers only, each tenant its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from store import conversations, latency
from store.conversations import Message, NewConversation
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from store.latency import Waits

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def november(zone: tzinfo = UTC) -> list[tuple[date, datetime]]:
    """The days of the month and when they begin."""
    return [(date(2026, 11, day), datetime(2026, 11, day, tzinfo=zone)) for day in range(1, 31)]


async def held(database: Database, identity: Identity, heard_ms: Sequence[float], at: datetime = NOON) -> UUID:
    """A conversation whose answers were heard after so long."""
    conversation = NewConversation(new_id(), None, "web", "en", "room", at)
    async with database.transaction(identity) as connection:
        await conversations.begin(connection, identity, conversation)
        for ms in heard_ms:
            answer = Message(new_id(), "assistant", "Yes.", at, latency_ms={"heard": ms, "e2e": 9999.0})
            await conversations.add_message(connection, identity, conversation.id, answer)
        for other in (
            Message(new_id(), "assistant", "Hello.", at, latency_ms={"e2e": 5000.0}),  # nothing of it was measured
            Message(new_id(), "assistant", "Well.", at, latency_ms=cast(Any, {"heard": None})),
            Message(new_id(), "user", "Really?", at, latency_ms={"heard": 5000.0}),
        ):
            await conversations.add_message(connection, identity, conversation.id, other)
    return conversation.id


async def test_a_conversation_has_the_middle_and_the_worst_of_its_waits(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    mine = await held(database, identity, [400, 500, 1400])
    silent = await held(database, identity, [])
    theirs = await held(database, other_identity, [700])
    found = await latency.of_conversations(database, identity, [mine, silent, theirs])
    assert found == {mine: Waits(3, 500.0, 1310.0)}


async def test_days_have_their_own_figures_and_the_whole_has_its_own(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    await held(database, identity, [400, 600], at=NOON)
    await held(database, identity, [1000], at=NOON - timedelta(days=2))
    await held(database, identity, [9000], at=SINCE - timedelta(hours=1))
    await held(database, other_identity, [9000])
    found = await latency.by_day(database, identity, november())
    assert found.days == [
        (date(2026, 11, 18), Waits(1, 1000.0, 1000.0)),
        (date(2026, 11, 20), Waits(2, 500.0, 590.0)),
    ]
    assert (found.whole.turns, found.whole.median_ms) == (3, 600.0)


async def test_a_day_is_one_of_the_zone(database: Database, identity: Identity) -> None:
    await held(database, identity, [400], at=datetime(2026, 11, 20, 2, tzinfo=UTC))
    found = await latency.by_day(database, identity, november(ZoneInfo("America/New_York")))
    assert [day for day, _ in found.days] == [date(2026, 11, 19)]


async def test_a_day_begins_with_its_first_instant_and_may_be_longer_than_others(
    database: Database, identity: Identity
) -> None:
    berlin = ZoneInfo("Europe/Berlin")  # on the 25th of October the hour from 2 to 3 comes twice
    starts = [(date(2026, 10, day), datetime(2026, 10, day, tzinfo=berlin)) for day in (24, 25, 26)]
    for hours, heard_ms in ((-0.5, 100), (0, 200), (24.5, 300), (25, 400), (70, 500)):
        begin = datetime(2026, 10, 24, 22, tzinfo=UTC)  # the 25th in Berlin
        await held(database, identity, [heard_ms], at=begin + timedelta(hours=hours))
    found = await latency.by_day(database, identity, starts)
    assert [(day.day, waits.turns, waits.median_ms) for day, waits in found.days] == [
        (24, 1, 100.0),
        (25, 2, 250.0),
        (26, 2, 450.0),  # the last one has no end
    ]


async def test_what_lies_in_the_trash_counts_nowhere(database: Database, identity: Identity) -> None:
    conversation = await held(database, identity, [400])
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE conversations SET deleted_at = now() WHERE id = %s", (conversation,))
    found = await latency.by_day(database, identity, november())
    assert (list(found.days), found.whole) == ([], Waits(0, None, None))
