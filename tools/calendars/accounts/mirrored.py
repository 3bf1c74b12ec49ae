"""Calendars' rows as their owners set them up, and the rows of an account's calendars. SQL in, model out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, LiteralString
from uuid import UUID
from zoneinfo import available_timezones

from store.database import Connection
from store.errors import NotFound
from store.identity import Identity
from store.ids import new_id
from store.live import announce
from tools.calendars.accounts.model import CalendarChange, MirroredCalendar
from tools.calendars.accounts.repository import viewer
from tools.calendars.backend import RemoteCalendar

_SELECT: Final[LiteralString] = (
    "SELECT c.id, c.account_id, c.user_id, c.name, c.timezone, c.color, c.writable, c.counts_busy, c.hidden, "
    "c.is_default, c.synced_at, c.sync_error FROM calendars c "
)
_SEEN: Final[LiteralString] = "(%(manager)s OR c.user_id IS NULL OR c.user_id = %(user)s)"
_MOST_CALENDARS: Final = 200  # of one account
_LONGEST_NAME: Final = 300


async def list_calendars(
    connection: Connection, identity: Identity, account_id: UUID | None = None
) -> list[MirroredCalendar]:
    """The tenant's calendars, the identity's own, and for managers everybody's; the default one first."""
    rows = await connection.execute(
        _SELECT + "WHERE " + _SEEN + " AND (%(account)s::uuid IS NULL OR c.account_id = %(account)s) "
        "ORDER BY c.is_default DESC, c.account_id NULLS FIRST, c.name, c.id",
        {**viewer(identity), "account": account_id},
    )
    return [MirroredCalendar(**row) for row in await rows.fetchall()]


async def read_calendar(connection: Connection, identity: Identity, calendar_id: UUID) -> MirroredCalendar:
    """One calendar the identity may see, held. Raises NotFound."""
    rows = await connection.execute(
        _SELECT + "WHERE c.id = %(id)s AND " + _SEEN + " FOR NO KEY UPDATE OF c",
        {**viewer(identity), "id": calendar_id},
    )
    row = await rows.fetchone()
    if row is None:
        raise NotFound("There is no such calendar.", code="calendar_not_found")
    return MirroredCalendar(**row)


async def change_calendar(
    connection: Connection, identity: Identity, calendar_id: UUID, change: CalendarChange
) -> MirroredCalendar:
    """Write what the change holds, told live. Raises NotFound."""
    await read_calendar(connection, identity, calendar_id)
    if change.default:
        await connection.execute(
            "UPDATE calendars SET is_default = false WHERE is_default AND id <> %s", (calendar_id,)
        )
    values: dict[str, Any] = {
        "id": calendar_id,
        "name": change.name,
        "color": change.color,
        "busy": change.counts_busy,
        "hidden": change.hidden,
        "default": change.default or None,
    }
    await connection.execute(
        "UPDATE calendars SET name = coalesce(%(name)s, name), color = coalesce(%(color)s, color), "
        "counts_busy = coalesce(%(busy)s, counts_busy), hidden = coalesce(%(hidden)s, hidden), "
        "is_default = coalesce(%(default)s, is_default) WHERE id = %(id)s",
        values,
    )
    await announce(connection, identity, "calendar.updated", {"id": str(calendar_id)})
    return await read_calendar(connection, identity, calendar_id)


async def mirror(
    connection: Connection, identity: Identity, account_id: UUID, found: Sequence[RemoteCalendar], user_id: UUID
) -> None:
    """A row for every calendar that has none; of the others only what the server alone decides is written.

    A calendar one cannot write to (a holiday list, a colleague's) does not take time until its owner says so.
    """
    zones = available_timezones()
    for one in found[:_MOST_CALENDARS]:
        await connection.execute(
            "INSERT INTO calendars (id, tenant_id, user_id, account_id, remote_id, name, timezone, writable, color, "
            "counts_busy) SELECT %(id)s, t.id, %(user)s, %(account)s, %(remote)s, %(name)s, "
            "coalesce(%(zone)s, t.timezone), %(writable)s, %(color)s, %(writable)s "
            "FROM tenants t WHERE t.id = %(tenant)s ON CONFLICT (tenant_id, account_id, remote_id) "
            "WHERE account_id IS NOT NULL DO UPDATE SET writable = excluded.writable, timezone = excluded.timezone",
            {
                "id": new_id(),
                "tenant": identity.tenant_id,
                "user": user_id,
                "account": account_id,
                "remote": one.id,
                "name": _plain(one.name) or "Calendar",
                "zone": one.timezone if one.timezone in zones else None,
                "writable": one.writable,
                "color": _plain(one.color)[:20],
            },
        )


async def leave_default_behind(connection: Connection, account_id: UUID) -> None:
    """When the account's calendars go, and the default one with them, the oldest that is kept here takes its place."""
    gone = await connection.execute(
        "UPDATE calendars SET is_default = false WHERE account_id = %s AND is_default", (account_id,)
    )
    if gone.rowcount:
        await connection.execute(
            "UPDATE calendars SET is_default = true WHERE id = (SELECT id FROM calendars WHERE account_id IS NULL "
            "ORDER BY user_id NULLS FIRST, created_at, id LIMIT 1)"
        )


async def what_would_go(connection: Connection, account_id: UUID) -> dict[str, int]:
    """How many calendars, confirmed events and changes that have not reached the server go with an account."""
    rows = await connection.execute(
        "SELECT count(*) AS calendars, "
        "coalesce(sum((SELECT count(*) FROM events e WHERE e.calendar_id = c.id AND e.status = 'confirmed')), 0)::int "
        "AS events, "
        "coalesce(sum((SELECT count(*) FROM calendar_writes w WHERE w.calendar_id = c.id AND w.status = 'waiting')), 0)"
        "::int AS waiting_writes FROM calendars c WHERE c.account_id = %s",
        (account_id,),
    )
    row = await rows.fetchone()
    return dict(row) if row else {"calendars": 0, "events": 0, "waiting_writes": 0}


def _plain(text: str) -> str:
    """A server's text on one line, without control characters, as long as a row may show."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:_LONGEST_NAME]
