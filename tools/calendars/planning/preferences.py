"""Scheduling preferences as they are kept: a tenant's, and over them what a single person wants otherwise.

Rows hold only what somebody said, so that a change of the tenant's reaches everybody who did not. What the values
mean and which make sense: ``scheduling/preferences.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from store.clock import Clock
from store.database import Connection, Database
from store.errors import Invalid
from store.identity import Identity
from store.ids import new_id
from store.live import announce
from tools.calendars.scheduling.preferences import Preferences, preferences_of

READ, WRITE, WRITE_TENANTS = "calendar:read", "calendar:write", "tenant:write"
Whose = Literal["me", "tenant"]
_READ = (
    "SELECT user_id, preferences FROM scheduling_preferences WHERE user_id IS NULL OR user_id = ANY (%s) "
    "ORDER BY user_id NULLS FIRST"
)
_WRITE = sql.SQL(
    "INSERT INTO scheduling_preferences (id, tenant_id, user_id, preferences, updated_at) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT {} DO UPDATE SET preferences = excluded.preferences, updated_at = excluded.updated_at"
)
_WRITE_TENANTS = _WRITE.format(sql.SQL("(tenant_id) WHERE user_id IS NULL"))
_WRITE_USERS = _WRITE.format(sql.SQL("(tenant_id, user_id) WHERE user_id IS NOT NULL"))


@dataclass(frozen=True, slots=True)
class Kept:
    """``said``: what this person, or the tenant, set themselves; ``effective``: what counts, with all defaults."""

    said: Mapping[str, Any]
    effective: Preferences


class PreferenceService:
    """Reads and writes the preferences of the acting person and of the tenant."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def read(self, identity: Identity, whose: Whose = "me") -> Kept:
        """Somebody without a person behind them has the tenant's."""
        identity.require(READ)
        async with self._database.transaction(identity) as connection:
            return await _kept(connection, identity.user_id if whose == "me" else None)

    async def write(self, identity: Identity, given: Mapping[str, Any], whose: Whose = "me") -> Kept:
        """Replace what was said: what ``given`` does not name is from now on as the tenant, or the default, has it.

        Told live: a person's own to that person alone.

        Raises Invalid for values that make no sense, NotAllowed for the tenant's without ``tenant:write``.
        """
        identity.require(WRITE if whose == "me" else WRITE_TENANTS)
        user_id = identity.user_id if whose == "me" else None
        if whose == "me" and user_id is None:
            raise Invalid("Only a person has preferences of their own; set the tenant's.", code="no_person")
        async with self._database.transaction(identity) as connection:
            tenants = Preferences() if user_id is None else (await _kept(connection, None)).effective
            said = _said(given, preferences_of(given, tenants))
            await connection.execute(
                _WRITE_TENANTS if user_id is None else _WRITE_USERS,
                (new_id(), identity.tenant_id, user_id, Jsonb(said), self._clock.now()),
            )
            told = {"id": str(user_id or identity.tenant_id), "whose": whose}
            await announce(connection, identity, "calendar_preferences.updated", told, only_for=user_id)
            return await _kept(connection, user_id)


async def preferences_of_people(
    connection: Connection, user_ids: Iterable[UUID]
) -> tuple[Preferences, dict[UUID, Preferences]]:
    """The tenant's, and of these people those that differ. For who has opened a transaction already."""
    rows = await (await connection.execute(_READ, (list(user_ids),))).fetchall()
    tenants, found = Preferences(), dict[UUID, Preferences]()
    for row in rows:  # the tenant's come first
        if row["user_id"] is None:
            tenants = preferences_of(row["preferences"])
        else:
            found[row["user_id"]] = preferences_of(row["preferences"], tenants)
    return tenants, found


async def _kept(connection: Connection, user_id: UUID | None) -> Kept:
    wanted = [user_id] if user_id else []
    rows = await (await connection.execute(_READ, (wanted,))).fetchall()
    said = next((row["preferences"] for row in rows if row["user_id"] == user_id), {})
    tenants, people = await preferences_of_people(connection, wanted)
    return Kept(said, people.get(user_id, tenants) if user_id else tenants)


def _said(given: Mapping[str, Any], known: Preferences) -> dict[str, Any]:
    """What was given, in the canonical form."""
    written = known.as_json()
    said = {name: written[name] for name in given}
    if "working_hours" in given:
        said["working_hours"] = {day: written["working_hours"][day] for day in given["working_hours"]}
    return said
