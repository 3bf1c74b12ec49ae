"""API keys: made, changed, revoked, restored, purged. A key belongs to a person and never does more than they may.

Only the hash of a key and its first characters are stored; who made it sees it once. Whatever makes a key able to do
more or to live longer needs the scopes it then has, so that a small key cannot bring forth or revive a great one. And
no key makes, widens or revives one that ends after itself; what ends a key ends those made with it (``lineage.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, LiteralString
from uuid import UUID

from store.access import hash_of_secret, new_secret
from store.database import Connection, Database
from store.errors import Conflict, Invalid, NotAllowed, NotFound
from store.identity import ALL_SCOPES, Identity
from store.ids import new_id
from store.lineage import (
    end_of_acting_key,
    require_ends_within,
    revoke_keys_made_with,
    shorten_keys_made_with,
)
from store.policy import require_held, require_may_manage, scopes_of_role
from store.users import clean_name

PREFIX: Final = "vl_"
HINT_LENGTH: Final = 8
_LONGEST_LIFE: Final = timedelta(days=36_500)
_SELECT: LiteralString = (
    "SELECT k.id, k.name, k.hint, k.scopes, k.user_id, u.name AS user_name, u.role AS user_role, t.operates, "
    "k.created_at, k.expires_at, k.last_used_at, k.revoked_at "
    "FROM api_keys k JOIN users u ON u.id = k.user_id JOIN tenants t ON t.id = k.tenant_id "
)


@dataclass(frozen=True, slots=True)
class Key:
    """``hint``: the key's first characters; ``user_…``: whose key it is; ``operates``: as the tenant does."""

    id: UUID
    name: str
    hint: str
    scopes: Sequence[str]
    user_id: UUID
    user_name: str
    user_role: str
    operates: bool
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def role_scopes(self) -> frozenset[str]:
        """What the key's person may do: of the key's scopes only these count."""
        return scopes_of_role(self.user_role, operates=self.operates)


@dataclass(frozen=True, slots=True)
class NewKey:
    name: str
    scopes: Sequence[str]
    expires_at: datetime | None = None  # None: until it is revoked


@dataclass(frozen=True, slots=True)
class KeyChange:
    """None: stays as it is; ``never_expires`` takes the end away."""

    name: str | None = None
    scopes: Sequence[str] | None = None
    expires_at: datetime | None = None
    never_expires: bool = False


async def list_keys(
    database: Database, identity: Identity, *, revoked: bool = False, limit: int, after: tuple[datetime, UUID] | None
) -> list[Key]:
    """All keys of the tenant, newest first; with ``revoked`` those that were revoked instead."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                _SELECT + "WHERE (k.revoked_at IS NOT NULL) = %s "
                "AND (%s::timestamptz IS NULL OR (k.created_at, k.id) < (%s, %s)) "
                "ORDER BY k.created_at DESC, k.id DESC LIMIT %s",
                (revoked, after and after[0], after and after[0], after and after[1], limit),
            )
        ).fetchall()
    return [Key(**row) for row in rows]


async def read_key(connection: Connection, key_id: UUID) -> Key:
    """One key, revoked or not. Raises NotFound."""
    row = await (await connection.execute(_SELECT + "WHERE k.id = %s", (key_id,))).fetchone()
    if row is None:
        raise NotFound("There is no such API key.", code="key_not_found")
    return Key(**row)


async def keys_of_hint(connection: Connection, hint: str) -> list[Key]:
    """The keys that begin like this: usually one."""
    rows = await (await connection.execute(_SELECT + "WHERE k.hint = %s", (hint[:HINT_LENGTH],))).fetchall()
    return [Key(**row) for row in rows]


async def create_key(
    connection: Connection, identity: Identity, new: NewKey, *, at: datetime, user_id: UUID | None = None
) -> tuple[Key, str]:
    """The new key and its plain text, which is told only here. It is the identity's own, unless ``user_id`` says whose.

    Made with a key, it ends with that one at the latest.
    Raises Invalid, NotAllowed ``scope_not_held``, ``outlives_key``.
    """
    owner_id = user_id or identity.user_id
    if owner_id is None:
        raise Invalid("A key needs a person whom it belongs to.", code="user_missing")
    scopes = known_scopes(new.scopes)
    require_held(identity, scopes)
    own_end = await end_of_acting_key(connection, identity, hold=True)
    expires_at = checked_end(new.expires_at, at) or own_end
    require_ends_within(expires_at, own_end)
    await _require_role_has(connection, owner_id, scopes)
    key, key_id = new_secret(PREFIX), new_id()
    await connection.execute(
        "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, hint, scopes, created_at, expires_at, "
        "created_by, created_by_key) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(key_id, identity.tenant_id, owner_id, clean_name(new.name), hash_of_secret(key), key[:HINT_LENGTH]),
            *(scopes, at, expires_at, identity.user_id, identity.key_id),
        ),
    )
    return await read_key(connection, key_id), key


async def change_key(
    connection: Connection, identity: Identity, key_id: UUID, change: KeyChange, *, at: datetime
) -> Key:
    """Rename it, change what it may do or how long it lives; those made with it live no longer.

    Raises Invalid, NotAllowed, NotFound, Conflict.
    """
    key = await _managed(connection, identity, key_id)
    if key.revoked_at is not None:
        raise Conflict("This key is revoked. Restore it first.", code="key_revoked")
    scopes = known_scopes(key.scopes if change.scopes is None else change.scopes)
    added = set(scopes) - set(key.scopes)
    expires_at = key.expires_at if change.expires_at is None else checked_end(change.expires_at, at)
    expires_at = None if change.never_expires else expires_at
    lives_longer = key.expires_at is not None and (expires_at is None or expires_at > key.expires_at)
    require_held(identity, key.role_scopes & set(scopes) if lives_longer else added)
    if added or lives_longer:
        require_ends_within(expires_at, await end_of_acting_key(connection, identity))
    await _require_role_has(connection, key.user_id, added)
    if expires_at is not None and expires_at != key.expires_at:
        await shorten_keys_made_with(connection, key_id, expires_at)
    await connection.execute(
        "UPDATE api_keys SET name = %s, scopes = %s, expires_at = %s WHERE id = %s",
        (key.name if change.name is None else clean_name(change.name), scopes, expires_at, key_id),
    )
    return await read_key(connection, key_id)


async def revoke_key(connection: Connection, identity: Identity, key_id: UUID, *, at: datetime) -> None:
    """The key and those made with it stop at once; each can be restored. Doing it twice changes nothing.

    Raises NotAllowed, NotFound.
    """
    await _managed(connection, identity, key_id)
    await revoke_keys_made_with(connection, key_id, at)
    await connection.execute("UPDATE api_keys SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL", (at, key_id))


async def restore_key(connection: Connection, identity: Identity, key_id: UUID) -> Key:
    """Make a revoked key, and none made with it, work again, for who holds all it may do.

    Raises NotAllowed, NotFound.
    """
    key = await _managed(connection, identity, key_id)
    if key.revoked_at is not None:
        require_held(identity, key.role_scopes & set(key.scopes))
        require_ends_within(key.expires_at, await end_of_acting_key(connection, identity))
        await connection.execute("UPDATE api_keys SET revoked_at = NULL WHERE id = %s", (key_id,))
    return await read_key(connection, key_id)


async def purge_key(connection: Connection, identity: Identity, key_id: UUID, *, at: datetime) -> None:
    """Remove it for good; those made with it are revoked. Raises NotAllowed, NotFound."""
    await _managed(connection, identity, key_id)
    await revoke_keys_made_with(connection, key_id, at)
    await connection.execute("DELETE FROM api_keys WHERE id = %s", (key_id,))


def known_scopes(scopes: Sequence[str]) -> list[str]:
    """Sorted, each once. Raises Invalid ``unknown_scope``, ``scopes_missing``."""
    unknown = sorted(set(scopes) - ALL_SCOPES)
    if unknown:
        raise Invalid(f"There is no scope {unknown[0][:50]!r}.", code="unknown_scope")
    if not scopes:
        raise Invalid("Name at least one scope; a key without any can do nothing.", code="scopes_missing")
    return sorted(set(scopes))


def checked_end(expires_at: datetime | None, at: datetime) -> datetime | None:
    """The instant in UTC. Raises Invalid ``invalid_expiry`` unless it is in the future, within a hundred years."""
    if expires_at is None:
        return None
    try:
        end = expires_at.astimezone(UTC)
    except OverflowError:
        end = at
    if not at < end <= at + _LONGEST_LIFE:
        raise Invalid("A key ends at an instant in the future, within a hundred years.", code="invalid_expiry")
    return end


async def _managed(connection: Connection, identity: Identity, key_id: UUID) -> Key:
    """The key, which the identity may change, locked: its own, or one of somebody whom it may manage."""
    await connection.execute("SELECT FROM api_keys WHERE id = %s FOR NO KEY UPDATE", (key_id,))
    key = await read_key(connection, key_id)
    if key.user_id != identity.user_id:
        require_may_manage(identity.role, key.user_role)
    return key


async def _require_role_has(connection: Connection, user_id: UUID, scopes: Sequence[str] | set[str]) -> None:
    """Raise NotAllowed when the key's person may not do what the key should, or is no longer there."""
    row = await (
        await connection.execute(
            "SELECT u.role, t.operates FROM users u JOIN tenants t ON t.id = u.tenant_id "
            "WHERE u.id = %s AND u.deleted_at IS NULL",
            (user_id,),
        )
    ).fetchone()
    if row is None:
        raise NotAllowed("Whose key this is, is no longer a member here.", code="unknown_user")
    missing = sorted(set(scopes) - scopes_of_role(row["role"], operates=row["operates"]))
    if missing:
        raise NotAllowed(
            f"A key does no more than its person: the role {row['role']!r} has no {', '.join(missing)}.",
            code="scope_not_held",
        )
