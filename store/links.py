"""Links sent by e-mail: an invitation, a new password. Good for one use; only the token's hash is kept.

To add a purpose: the CHECK of ``account_links.purpose``, ``Purpose`` here, and who redeems it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from store.access import hash_of_secret, new_secret
from store.accounts import hold_user
from store.database import Connection, Database
from store.errors import NotFound
from store.identity import Identity
from store.ids import new_id

Purpose = Literal["invitation", "password_reset"]
INVITATION_LIFETIME: Final = timedelta(days=7)
RESET_LIFETIME: Final = timedelta(hours=1)
MOST_OPEN: Final = 5  # links for a new password that a person has at the same time


@dataclass(frozen=True, slots=True)
class LinkedUser:
    """Whose link it is: the person and the tenant they belong to."""

    tenant_id: UUID
    user_id: UUID
    link_id: UUID
    email: str
    name: str
    role: str
    tenant_slug: str
    tenant_name: str

    @property
    def identity(self) -> Identity:
        """Who acts when the link is used: the person, with no scopes."""
        return Identity(self.tenant_id, self.user_id, self.role, name=self.name)


async def make_link(
    connection: Connection,
    identity: Identity,
    user_id: UUID,
    purpose: Purpose,
    *,
    email: str,
    at: datetime,
    lifetime: timedelta,
) -> str:
    """A new link's plain token, told only here. Older unused invitations of the user end.

    ``email``: where it will be sent. Raises NotFound when the user was deleted or has another address by now.
    Links for a new password go on until one is used: anybody may ask for one, and must not end what its person has.
    """
    if not await hold_user(connection, user_id, email=email):
        raise NotFound("This person was deleted or has another e-mail address now.", code="user_not_found")
    token = new_secret()
    if purpose == "invitation":
        await end_links(connection, user_id, purpose, at=at)
    await connection.execute(
        "INSERT INTO account_links (id, tenant_id, user_id, purpose, token_hash, created_at, expires_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (new_id(), identity.tenant_id, user_id, purpose, hash_of_secret(token), at, at + lifetime),
    )
    return token


async def end_links(connection: Connection, user_id: UUID, purpose: Purpose | None = None, *, at: datetime) -> None:
    """Make the user's unused links useless: those of one purpose, or all (deleted, another e-mail)."""
    await connection.execute(
        "UPDATE account_links SET used_at = %s WHERE user_id = %s AND used_at IS NULL "
        "AND (%s::text IS NULL OR purpose = %s)",
        (at, user_id, purpose, purpose),
    )


async def may_have_another(
    connection: Connection, user_id: UUID, purpose: Purpose, *, at: datetime, pause: timedelta
) -> bool:
    """False within ``pause`` after the user's latest link for this purpose, and while ``MOST_OPEN`` are good.

    Asked by two at once, each may get one.
    """
    row = await (
        await connection.execute(
            "SELECT max(created_at) AS latest, count(*) FILTER (WHERE used_at IS NULL AND expires_at > %s) AS open "
            "FROM account_links WHERE user_id = %s AND purpose = %s",
            (at, user_id, purpose),
        )
    ).fetchone()
    return row is None or ((row["latest"] is None or at - row["latest"] >= pause) and row["open"] < MOST_OPEN)


async def user_of_link(database: Database, token: str) -> LinkedUser | None:
    """Whose link this token once was, used up or not; None when it never was one or its user is gone."""
    async with database.system() as connection:
        found = await (
            await connection.execute("SELECT * FROM user_of_account_link(%s)", (hash_of_secret(token),))
        ).fetchone()
    if found is None:
        return None
    async with database.transaction(Identity(found["tenant_id"], found["user_id"], "")) as connection:
        row = await (
            await connection.execute(
                "SELECT u.email, u.name, u.role, t.slug AS tenant_slug, t.name AS tenant_name "
                "FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = %s AND u.deleted_at IS NULL",
                (found["user_id"],),
            )
        ).fetchone()
    return LinkedUser(**found, **row) if row else None


async def is_good(connection: Connection, link_id: UUID, purpose: Purpose, *, at: datetime) -> bool:
    """True while the link can be used for this purpose."""
    row = await (
        await connection.execute(
            "SELECT FROM account_links WHERE id = %s AND purpose = %s AND used_at IS NULL AND expires_at > %s",
            (link_id, purpose, at),
        )
    ).fetchone()
    return row is not None


async def use_link(connection: Connection, link: LinkedUser, purpose: Purpose, *, at: datetime) -> None:
    """Use the link up. Raises NotFound when it was used or is over; of two at the same time one gets it.

    The person is held first and then all of their links, in one order, so that two used at once wait for each other.
    """
    if not await hold_user(connection, link.user_id, email=link.email):
        raise no_such_link()
    await connection.execute(
        "SELECT FROM account_links WHERE user_id = %s AND used_at IS NULL ORDER BY id FOR UPDATE", (link.user_id,)
    )
    cursor = await connection.execute(
        "UPDATE account_links SET used_at = %s WHERE id = %s AND purpose = %s AND used_at IS NULL AND expires_at > %s",
        (at, link.link_id, purpose, at),
    )
    if cursor.rowcount != 1:
        raise no_such_link()


def no_such_link() -> NotFound:
    """One answer for unknown, used and expired links."""
    return NotFound("This link was used already or is over. Ask for a new one.", code="link_not_found")
