"""What became of a delivery, written down: arrived, waits longer, or refused and the rows put back. SQL; no network.

Each is one transaction under the calendar's lock, as every change of a calendar; a delivery that was overtaken by
another change of its event counts as arrived, and the rest waits as a write of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from store.database import Connection, Database
from store.identity import Identity
from store.ids import new_id
from store.live import announce
from tools.calendars.backend import Changes, RemoteEvent
from tools.calendars.local import mirroring
from tools.calendars.local.occurrences import Terms, family_of, place
from tools.calendars.local.rows import Row, as_json, event_of, in_utc
from tools.calendars.sync import outbox
from tools.calendars.sync.delivering import Delivered, Errand, Refused
from tools.calendars.sync.states import Family, family_from, rows_of

_FIRST_WAIT_S: Final = 5.0
_LONGEST_WAIT_S: Final = 300.0
_LOCK: Final = "UPDATE calendars SET changes = changes + 1 WHERE id = %s RETURNING changes"
# what waits for another of the same change (the halves of a split, the copy before its original goes), whose account
# may be another one
_BEFORE: Final = sql.SQL(
    "SELECT b.next_try_at FROM calendar_writes b WHERE b.status = 'waiting' AND b.id < w.id "
    "AND b.change -> 'changes' ?| ARRAY(SELECT jsonb_array_elements_text(w.change -> 'changes'))"
)
_NEXT: Final = sql.SQL(
    "SELECT w.*, c.remote_id AS calendar_remote_id, c.name AS calendar_name FROM calendar_writes w "
    "JOIN calendars c ON c.id = w.calendar_id WHERE c.account_id = %(account)s AND w.status = 'waiting' "
    "AND w.next_try_at <= %(at)s AND NOT EXISTS ({}) ORDER BY w.id LIMIT 1"
).format(_BEFORE)
_PUT_OFF: Final = sql.SQL(
    "UPDATE calendar_writes w SET next_try_at = greatest(%(later)s, (SELECT max(one.next_try_at) FROM ({before}) one)) "
    "FROM calendars c WHERE c.id = w.calendar_id AND c.account_id = %(account)s AND w.status = 'waiting' "
    "AND w.next_try_at <= %(at)s AND EXISTS ({before})"
).format(before=_BEFORE)
_WAKE: Final = (  # naming revision wakes who delivers
    "UPDATE calendar_writes SET next_try_at = least(next_try_at, %(at)s), revision = revision "
    "WHERE status = 'waiting' AND id > %(id)s AND change -> 'changes' ?| %(changes)s"
)
_LOOK_AGAIN: Final = timedelta(seconds=30)  # at what waits for a write of another account
_KEPT_COLUMNS: Final = {
    "id",
    "tenant_id",
    "created_at",
    "updated_at",
    "repeats",
    "sequence",
    "change",
    "expanded_until",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiting write of an account, with the rows it is about."""

    id: UUID
    calendar_id: UUID
    root: UUID | None
    revision: int
    attempts: int
    next_try_at: datetime
    changes: tuple[str, ...]
    before: Sequence[Row]
    beside: Sequence[Any]  # rows of calendars that are kept here, as they were before the same change
    errand: Errand = field(repr=False)


async def next_waiting(connection: Connection, account_id: UUID, at: datetime) -> Waiting | None:
    """The first that is due and that no other has to come before: writes of other events are not its business."""
    row = await (await connection.execute(_NEXT, {"account": account_id, "at": at})).fetchone()
    return None if row is None else await _waiting_of(connection, row)


async def put_off(connection: Connection, account_id: UUID, at: datetime) -> None:
    """What is due but has to come after others waits as long as they do, else its account would stay due."""
    values = {"account": account_id, "at": at, "later": at + _LOOK_AGAIN}
    await connection.execute(_PUT_OFF, values)


async def _waiting_of(connection: Connection, row: Row) -> Waiting:
    before = await _rows(connection, row["before"] or [])
    root = row["event_id"]
    master, exceptions = await family_of(connection, root) if root else (None, [])
    errand = Errand(
        key=str(row["id"]),
        calendar=row["calendar_remote_id"],
        calendar_name=row["calendar_name"],
        before=family_from(before, root) if root else Family(None),
        now=Family(master, tuple(exceptions)),
        remote_id=(master["remote_id"] or "") if master else "",
        etag=(master["etag"] or "") if master else "",
        tried=row["attempts"] > 0,
    )
    return Waiting(
        id=row["id"],
        calendar_id=row["calendar_id"],
        root=root,
        revision=row["revision"],
        attempts=row["attempts"],
        next_try_at=row["next_try_at"],
        changes=tuple(row["change"].get("changes", ())),
        before=before,
        beside=row["change"].get("beside", ()) if row["revision"] == 0 else (),  # else it is no longer that change
        errand=errand,
    )


async def note_try(database: Database, identity: Identity, waiting: Waiting) -> None:
    """Before anything is sent: whoever comes after a kill knows that the server may have it."""
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE calendar_writes SET attempts = attempts + 1 WHERE id = %s", (waiting.id,))


async def arrived(database: Database, identity: Identity, waiting: Waiting, delivered: Delivered, at: datetime) -> None:
    """The server has it: the rows get its ids, and the write is done."""
    async with database.transaction(identity) as connection:
        await connection.execute(_LOCK, (waiting.calendar_id,))
        row = await _held(connection, waiting)
        if row is None:
            return
        if waiting.root is not None:
            await _name(connection, identity, waiting, delivered)
        await _finish(connection, waiting, "delivered", at)
        if row["revision"] != waiting.revision:
            await _queue_rest(connection, identity, waiting, row, at)
        elif delivered.merged and delivered.event is not None and waiting.root is not None:
            await connection.execute("UPDATE events SET etag = NULL WHERE id = %s", (waiting.root,))
            theirs = Changes((delivered.event,), (), "", False)
            await mirroring.apply(connection, identity, waiting.calendar_id, theirs, at, keeps_lone=False)
        await _tell(connection, identity, waiting, "delivered")
        await _wake(connection, waiting, at)
        await outbox.forget_old(connection, at)


async def waits(
    database: Database, identity: Identity, waiting: Waiting, message: str, at: datetime, retry_after_s: float | None
) -> None:
    """The server did not take it now: it waits longer, and longer each time. Others are not kept by it."""
    pause_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(waiting.attempts, 10))
    until = at + timedelta(seconds=max(pause_s, retry_after_s or 0))
    async with database.transaction(identity) as connection:
        await connection.execute(
            "UPDATE calendar_writes SET next_try_at = %s, last_error = %s WHERE id = %s", (until, message, waiting.id)
        )
        await _tell(connection, identity, waiting, "waiting", message)


async def refused(database: Database, identity: Identity, waiting: Waiting, why: Refused, at: datetime) -> None:
    """The server will not have it: the rows say again what it has, and its person is told."""
    async with database.transaction(identity) as connection:
        others = await _of_the_same_change(connection, waiting)  # of a split, of a move to another calendar
        beside = await _rows(connection, waiting.beside)
        touched = {*(one.calendar_id for one in others), *(row["calendar_id"] for row in beside)}
        changes = await _lock(connection, {waiting.calendar_id, *touched})
        if await _held(connection, waiting) is None:
            return
        await _put_back(connection, identity, waiting, why, changes[waiting.calendar_id], at)
        for other in others:
            if await _held(connection, other) is None:
                continue
            sentence = "It belongs to a change that was refused."
            again = Refused(why.code, sentence, partly=other.attempts > 0)
            await _put_back(connection, identity, other, again, changes[other.calendar_id], at)
        for row in beside:
            await _restore(connection, row, changes[row["calendar_id"]], unsure=False)
        for root in {row["master_id"] or row["id"] for row in beside}:
            await place(connection, root, Terms(at=at, on_clash="overlap"))
        for calendar_id in {row["calendar_id"] for row in beside}:
            await announce(connection, identity, "calendar.updated", {"id": str(calendar_id)})
        if why.theirs is not None or why.gone:
            removed = (waiting.errand.remote_id,) if why.gone and waiting.errand.remote_id else ()
            theirs = (why.theirs,) if why.theirs is not None else ()
            changes = Changes(theirs, removed, "", False)
            await mirroring.apply(connection, identity, waiting.calendar_id, changes, at, keeps_lone=False)


async def _put_back(
    connection: Connection, identity: Identity, waiting: Waiting, why: Refused, change: int, at: datetime
) -> None:
    now = rows_of(waiting.errand.now)
    master = waiting.errand.now.master
    summary = master["summary"] if master else ""
    known = {row["id"] for row in waiting.before}
    roots = {row["master_id"] or row["id"] for row in [*now, *waiting.before]}
    for row in now:
        if row["id"] in known:
            continue
        if row["master_id"] is None:
            await connection.execute(
                "UPDATE events SET status = 'cancelled', sequence = sequence + 1, change = %s WHERE id = %s",
                (change, row["id"]),
            )
        else:
            await connection.execute("DELETE FROM events WHERE id = %s", (row["id"],))
    for row in waiting.before:
        await _restore(connection, row, change, unsure=why.partly)
    for root in roots:
        await place(connection, root, Terms(at=at, on_clash="overlap"))
    if why.partly:  # what it has now only it knows
        await connection.execute("UPDATE calendars SET sync_token = '' WHERE id = %s", (waiting.calendar_id,))
        await connection.execute(
            "UPDATE calendar_accounts SET sync_at = 'epoch' "
            "WHERE id = (SELECT account_id FROM calendars WHERE id = %s)",
            (waiting.calendar_id,),
        )
    said = {"summary": summary, "code": why.code, "ours": _said(master), "theirs": _said_of(why)}
    await connection.execute(
        "UPDATE calendar_writes SET status = 'refused', last_error = %s, change = change || %s, finished_at = %s "
        "WHERE id = %s",
        (why.sentence, Jsonb(said), at, waiting.id),
    )
    await _tell(connection, identity, waiting, "refused", why.sentence)
    await announce(connection, identity, "calendar.updated", {"id": str(waiting.calendar_id)})


async def _tell(connection: Connection, identity: Identity, waiting: Waiting, what: str, message: str = "") -> None:
    """Without the event's words: everybody of the tenant listens."""
    told = {"id": str(waiting.id), "event_id": str(waiting.root or ""), "calendar_id": str(waiting.calendar_id)}
    await announce(connection, identity, f"calendar_write.{what}", {**told, "message": message} if message else told)


async def _restore(connection: Connection, row: Row, change: int, *, unsure: bool) -> None:
    values = {name: value for name, value in row.items() if name not in _KEPT_COLUMNS}
    if unsure:
        values["etag"] = None
    names = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
    statement = sql.SQL("UPDATE events SET {}, sequence = sequence + 1, change = %s, updated_at = now() WHERE id = %s")
    given = [Jsonb(value) if name == "people" else value for name, value in values.items()]
    await connection.execute(statement.format(names), [*given, change, row["id"]])


async def _lock(connection: Connection, calendar_ids: set[UUID]) -> dict[UUID, int]:
    """In the order in which everybody locks several; the number of this change of each."""
    found = dict[UUID, int]()
    for one in sorted(calendar_ids):
        [row] = await (await connection.execute(_LOCK, (one,))).fetchall()
        found[one] = row["changes"]
    return found


async def _wake(connection: Connection, waiting: Waiting, at: datetime) -> None:
    values = {"id": waiting.id, "at": at, "changes": list(waiting.changes)}
    await connection.execute(_WAKE, values)


async def _of_the_same_change(connection: Connection, waiting: Waiting) -> list[Waiting]:
    cursor = await connection.execute(
        "SELECT w.*, c.remote_id AS calendar_remote_id, c.name AS calendar_name FROM calendar_writes w "
        "JOIN calendars c ON c.id = w.calendar_id WHERE w.id <> %s AND w.status = 'waiting' "
        "AND w.change -> 'changes' ?| %s ORDER BY w.id",
        (waiting.id, list(waiting.changes)),
    )
    return [await _waiting_of(connection, row) for row in await cursor.fetchall()]


async def _held(connection: Connection, waiting: Waiting) -> Row | None:
    cursor = await connection.execute(
        "SELECT * FROM calendar_writes WHERE id = %s AND status = 'waiting' FOR UPDATE", (waiting.id,)
    )
    return await cursor.fetchone()


async def _finish(connection: Connection, waiting: Waiting, status: str, at: datetime) -> None:
    await connection.execute(
        "UPDATE calendar_writes SET status = %s, last_error = '', finished_at = %s WHERE id = %s",
        (status, at, waiting.id),
    )


async def _name(connection: Connection, identity: Identity, waiting: Waiting, delivered: Delivered) -> None:
    """The server's ids on our rows; what the mirror may have made of the same events meanwhile gives way."""
    root = waiting.root
    if not waiting.errand.now.is_there:
        forget = "UPDATE events SET remote_id = NULL, etag = NULL WHERE id = %(root)s OR master_id = %(root)s"
        await connection.execute(forget, {"root": root})
        return
    named = {root: delivered.event} if delivered.event else {}
    for row_id, event in [*named.items(), *delivered.exceptions.items()]:
        gone = await connection.execute(
            "DELETE FROM events WHERE calendar_id = %s AND remote_id = %s AND id <> %s",
            (waiting.calendar_id, event.id, row_id),
        )
        if gone.rowcount:
            await announce(connection, identity, "calendar.updated", {"id": str(waiting.calendar_id)})
        await connection.execute(
            "UPDATE events SET remote_id = %s, etag = %s, uid = %s WHERE id = %s",
            (event.id, event.etag, event.uid, row_id),
        )


async def _queue_rest(connection: Connection, identity: Identity, waiting: Waiting, row: Row, at: datetime) -> None:
    """What changed while the delivery was under way, as a write that begins with what was delivered."""
    sent = [one["id"] for one in rows_of(waiting.errand.now)] if waiting.errand.now.is_there else []
    cursor = await connection.execute("SELECT id, remote_id, etag, uid FROM events WHERE id = ANY (%s)", (sent,))
    ids = {one["id"]: one for one in await cursor.fetchall()}
    before = [{**one, **ids[one["id"]]} for one in rows_of(waiting.errand.now) if one["id"] in ids]
    await connection.execute(
        "INSERT INTO calendar_writes (id, tenant_id, calendar_id, event_id, user_id, operation, before, change, "
        "next_try_at, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(new_id(), identity.tenant_id, waiting.calendar_id, waiting.root, row["user_id"], row["operation"]),
            *(as_json(before), Jsonb(row["change"]), at, at),
        ),
    )


async def _rows(connection: Connection, kept: Sequence[Any]) -> list[Row]:
    cursor = await connection.execute("SELECT * FROM jsonb_populate_recordset(NULL::events, %s)", (Jsonb(list(kept)),))
    return [in_utc(row) for row in await cursor.fetchall()]


def _said(row: Row | None) -> str:
    """An event in few words, for people who decide between two versions of it."""
    if row is None:
        return ""
    event = event_of(row)
    return f"{event.summary}, {event.as_json()['start']}" + ("" if event.status == "confirmed" else " (cancelled)")


def _said_of(why: Refused) -> str:
    event: RemoteEvent | None = why.theirs
    return "removed" if why.gone else f"{event.summary}, {event.start.isoformat()}" if event else ""
