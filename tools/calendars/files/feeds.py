"""Private feeds: an address that tells other programs somebody's calendars, until it is ended. Only its hash is kept.

A feed tells what its maker may see at that moment, 90 days back and two years ahead. Knows no HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from store.access import hash_of_secret, new_secret
from store.clock import Clock
from store.database import Connection, Database
from store.errors import Conflict, NotFound
from store.identity import Identity
from store.ids import new_id
from store.policy import scopes_of_role
from tools.calendars.accounts.repository import viewer
from tools.calendars.files.exporting import Shown, Told, only_busy, read_events, require_seen, shown, written
from tools.plaintext import clean_line

BACK: Final = timedelta(days=90)
AHEAD: Final = timedelta(days=731)
MOST: Final = 20  # feeds of one person
_NOTED: Final = timedelta(hours=1)
_AT_ONCE: Final = 2
_SELECT: Final[LiteralString] = (
    "SELECT f.id, f.user_id, u.name AS user_name, f.name, f.calendar_ids, f.with_people, f.with_details, "
    "f.created_at, f.last_used_at FROM calendar_feeds f JOIN users u ON u.id = f.user_id "
)
_SEEN: Final[LiteralString] = "(%(manager)s OR f.user_id = %(user)s)"


@dataclass(frozen=True, slots=True)
class Feed:
    """``calendar_ids`` None: the tenant's calendars and its maker's, but for hidden ones."""

    id: UUID
    user_id: UUID
    user_name: str
    name: str
    calendar_ids: Sequence[UUID] | None
    with_people: bool
    with_details: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeed:
    """``with_details`` false tells nothing but that time is taken, so nobody who takes part either."""

    name: str = ""
    calendar_ids: Sequence[UUID] | None = None
    with_people: bool = False
    with_details: bool = True


class Feeds:
    """All feeds of the installation."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def make(self, identity: Identity, new: NewFeed) -> tuple[Feed, str]:
        """The feed and its secret, told only here. Raises NotFound for a calendar one may not see, Conflict."""
        if identity.user_id is None:
            raise Conflict("Only a person can have a calendar feed.", code="no_person")
        token, feed_id, at = new_secret(), new_id(), self._clock.now()
        async with self._database.transaction(identity) as connection:
            await connection.execute("SELECT FROM users WHERE id = %s FOR NO KEY UPDATE", (identity.user_id,))
            await _require_room(connection, identity.user_id)
            if new.calendar_ids is not None:
                await require_seen(connection, identity, new.calendar_ids)
            await connection.execute(
                "INSERT INTO calendar_feeds (id, tenant_id, user_id, name, token_hash, calendar_ids, with_people, "
                "with_details, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    feed_id,
                    identity.tenant_id,
                    identity.user_id,
                    clean_line(new.name, limit=200) or "Calendar feed",
                    hash_of_secret(token),
                    None if new.calendar_ids is None else list(new.calendar_ids),
                    new.with_people and new.with_details,
                    new.with_details,
                    at,
                ),
            )
            return await _read(connection, identity, feed_id), token

    async def list_feeds(
        self, identity: Identity, *, limit: int, after: tuple[datetime, UUID] | None = None
    ) -> list[Feed]:
        """One's own, and for managers everybody's, newest first."""
        values = {**viewer(identity), "at": after and after[0], "id": after and after[1], "limit": limit}
        async with self._database.transaction(identity) as connection:
            rows = await connection.execute(
                _SELECT + "WHERE " + _SEEN + " AND u.deleted_at IS NULL "
                "AND (%(at)s::timestamptz IS NULL OR (f.created_at, f.id) < (%(at)s, %(id)s)) "
                "ORDER BY f.created_at DESC, f.id DESC LIMIT %(limit)s",
                values,
            )
            return [Feed(**row) for row in await rows.fetchall()]

    async def end(self, identity: Identity, feed_id: UUID) -> None:
        """Nobody gets anything from it any more. Raises NotFound."""
        async with self._database.transaction(identity) as connection:
            feed = await _read(connection, identity, feed_id)
            await connection.execute("DELETE FROM calendar_feeds WHERE id = %s", (feed.id,))

    async def read(self, token: str, *, known: Sequence[str] = ()) -> Told:
        """What the feed with this secret tells now; ``known``: versions that the reader has.

        Raises NotFound, in the same words for one that never was, was ended, or whose maker is gone.
        """
        maker, feed_id = await self._maker(token)
        now = self._clock.now()
        window = (_midnight(now - BACK), _midnight(now + AHEAD))
        async with self._database.transaction(maker) as connection:
            feed = await _read(connection, maker, feed_id)
            about = [feed.name, feed.with_people, feed.with_details, window]
            found = await shown(connection, maker, feed.calendar_ids, about=about)
            await self._note_use(connection, feed, now)
        if found.version in known:
            return Told(found.version, feed.name, None)
        async with self._free:
            return Told(found.version, feed.name, await self._written(maker, feed, found, window))

    async def _written(self, maker: Identity, feed: Feed, found: Shown, window: tuple[datetime, datetime]) -> bytes:
        async with self._database.transaction(maker) as connection:
            events = await read_events(connection, found.calendar_ids, window)
        told = events if feed.with_details else only_busy(events, str(feed.id))
        return await written(told, name=feed.name, now=self._clock.now(), people=feed.with_people)

    async def _maker(self, token: str) -> tuple[Identity, UUID]:
        async with self._database.system() as connection:
            rows = await connection.execute("SELECT * FROM calendar_feed_of(%s)", (hash_of_secret(token),))
            row = await rows.fetchone()
        if row is None or "calendar:read" not in scopes_of_role(row["role"]):
            raise no_such_feed()
        scopes = scopes_of_role(row["role"])
        return Identity(row["tenant_id"], row["user_id"], row["role"], scopes), row["feed_id"]

    async def _note_use(self, connection: Connection, feed: Feed, at: datetime) -> None:
        if feed.last_used_at is None or at - feed.last_used_at >= _NOTED:
            await connection.execute("UPDATE calendar_feeds SET last_used_at = %s WHERE id = %s", (at, feed.id))


async def _require_room(connection: Connection, user_id: UUID) -> None:
    rows = await connection.execute("SELECT count(*) AS n FROM calendar_feeds WHERE user_id = %s", (user_id,))
    row: Any = await rows.fetchone()
    if row["n"] >= MOST:
        raise Conflict(f"These are {MOST} calendar feeds already. End one that is not used.", code="too_many_feeds")


async def _read(connection: Connection, identity: Identity, feed_id: UUID) -> Feed:
    rows = await connection.execute(_SELECT + "WHERE f.id = %(id)s AND " + _SEEN, {**viewer(identity), "id": feed_id})
    row = await rows.fetchone()
    if row is None:
        raise no_such_feed()
    return Feed(**row)


def no_such_feed() -> NotFound:
    """One answer for all that there is not."""
    return NotFound("There is no such calendar feed, or it was ended.", code="feed_not_found")


def _midnight(moment: datetime) -> datetime:
    """So that a reader has the same version all day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
