"""Taking a change back: the rows as they were, where their time is still free and nobody changed them since. SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from psycopg.types.json import Jsonb

from store.errors import NotFound
from tools.calendars.changes import ChangedSince, NothingToUndo, Undone
from tools.calendars.local import undone
from tools.calendars.local.editing import plain_occurrence
from tools.calendars.local.occurrences import Clashing
from tools.calendars.local.rows import Row, event_of, in_utc
from tools.calendars.local.writing import Write
from tools.calendars.model import Event

_THEIRS = {"remote_id", "etag", "uid", "organizer", "editable"}  # what a server says of an event once it has it
_UNTOLD = {"sequence", "updated_at", "change", "expanded_until", "repeats", *_THEIRS}  # differ though nobody changed it
_KEPT = {"id", "tenant_id", "calendar_id", "created_at", *_UNTOLD}
_MANY = "cancel_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which change: by its id, or the last one of a conversation or a user."""

    change_id: UUID | None = None
    conversation_id: UUID | None = None
    user_id: UUID | None = None


async def undo(write: Write, wanted: Wanted) -> Undone:
    """Take it back. Raises NothingToUndo, ChangedSince, Clashing and SlotLost (then nothing is changed)."""
    change = await _change(write, wanted)
    before = {row["id"]: row for row in await _rows(write, change["before"])}
    after = {row["id"]: row for row in await _rows(write, change["after"])}
    try:
        await write.lock({row["calendar_id"] for row in after.values()})
    except NotFound:  # a colleague's own calendar: of that nobody else is told, not even that something changed
        raise NothingToUndo from None
    write.linked = change["operation"] != _MANY
    if change["operation"] == undone.IMPORT:
        taken = await undone.take_back(write, before, after, change["after"])
        await _mark(write, change)
        return taken
    current = await _current(write, list(after))
    for row_id, became in after.items():
        if row_id not in current or _content(current[row_id]) != _content(became):
            raise ChangedSince(_told(current.get(row_id, became), current))
    groups = _families(after.values()) if change["operation"] == _MANY else [list(after)]
    events: list[Event] = []
    left: list[Event] = []
    for group in groups:
        try:
            async with write.connection.transaction():  # a savepoint: of many, those go back that can
                events += await _restore(write, group, before, current)
        except Clashing:
            if change["operation"] != _MANY:
                raise
            left += [_told(current[row_id], current) for row_id in group]
    for event in events:
        await write.tell(_type(event, change["operation"]), event)
    await _mark(write, change)
    return Undone(change["operation"], tuple(events), tuple(left))


async def _mark(write: Write, change: Row) -> None:
    await write.connection.execute("UPDATE calendar_undo SET undone_at = %s WHERE id = %s", (write.at, change["id"]))


async def _change(write: Write, wanted: Wanted) -> Row:
    if wanted == Wanted():
        raise NothingToUndo
    cursor = await write.connection.execute(
        "SELECT id, operation, before, after FROM calendar_undo WHERE undone_at IS NULL AND expires_at > %(at)s "
        "AND (%(id)s::uuid IS NULL OR id = %(id)s) "
        "AND (%(conversation)s::uuid IS NULL OR conversation_id = %(conversation)s) "
        "AND (%(user)s::uuid IS NULL OR user_id = %(user)s) ORDER BY created_at DESC, id DESC LIMIT 1 FOR UPDATE",
        {"at": write.at, "id": wanted.change_id, "conversation": wanted.conversation_id, "user": wanted.user_id},
    )
    row = await cursor.fetchone()
    if row is None:
        raise NothingToUndo
    return row


async def _rows(write: Write, kept: list[Row]) -> list[Row]:
    """Rows of ``events`` from what was kept of them."""
    cursor = await write.connection.execute("SELECT * FROM jsonb_populate_recordset(NULL::events, %s)", (Jsonb(kept),))
    return [in_utc(row) for row in await cursor.fetchall()]


async def _current(write: Write, ids: Sequence[UUID]) -> dict[UUID, Row]:
    cursor = await write.connection.execute("SELECT * FROM events WHERE id = ANY (%s)", (list(ids),))
    return {row["id"]: in_utc(row) for row in await cursor.fetchall()}


async def _restore(
    write: Write, group: Sequence[UUID], before: dict[UUID, Row], current: dict[UUID, Row]
) -> list[Event]:
    """The rows of the group as they were, placed; what was cancelled makes room first."""
    changed = [await _restore_one(write, current[row_id], before.get(row_id)) for row_id in group]
    roots = {row["master_id"] or row["id"]: row for row in changed}
    by_room = sorted(roots, key=lambda root: roots[root]["id"] != root or roots[root]["status"] != "cancelled")
    for root in by_room:
        await write.place(root, replace(write.terms(), beside={}))  # what stood beside other calendars' may again
    rows = await _current(write, list(group))
    return [_told(row, rows) for row in rows.values()]


async def _restore_one(write: Write, row: Row, was: Row | None) -> Row:
    if was is not None:
        return await write.update(row, {name: value for name, value in was.items() if name not in _KEPT})
    if row["master_id"] is None:
        return await write.update(row, {"status": "cancelled"})
    # an exception cannot be unmade for those who follow the changes: it says again what the series says
    [master] = (await _current(write, [row["master_id"]])).values()
    return await write.update(row, plain_occurrence(master, row["original_start"]))


def _families(rows: Iterable[Row]) -> list[list[UUID]]:
    groups: dict[UUID, list[UUID]] = {}
    for row in rows:
        groups.setdefault(row["master_id"] or row["id"], []).append(row["id"])
    return list(groups.values())


def _content(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _UNTOLD}


def _told(row: Row, others: dict[UUID, Row]) -> Event:
    master = others.get(row["master_id"])
    return event_of({**row, "rrule": master["rrule"]} if master else row)


def _type(event: Event, operation: str) -> str:
    if event.status == "cancelled":
        return "event.cancelled"
    return {"move": "event.moved", "cancel": "event.booked", _MANY: "event.booked"}.get(operation, "event.updated")
