"""Sessions: one sign-in of one person, until it is ended or over. Its refresh tokens are one family.

Kinds: ``page`` (a cookie), ``local`` (the owner on this machine), ``program`` (access and refresh tokens). Every secret
is kept as its hash. Whether somebody may sign in is decided before, in ``sign_in.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from store.access import hash_of_secret, new_secret
from store.database import Connection, Database
from store.identity import Identity, Origin
from store.ids import new_id

LIFETIME: Final = timedelta(days=30)
IDLE: Final = timedelta(days=7)  # of a browser; the database compares, in identity_of_session
NOTED_EVERY: Final = timedelta(minutes=1)
Kind = Literal["page", "local", "program"]
Outcome = Literal["refreshed", "unknown", "over", "reused"]


@dataclass(frozen=True, slots=True)
class Client:
    """What signed in: shown to the person, so that they know their sessions apart."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Session:
    id: UUID
    kind: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Started:
    """A new session and its secret, told only here: the cookie, or a program's first refresh token."""

    session_id: UUID
    secret: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of a refresh token. ``started``: the session and the next token, when there is one."""

    outcome: Outcome
    identity: Identity | None = None
    started: Started | None = None


async def start_session(
    connection: Connection, identity: Identity, kind: Kind, client: Client, *, at: datetime
) -> Started:
    """A session of ``identity``'s user. The caller has made sure that it is them."""
    session_id, secret = new_id(), new_secret()
    cookie_hash = None if kind == "program" else hash_of_secret(secret)
    await connection.execute(
        "INSERT INTO sessions (id, tenant_id, user_id, kind, cookie_hash, created_at, used_at, expires_at, "
        "address, user_agent) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(session_id, identity.tenant_id, identity.user_id, kind, cookie_hash, at, at, at + LIFETIME),
            *(client.address[:100], client.user_agent[:300]),
        ),
    )
    if kind == "program":
        await _issue(connection, identity, session_id, secret, at)
    await connection.execute("UPDATE users SET last_sign_in_at = %s WHERE id = %s", (at, identity.user_id))
    return Started(session_id, secret)


async def _issue(connection: Connection, identity: Identity, session_id: UUID, token: str, at: datetime) -> None:
    await connection.execute(
        "INSERT INTO refresh_tokens (token_hash, tenant_id, session_id, issued_at) VALUES (%s, %s, %s, %s)",
        (hash_of_secret(token), identity.tenant_id, session_id, at),
    )


async def refresh(database: Database, token: str, *, at: datetime, origin: Origin) -> Refreshed:
    """Exchange a refresh token for the next one, in one transaction that holds the session's row.

    A token that comes a second time is in two hands: the session ends, which stays so whatever is answered.
    """
    hash_ = hash_of_secret(token)
    async with database.system() as connection:
        found = await (await connection.execute("SELECT * FROM session_of_refresh_token(%s)", (hash_,))).fetchone()
    if found is None:
        return Refreshed("unknown")
    identity = Identity(
        found["tenant_id"], found["user_id"], found["role"], session_id=found["session_id"], origin=origin
    )
    async with database.transaction(identity) as connection:
        return await _exchange(connection, identity, found["session_id"], hash_, at)


async def _exchange(
    connection: Connection, identity: Identity, session_id: UUID, hash_: bytes, at: datetime
) -> Refreshed:
    row = await (
        await connection.execute("SELECT end_reason FROM sessions WHERE id = %s FOR UPDATE", (session_id,))
    ).fetchone()
    if row is None or row["end_reason"]:
        return Refreshed("reused" if row and row["end_reason"] == "token_reused" else "over")
    known = await (
        await connection.execute("SELECT FROM identity_of_session(%s, NULL, %s)", (session_id, at))
    ).fetchone()
    if known is None:
        return Refreshed("over")
    used = await connection.execute(
        "UPDATE refresh_tokens SET used_at = %s WHERE token_hash = %s AND used_at IS NULL", (at, hash_)
    )
    if used.rowcount == 0:
        await end_session(connection, session_id, at=at, reason="token_reused")
        return Refreshed("reused", identity)
    token = new_secret()
    await _issue(connection, identity, session_id, token, at)
    await connection.execute("UPDATE sessions SET used_at = %s WHERE id = %s", (at, session_id))
    return Refreshed("refreshed", identity, Started(session_id, token))


async def session_of_token(database: Database, token: str) -> Identity | None:
    """Whose session this refresh token belongs to, used or not; None when nobody's."""
    async with database.system() as connection:
        row = await (
            await connection.execute("SELECT * FROM session_of_refresh_token(%s)", (hash_of_secret(token),))
        ).fetchone()
    return Identity(row["tenant_id"], row["user_id"], row["role"], session_id=row["session_id"]) if row else None


async def list_sessions(
    connection: Connection, identity: Identity, *, at: datetime, limit: int, after: tuple[datetime, UUID] | None
) -> list[Session]:
    """The user's own sessions that are still good, newest first."""
    cursor = await connection.execute(
        "SELECT id, kind, created_at, used_at, expires_at, address, user_agent FROM sessions "
        "WHERE user_id = %s AND ended_at IS NULL AND expires_at > %s AND (kind = 'program' OR used_at > %s) "
        "AND (%s::timestamptz IS NULL OR (created_at, id) < (%s, %s)) ORDER BY created_at DESC, id DESC LIMIT %s",
        (identity.user_id, at, at - IDLE, after and after[0], after and after[0], after and after[1], limit),
    )
    return [Session(**row) for row in await cursor.fetchall()]


async def end_session(
    connection: Connection, session_id: UUID, *, at: datetime, reason: str, user_id: UUID | None = None
) -> bool:
    """End one session; with ``user_id`` only when it is that user's. False when there is none to end."""
    cursor = await connection.execute(
        "UPDATE sessions SET ended_at = %s, end_reason = %s "
        "WHERE id = %s AND ended_at IS NULL AND (%s::uuid IS NULL OR user_id = %s)",
        (at, reason, session_id, user_id, user_id),
    )
    return cursor.rowcount == 1


async def end_sessions(
    connection: Connection, user_id: UUID, *, at: datetime, reason: str, keep: UUID | None = None
) -> int:
    """End the user's sessions, all but ``keep``; returns how many. Reasons: see ``sessions.end_reason``."""
    cursor = await connection.execute(
        "UPDATE sessions SET ended_at = %s, end_reason = %s "
        "WHERE user_id = %s AND ended_at IS NULL AND id IS DISTINCT FROM %s",
        (at, reason, user_id, keep),
    )
    return cursor.rowcount


async def note_use(database: Database, identity: Identity, *, at: datetime) -> None:
    """Write down that the identity's session or key was used, unless another sidecar just did."""
    before = at - NOTED_EVERY
    async with database.transaction(identity) as connection:
        if identity.session_id is not None:
            await connection.execute(
                "UPDATE sessions SET used_at = %s WHERE id = %s AND used_at <= %s",
                (at, identity.session_id, before),
            )
        elif identity.key_id is not None:
            await connection.execute(
                "UPDATE api_keys SET last_used_at = %s WHERE id = %s AND (last_used_at IS NULL OR last_used_at <= %s)",
                (at, identity.key_id, before),
            )


async def clear_old_sessions(database: Database, before: datetime) -> int:
    """Delete sessions of all tenants that were over before this instant, and old links; returns how many sessions."""
    async with database.system() as connection:
        row = await (await connection.execute("SELECT clear_old_sessions(%s) AS count", (before,))).fetchone()
    return int(row["count"]) if row else 0
