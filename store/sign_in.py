"""Who signs in with an e-mail and a password. Says no more than that to those who do not know the password.

The number of hashes verified depends on the installation only, never on the e-mail: nobody learns who has an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store import passwords, sessions
from store.accounts import hold_user
from store.database import Database
from store.identity import Identity
from store.sessions import Client, Kind, Started


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person of one tenant who may be meant; ``rehash``: their hash was made with weaker parameters than today's."""

    tenant_id: UUID
    tenant_slug: str
    tenant_name: str
    user_id: UUID
    email: str
    role: str
    name: str
    password_hash: str | None

    @property
    def identity(self) -> Identity:
        """Who acts; the scopes are looked up with each request."""
        return Identity(self.tenant_id, self.user_id, self.role, name=self.name)

    @property
    def needs_rehash(self) -> bool:
        return self.password_hash is not None and passwords.needs_rehash(self.password_hash)


def normal_email(text: str) -> str:
    """The one form in which an address is looked up and its attempts are counted."""
    return text.strip().lower()


async def people_of_email(database: Database, email: str, tenant: str = "") -> list[Candidate]:
    """The people of this e-mail, in the tenant of this slug or in all; at most 20, without a password too.

    Addresses of accounts are ASCII; other letters, which Postgres and Python fold differently, are nobody's.
    """
    wanted = normal_email(email)
    if not (email.strip().isascii() and wanted):
        return []
    async with database.system() as connection:
        cursor = await connection.execute("SELECT * FROM sign_in_candidates(%s, %s)", (wanted, tenant))
        return [Candidate(**row) for row in await cursor.fetchall()]


async def people_who_know(database: Database, email: str, password: str, tenant: str = "") -> list[Candidate]:
    """Those of them whose password this is. Empty for everything that is wrong, after the same work."""
    candidates = await people_of_email(database, email, tenant)
    breadth = 1 if tenant else await _breadth(database)
    hashes = [candidate.password_hash for candidate in candidates]
    hashes += [None] * (max(breadth, 1) - len(hashes))
    right = await passwords.verify_all(hashes, password)
    return [candidate for candidate, is_right in zip(candidates, right, strict=False) if is_right]


async def start_session(
    database: Database, identity: Identity, person: Candidate, kind: Kind, client: Client, *, at: datetime
) -> Started | None:
    """A session for somebody whose password was right; None when it, they or their e-mail were changed meanwhile.

    The person's row and then the password's are held, so that a change at the same time ends this session too.
    """
    async with database.transaction(identity) as connection:
        if not await hold_user(connection, person.user_id, email=person.email):
            return None
        if await passwords.hash_of_user(connection, person.user_id, hold=True) != person.password_hash:
            return None
        return await sessions.start_session(connection, identity, kind, client, at=at)


async def rehash(database: Database, identity: Identity, person: Candidate, password: str) -> None:
    """Hash the right password again with today's parameters, unless it was changed meanwhile."""
    hash_ = await passwords.hash_password(password)
    async with database.transaction(identity) as connection:
        await connection.execute(
            "UPDATE passwords SET hash = %s WHERE user_id = %s AND hash = %s",
            (hash_, person.user_id, person.password_hash),
        )


async def _breadth(database: Database) -> int:
    """In how many tenants one e-mail is at most, 20 at the most, as with the candidates."""
    async with database.system() as connection:
        row = await (await connection.execute("SELECT sign_in_breadth() AS breadth")).fetchone()
    return int(row["breadth"]) if row else 1
