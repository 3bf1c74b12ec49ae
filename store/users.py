"""People of a tenant: invited, changed, deleted, restored, purged. HTTP and the command line call the same functions.

The rules: a tenant is never without an owner, only owners touch owners, nobody gives more than they hold. Every change
first locks the tenant's owners, so that two changes at once cannot break together what each alone keeps. Says nothing
of passwords and sessions (``passwords.py``, ``sessions.py``) except that they end with what they rest on.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, LiteralString
from uuid import UUID

from psycopg.errors import UniqueViolation

from store.database import Connection, Database
from store.errors import Conflict, Invalid, NotAllowed, NotFound
from store.identity import Identity
from store.ids import new_id
from store.links import end_links
from store.policy import ROLES, require_held, require_may_manage, scopes_of_role
from store.sessions import end_sessions

LONGEST_EMAIL: Final = 254  # RFC 5321
LONGEST_NAME: Final = 200
# what browsers take in a field of the type e-mail: ASCII, so that upper and lower case are the same everywhere
_EMAIL: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
    re.ASCII | re.IGNORECASE,
)
_SELECT: LiteralString = (
    "SELECT u.id, u.email, u.name, u.role, u.last_sign_in_at, u.created_at, u.deleted_at, "
    "u.last_sign_in_at IS NOT NULL OR EXISTS (SELECT FROM passwords p WHERE p.user_id = u.id) AS accepted FROM users u "
)
Status = Literal["invited", "active", "deleted"]


@dataclass(frozen=True, slots=True)
class Member:
    """``accepted``: has a password or has signed in, so is more than invited."""

    id: UUID
    email: str
    name: str
    role: str
    last_sign_in_at: datetime | None
    created_at: datetime
    deleted_at: datetime | None
    accepted: bool

    @property
    def status(self) -> Status:
        if self.deleted_at is not None:
            return "deleted"
        return "active" if self.accepted else "invited"


@dataclass(frozen=True, slots=True)
class UserChange:
    """None: stays as it is."""

    name: str | None = None
    role: str | None = None
    email: str | None = None


_MANAGING: Final = ("owner", "admin")


@dataclass(frozen=True, slots=True)
class _Actor:
    """Who changes people, as the database knows them now; ``owners``: the tenant's, locked until the commit."""

    identity: Identity
    role: str
    operates: bool
    owners: frozenset[UUID]

    def require_may_give(self, role: str) -> None:
        """An account of this role is given: by an invitation, a promotion, another e-mail address, or its return."""
        require_may_manage(self.role, role)
        require_held(self.identity, scopes_of_role(role, operates=self.operates))

    def require_may_take(self, member: Member) -> None:
        """Somebody is sent away. A key that looks after people may do that to all but those who manage them."""
        if member.role in _MANAGING:
            require_held(self.identity, scopes_of_role(member.role, operates=self.operates))

    def require_another_owner(self, member: Member) -> None:
        if self.owners <= {member.id} and member.role == "owner" and member.deleted_at is None:
            raise Conflict("This is the last owner. Make somebody else an owner first.", code="last_owner")


async def list_users(
    database: Database, identity: Identity, *, deleted: bool = False, limit: int, after: tuple[datetime, UUID] | None
) -> list[Member]:
    """The tenant's people, longest here first; with ``deleted`` those who were deleted instead."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                _SELECT + "WHERE (u.deleted_at IS NOT NULL) = %s "
                "AND (%s::timestamptz IS NULL OR (u.created_at, u.id) > (%s, %s)) "
                "ORDER BY u.created_at, u.id LIMIT %s",
                (deleted, after and after[0], after and after[0], after and after[1], limit),
            )
        ).fetchall()
    return [Member(**row) for row in rows]


async def read_user(connection: Connection, user_id: UUID) -> Member:
    """One of the tenant's people, deleted or not. Raises NotFound."""
    row = await (await connection.execute(_SELECT + "WHERE u.id = %s", (user_id,))).fetchone()
    if row is None:
        raise NotFound("There is no such user.", code="user_not_found")
    return Member(**row)


async def users_of_email(connection: Connection, email: str) -> list[Member]:
    """Who has or had this e-mail address: at most one who is not deleted, and that one first."""
    rows = await (
        await connection.execute(
            _SELECT + "WHERE lower(u.email) = lower(%s) ORDER BY u.deleted_at DESC NULLS FIRST", (email.strip(),)
        )
    ).fetchall()
    return [Member(**row) for row in rows]


async def create_user(
    connection: Connection, identity: Identity, *, email: str, name: str, role: str, at: datetime
) -> Member:
    """A new person without a password; ``ingest.invitations`` sends them the link to choose one.

    Raises Invalid, NotAllowed, Conflict ``email_taken``. Without a name they get the one in their address.
    """
    email, role = clean_email(email), known_role(role)
    name = clean_name(name or email.partition("@")[0])
    actor = await _enter(connection, identity)
    actor.require_may_give(role)
    user_id = new_id()
    with _email_taken():
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role, created_at, updated_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (user_id, identity.tenant_id, email, name, role, at, at),
        )
    return await read_user(connection, user_id)


async def change_user(
    connection: Connection, identity: Identity, user_id: UUID, change: UserChange, *, at: datetime
) -> tuple[Member, Member]:
    """Change name, role or e-mail; gives how it was and how it is. A lower role ends the user's sessions; another
    e-mail their unused links too.

    Whoever changes themselves stays signed in where they did it; ``ingest`` asks for their password before another
    e-mail. Raises Invalid, NotAllowed, NotFound, Conflict.
    """
    actor = await _enter(connection, identity)
    before = await _live(connection, actor, user_id)
    after = _changed(before, change)
    if after.role != before.role:
        actor.require_another_owner(before)
    if (after.role, after.email) != (before.role, before.email):
        actor.require_may_give(after.role)
    with _email_taken():
        await connection.execute(
            "UPDATE users SET name = %s, role = %s, email = %s, updated_at = %s WHERE id = %s AND "
            "(name, role, email) IS DISTINCT FROM (%s, %s, %s)",
            (after.name, after.role, after.email, at, user_id, after.name, after.role, after.email),
        )
    keep = identity.session_id if user_id == identity.user_id else None
    if after.email.lower() != before.email.lower():
        await end_links(connection, user_id, at=at)
        await end_sessions(connection, user_id, at=at, reason="email_changed", keep=keep)
    if not scopes_of_role(after.role) >= scopes_of_role(before.role):
        await end_sessions(connection, user_id, at=at, reason="role_changed", keep=keep)
    return before, after


async def rename_self(connection: Connection, identity: Identity, name: str, *, at: datetime) -> None:
    """Everybody may change their own name. Raises Invalid."""
    await connection.execute(
        "UPDATE users SET name = %s, updated_at = %s WHERE id = %s", (clean_name(name), at, identity.user_id)
    )


async def delete_user(connection: Connection, identity: Identity, user_id: UUID, *, at: datetime) -> None:
    """Delete so that it can be undone: sessions and links end, keys stop. Doing it twice changes nothing.

    Raises NotAllowed, NotFound, Conflict ``last_owner``.
    """
    actor = await _enter(connection, identity)
    member = await _managed(connection, actor, user_id)
    actor.require_may_take(member)
    actor.require_another_owner(member)
    await connection.execute(
        "UPDATE users SET deleted_at = %s, updated_at = %s WHERE id = %s AND deleted_at IS NULL", (at, at, user_id)
    )
    await end_links(connection, user_id, at=at)
    await end_sessions(connection, user_id, at=at, reason="user_deleted")


async def restore_user(connection: Connection, identity: Identity, user_id: UUID, *, at: datetime) -> Member:
    """Undo a deletion; the person's password and keys count again, so it needs all that their role may do.

    Raises NotAllowed, NotFound, Conflict.
    """
    actor = await _enter(connection, identity)
    member = await _managed(connection, actor, user_id)
    if member.deleted_at is not None:
        actor.require_may_give(member.role)
    with _email_taken():
        await connection.execute(
            "UPDATE users SET deleted_at = NULL, updated_at = %s WHERE id = %s AND deleted_at IS NOT NULL",
            (at, user_id),
        )
    return await read_user(connection, user_id)


async def purge_user(connection: Connection, identity: Identity, user_id: UUID) -> None:
    """Remove for good, with password, sessions, links and keys; what they said and uploaded stays, without them.

    Raises NotAllowed, NotFound, Conflict ``last_owner``.
    """
    actor = await _enter(connection, identity)
    member = await _managed(connection, actor, user_id)
    actor.require_may_take(member)
    actor.require_another_owner(member)
    await connection.execute("DELETE FROM users WHERE id = %s", (user_id,))


async def user_to_invite(connection: Connection, identity: Identity, user_id: UUID) -> Member:
    """Who may get an invitation (again): nobody who signs in already. Raises NotAllowed, NotFound, Conflict."""
    actor = await _enter(connection, identity)
    member = await _live(connection, actor, user_id)
    actor.require_may_give(member.role)
    if member.accepted:
        raise Conflict(
            "This person has accepted already. If they forgot their password, they can ask for a new one.",
            code="already_accepted",
        )
    return member


def clean_email(text: str) -> str:
    """The address without spaces around it. Raises Invalid ``invalid_email``."""
    email = text.strip()
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise Invalid("This is no e-mail address; write one such as ada@example.com.", code="invalid_email")
    return email


def clean_name(text: str) -> str:
    """The name without spaces around it, on one line. Raises Invalid ``invalid_name``."""
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A name has 1 to {LONGEST_NAME} characters on one line.", code="invalid_name")
    return name


def known_role(role: str) -> str:
    """Raises Invalid ``unknown_role``."""
    if role not in ROLES:
        raise Invalid(f"A role is one of {', '.join(ROLES)}.", code="unknown_role")
    return role


def _changed(before: Member, change: UserChange) -> Member:
    return replace(
        before,
        name=before.name if change.name is None else clean_name(change.name),
        role=before.role if change.role is None else known_role(change.role),
        email=before.email if change.email is None else clean_email(change.email),
    )


async def _enter(connection: Connection, identity: Identity) -> _Actor:
    """Lock the tenant's owners and read who acts: they may have lost their role since they were authenticated."""
    owners = await (
        await connection.execute(
            "SELECT id FROM users WHERE role = 'owner' AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE"
        )
    ).fetchall()
    row = await (
        await connection.execute(
            "SELECT t.operates, u.role FROM tenants t LEFT JOIN users u ON u.id = %s AND u.deleted_at IS NULL "
            "WHERE t.id = %s",
            (identity.user_id, identity.tenant_id),
        )
    ).fetchone()
    if row is None or (identity.user_id is not None and row["role"] is None):
        raise NotAllowed("You are no longer a member here.", code="unknown_user")
    role: str = row["role"] or identity.role
    return _Actor(identity, role, row["operates"], frozenset(owner["id"] for owner in owners))


async def _managed(connection: Connection, actor: _Actor, user_id: UUID) -> Member:
    """The user, whom the actor may change, locked. Raises NotAllowed, NotFound."""
    await connection.execute("SELECT FROM users WHERE id = %s FOR NO KEY UPDATE", (user_id,))
    member = await read_user(connection, user_id)
    require_may_manage(actor.role, member.role)
    return member


async def _live(connection: Connection, actor: _Actor, user_id: UUID) -> Member:
    member = await _managed(connection, actor, user_id)
    if member.deleted_at is not None:
        raise Conflict("This user is deleted. Restore them first.", code="user_deleted")
    return member


@contextmanager
def _email_taken() -> Generator[None]:
    try:
        yield
    except UniqueViolation as error:
        raise Conflict("Somebody here has this e-mail address already.", code="email_taken") from error
