"""Who wants to be told what, whose calendars there are, what was told: SQL in the caller's transaction. No rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from store import locks
from store.database import Connection
from store.identity import Identity
from store.ids import new_id
from tools.calendars.briefing.model import Notice, ToldNotice
from tools.calendars.briefing.settings import NoticeSettings, Way
from tools.calendars.planning.people import Person

_NAMES = tuple(one.name for one in fields(NoticeSettings))
_COLUMNS = sql.SQL(", ").join(map(sql.Identifier, _NAMES))
_READ = sql.SQL("SELECT {}, briefing_since FROM calendar_notice_settings WHERE user_id = %s").format(_COLUMNS)
_WRITE = sql.SQL(
    "INSERT INTO calendar_notice_settings (id, tenant_id, user_id, updated_at, briefing_since, {columns}) "
    "VALUES (%(id)s, %(tenant)s, %(user)s, %(at)s, %(at)s, {values}) ON CONFLICT (tenant_id, user_id) DO UPDATE SET "
    "{changes}, updated_at = excluded.updated_at, briefing_since = CASE WHEN (calendar_notice_settings.briefing_at, "
    "calendar_notice_settings.briefing_days) IS DISTINCT FROM (excluded.briefing_at, excluded.briefing_days) "
    "THEN excluded.briefing_since ELSE calendar_notice_settings.briefing_since END"
).format(
    columns=_COLUMNS,
    values=sql.SQL(", ").join(map(sql.Placeholder, _NAMES)),
    changes=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in _NAMES),
)
_LISTENERS = sql.SQL(
    "SELECT u.id, u.name, u.email, s.briefing_since, {} FROM calendar_notice_settings s "
    "JOIN users u ON u.id = s.user_id "
    "JOIN tenants t ON t.id = s.tenant_id WHERE u.deleted_at IS NULL AND t.deleted_at IS NULL ORDER BY u.id"
).format(sql.SQL(", ").join(sql.Identifier("s", name) for name in _NAMES))
_CLAIM = (
    "INSERT INTO calendar_notices "
    "(id, tenant_id, user_id, kind, subject, starts_at, event_id, text, told_by, created_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, user_id, kind, subject, starts_at) "
    "WHERE gone_at IS NULL DO NOTHING RETURNING id"
)
_RECENT = (
    "SELECT id, kind, text, event_id, starts_at, created_at, told_by FROM calendar_notices WHERE user_id = %(user)s "
    "AND gone_at IS NULL AND 'page' = ANY (told_by) AND (%(at)s::timestamptz IS NULL "
    "OR (created_at, id) < (%(at)s, %(id)s)) ORDER BY created_at DESC, id DESC LIMIT %(limit)s"
)
_COMING = (
    "SELECT id, kind, subject, starts_at FROM calendar_notices WHERE user_id = %s AND gone_at IS NULL "
    "AND kind <> 'briefing' AND starts_at > %s"
)


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who set something up; briefings due before ``since`` are not made up for."""

    person: Person
    settings: NoticeSettings
    since: datetime


@dataclass(frozen=True, slots=True)
class SeenCalendar:
    """``user_id`` None: the tenant's."""

    id: UUID
    user_id: UUID | None
    counts_busy: bool
    hidden: bool


async def read_settings(connection: Connection, user_id: UUID) -> NoticeSettings:
    """What this person set up, or the defaults."""
    row = await (await connection.execute(_READ, (user_id,))).fetchone()
    return _settings_of(row) if row else NoticeSettings()


async def write_settings(
    connection: Connection, identity: Identity, user_id: UUID, settings: NoticeSettings, at: datetime
) -> None:
    """Replace them. Only other times of the briefing make it begin anew."""
    lists = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(settings).items()}
    values = {"id": new_id(), "tenant": identity.tenant_id, "user": user_id, "at": at}
    await connection.execute(_WRITE, lists | values)


async def alone(connection: Connection, tenant_id: UUID) -> None:
    """Wait until nobody else tells this tenant anything, and keep others from it until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (locks.CALENDAR_NOTICES, str(tenant_id)))


async def listeners(connection: Connection) -> list[Listener]:
    """Everybody of the tenant who wants to be told anything."""
    rows = await (await connection.execute(_LISTENERS)).fetchall()
    found = [
        Listener(Person(row["id"], row["name"], row["email"]), _settings_of(row), row["briefing_since"]) for row in rows
    ]
    return [one for one in found if one.settings.is_on]


async def seen_calendars(connection: Connection) -> list[SeenCalendar]:
    """All calendars of the tenant."""
    rows = await (await connection.execute("SELECT id, user_id, counts_busy, hidden FROM calendars")).fetchall()
    return [SeenCalendar(**row) for row in rows]


async def person_of(connection: Connection, user_id: UUID) -> Person | None:
    row = await (await connection.execute("SELECT id, name, email FROM users WHERE id = %s", (user_id,))).fetchone()
    return Person(**row) if row else None


async def claim(
    connection: Connection, identity: Identity, user_id: UUID, notice: Notice, ways: Sequence[Way], at: datetime
) -> UUID | None:
    """Whoever gets its id tells it, in this very transaction; None: it was told."""
    row = await (
        await connection.execute(
            _CLAIM,
            (
                new_id(),
                identity.tenant_id,
                user_id,
                notice.kind,
                notice.subject,
                notice.starts_at,
                notice.event_id,
                notice.text,
                list(ways),
                at,
            ),
        )
    ).fetchone()
    return row["id"] if row else None


async def drop_gone(
    connection: Connection, user_id: UUID, still: Iterable[Notice], at: datetime, until: datetime
) -> None:
    """What was told of the time from ``at`` to ``until`` and is not among ``still`` has moved or was cancelled."""
    known = {notice.key for notice in still}
    rows = await (await connection.execute(_COMING, (user_id, at))).fetchall()
    gone = [
        row["id"]
        for row in rows
        if row["starts_at"] < until and (row["kind"], row["subject"], row["starts_at"].timestamp()) not in known
    ]
    if gone:
        await connection.execute("UPDATE calendar_notices SET gone_at = %s WHERE id = ANY (%s)", (at, gone))


async def forget(connection: Connection, before: datetime) -> None:
    """Remove what was told before this instant."""
    await connection.execute("DELETE FROM calendar_notices WHERE created_at < %s", (before,))


async def recent(
    connection: Connection, user_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[ToldNotice]:
    """What this person was told in the page and still holds, newest first."""
    at, identifier = after or (None, None)
    values: dict[str, Any] = {"user": user_id, "at": at, "id": identifier, "limit": limit}
    rows = await (await connection.execute(_RECENT, values)).fetchall()
    return [ToldNotice(**row) for row in rows]


def _settings_of(row: dict[str, Any]) -> NoticeSettings:
    values: dict[str, Any] = {name: row[name] for name in _NAMES}
    lists: dict[str, Any] = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return NoticeSettings(**values | lists)
