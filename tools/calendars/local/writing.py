"""One change of the calendar as one transaction: once per key, told live, kept for undoing. SQL, no rules.

Everybody who writes events takes a ``Write`` from ``WriteDesk.open``: it locks calendars (writers of one queue on its
row, because an exclusion constraint lets simultaneous inserts deadlock), counts changes, remembers what was there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.errors import ExclusionViolation

from store.clock import Clock
from store.database import Connection, Database
from store.errors import Conflict, NotAllowed, NotFound
from store.identity import Identity
from store.ids import new_id
from store.live import announce
from tools.calendars.local.counting import beside
from tools.calendars.local.occurrences import Terms, family_of, place
from tools.calendars.local.rows import Row, adapted, as_json, in_utc, packed, unpacked, updating
from tools.calendars.local.visible import VISIBLE
from tools.calendars.model import Event, EventNotFound
from tools.calendars.sync import outbox

UNDOABLE = timedelta(minutes=10)
REMEMBERED = timedelta(days=30)  # a key's answer

_CLAIM = (
    "INSERT INTO calendar_requests (tenant_id, key, request_hash, created_at) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (tenant_id, key) DO NOTHING"
)
# a key kept before keys were bound to who acts
_UNBOUND = "SELECT answer FROM calendar_requests WHERE key = %s AND request_hash = %s"
_LOCK = sql.SQL(
    "UPDATE calendars c SET changes = changes + 1 WHERE id = %(calendar)s AND {visible} "
    "RETURNING changes, writable, user_id IS NOT NULL AND NOT is_default AS own"
).format(visible=VISIBLE)
_CALENDAR_OF = sql.SQL(
    "SELECT e.calendar_id FROM events e JOIN calendars c ON c.id = e.calendar_id WHERE e.id = %(root)s AND {visible}"
).format(visible=VISIBLE)
_WAIT = sql.SQL(
    "SELECT changes, writable, user_id IS NOT NULL AND NOT is_default AS own FROM calendars c "
    "WHERE id = %(calendar)s AND {visible} FOR NO KEY UPDATE"
).format(visible=VISIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for: ``operation`` as in Undone, ``content`` all that makes it this request and no other.

    The same ``key`` of the same person (``_kept_key``) gets the first answer again; with another content it is refused.
    Without: every time anew.
    """

    operation: str
    content: object = None
    key: str | None = None
    conversation_id: UUID | None = None

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(json.dumps([self.operation, self.content], default=str).encode()).digest()


class SlotLost(Exception):
    """The constraint refused what no check had seen."""


class Write:
    """One change in the making. ``answer`` is set when the same request was answered before: change nothing then."""

    def __init__(self, connection: Connection, identity: Identity, request: Request, at: datetime) -> None:
        self.connection, self.identity, self.request, self.at = connection, identity, request, at
        self.change_id = new_id()
        self._key = _kept_key(identity, request.key) if request.key else ""
        self.answer: list[Event] | None = None
        self.linked = request.operation != "cancel_many"  # else its events are no business of each other's
        self._changes: dict[UUID, int] = {}
        self._own: set[UUID] = set()
        self._beside: Mapping[UUID, bool] = {}
        self._before: dict[UUID, Row | None] = {}
        self._after: dict[UUID, Row] = {}

    def terms(self) -> Terms:
        return Terms(at=self.at, conversation_id=self.request.conversation_id, beside=self._beside)

    async def lock(self, calendar_ids: Iterable[UUID], *, counts: bool = True) -> None:
        """Wait for other writers of these calendars, and prove that who acts may see them (foreign keys do not).

        Unless it ``counts`` as a change of the calendar (a hold is none) nobody who follows it has to look.
        """
        for calendar_id in sorted(set(calendar_ids) - self._changes.keys()):
            values = {"calendar": calendar_id, "user": self.identity.user_id}
            row = await (await self.connection.execute(_LOCK if counts else _WAIT, values)).fetchone()
            if row is None:
                raise NotFound("There is no such calendar.", code="calendar_not_found")
            if not row["writable"]:
                raise NotAllowed("This calendar can only be read. Choose another one.", code="calendar_read_only")
            self._changes[calendar_id] = row["changes"]
            if row["own"]:
                self._own.add(calendar_id)
        self._beside = await beside(self.connection, self.identity, self._changes)

    async def lock_of(self, event_ids: Iterable[UUID]) -> None:
        """Lock the calendars of these events, in the order in which everybody locks several."""
        cursor = await self.connection.execute("SELECT calendar_id FROM events WHERE id = ANY (%s)", (list(event_ids),))
        try:
            await self.lock([row["calendar_id"] for row in await cursor.fetchall()])
        except NotFound as error:
            raise EventNotFound from error

    async def calendar_of(self, root: UUID) -> UUID:
        """The calendar of this event. Raises EventNotFound, also for one that this identity does not see."""
        cursor = await self.connection.execute(_CALENDAR_OF, {"root": root, "user": self.identity.user_id})
        row = await cursor.fetchone()
        if row is None:
            raise EventNotFound
        return row["calendar_id"]

    async def family(self, root: UUID) -> tuple[Row, list[Row]]:
        """The event with this id and its exceptions, with its calendar locked. Raises EventNotFound."""
        await self.lock([await self.calendar_of(root)])
        master, exceptions = await family_of(self.connection, root)
        if master is None:
            raise EventNotFound
        return master, exceptions

    async def insert(self, values: Mapping[str, Any]) -> Row:
        """A new row; ``values`` by column, with its calendar (which is locked)."""
        filled = {"id": new_id(), **values, "tenant_id": self.identity.tenant_id}
        filled["change"] = self._changes[filled["calendar_id"]]
        # the worker writes the call's row behind the call, so it may not be there yet
        conversation = sql.SQL("(SELECT id FROM conversations WHERE id = {})").format(
            sql.Literal(self.request.conversation_id)
        )
        statement = sql.SQL("INSERT INTO events ({}, conversation_id) VALUES ({}, {}) RETURNING *").format(
            sql.SQL(", ").join(map(sql.Identifier, filled)),
            sql.SQL(", ").join(sql.Placeholder() * len(filled)),
            conversation,
        )
        row = await (await self.connection.execute(statement, adapted(filled))).fetchone()
        assert row is not None
        return self._note(None, in_utc(row))

    async def update(self, row: Row, values: Mapping[str, Any]) -> Row:
        """Change columns of a row that was read under the lock."""
        filled = {**values, "change": self._changes[row["calendar_id"]]}
        given = [*adapted(filled), row["id"]]
        changed = await (await self.connection.execute(updating(filled), given)).fetchone()
        if changed is None:
            raise EventNotFound
        return self._note(row, in_utc(changed))

    async def place(self, root: UUID, terms: Terms | None = None) -> None:
        """Write down what the event now takes of the time. Raises Clashing, SlotLost."""
        try:
            await place(self.connection, root, terms or self.terms())
        except ExclusionViolation as error:
            raise SlotLost from error

    async def tell(self, type_: str, event: Event) -> None:
        """Everybody of the tenant listens: of one person's own calendar they hear only that there is something new."""
        shown = event.as_json()
        if event.calendar_id in self._own:
            shown = {name: shown[name] for name in ("id", "calendar_id")}
        await announce(self.connection, self.identity, type_, shown)

    async def reread(self, row_id: UUID) -> Row:
        """A row as it is now, with what placing it added."""
        row = await (await self.connection.execute("SELECT * FROM events WHERE id = %s", (row_id,))).fetchone()
        if row is None:
            raise EventNotFound
        return in_utc(row)

    async def finish(self, *events: Event) -> Event:
        """Keep what undoes the change and what answers its key; the first event, with what to undo."""
        answered = list(events)
        if self._after:  # else nothing changed, and there is nothing to undo
            answered = [replace(event, change_id=self.change_id) for event in events]
            await self._keep_undo()
        if self.request.key:
            await self.connection.execute(
                "UPDATE calendar_requests SET answer = %s, change_id = %s WHERE key = %s",
                (as_json([packed(event) for event in answered]), self.change_id, self._key),
            )
        self.answer = answered
        return answered[0]

    async def _keep_undo(self) -> None:
        current = await self.connection.execute("SELECT * FROM events WHERE id = ANY (%s)", (list(self._after),))
        await self.connection.execute(
            "INSERT INTO calendar_undo (id, tenant_id, user_id, conversation_id, operation, before, after, created_at, "
            "expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                self.change_id,
                self.identity.tenant_id,
                self.identity.user_id,
                self.request.conversation_id,
                self.request.operation,
                as_json([row for row in self._before.values() if row is not None]),
                as_json(await current.fetchall()),
                self.at,
                self.at + UNDOABLE,
            ),
        )
        await self.connection.execute("DELETE FROM calendar_undo WHERE expires_at < %s", (self.at - UNDOABLE,))

    async def queue(self) -> None:
        """What changed in calendars of connected accounts waits for its servers from now on."""
        if self._after:
            await outbox.queue(
                self.connection,
                self.identity,
                self._before,
                self._after,
                change_id=self.change_id,
                at=self.at,
                linked=self.linked,
            )

    async def claim(self) -> None:
        """Be the one who answers the request's key, after whoever is at it already. Raises Conflict when reused."""
        request, tenant = self.request, self.identity.tenant_id
        if self._key != request.key:
            was = await (await self.connection.execute(_UNBOUND, (request.key, request.hash))).fetchone()
            if was is not None:
                self._key, self.answer = str(request.key), [unpacked(one) for one in was["answer"]]
                return
        claimed = await self.connection.execute(_CLAIM, (tenant, self._key, request.hash, self.at))
        if claimed.rowcount:
            old = "DELETE FROM calendar_requests WHERE created_at < %s"
            await self.connection.execute(old, (self.at - REMEMBERED,))
            return
        kept = await (
            await self.connection.execute(
                "SELECT request_hash, answer FROM calendar_requests WHERE key = %s", (self._key,)
            )
        ).fetchone()
        if kept is None or bytes(kept["request_hash"]) != request.hash:
            raise Conflict("This idempotency key was used for another request.", code="idempotency_key_reused")
        self.answer = [unpacked(one) for one in kept["answer"]]

    def _note(self, before: Row | None, after: Row) -> Row:
        self._before.setdefault(after["id"], before)
        self._after[after["id"]] = after
        return after


class WriteDesk:
    """Where writes begin. ``clock`` says how long a change can be undone."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    @asynccontextmanager
    async def open(self, identity: Identity, request: Request) -> AsyncGenerator[Write]:
        """A transaction for one change; an exception leaves everything as it was, the key too."""
        async with self._database.transaction(identity) as connection:
            write = Write(connection, identity, request, self._clock.now())
            if request.key:
                await write.claim()
            yield write
            await write.queue()


def _kept_key(identity: Identity, key: str) -> str:
    """Two people of a tenant may choose the same key; the assistant, who is nobody, makes its own of the call."""
    actor = identity.user_id or identity.key_id
    return f"{actor}:{key}" if actor else key
