"""Passwords: argon2id in threads, a bounded number at once, so that a flood of sign-ins takes no more than its share.

Never on the event loop. Whoever has no password costs one verification too, so that time tells nothing of who exists.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import Final, ParamSpec, TypeVar
from uuid import UUID

import argon2

from store.database import Connection
from store.errors import Invalid, TooMany
from store.identity import Identity

SHORTEST: Final = 10
LONGEST: Final = 200
_HASHER: Final = argon2.PasswordHasher()  # argon2id with the library's own parameters
AT_ONCE: Final = 2 * (os.cpu_count() or 1)  # each takes 64 MiB while it runs
WAITING_AT_MOST: Final = 200
P = ParamSpec("P")
T = TypeVar("T")


class _Threads(ThreadPoolExecutor):
    """As many threads as may hash at once; ``asked``: how many wait for them or are in them."""

    asked = 0


@cache
def _threads() -> _Threads:
    return _Threads(AT_ONCE, thread_name_prefix="argon2")


@cache
def _dummy_hash() -> str:
    """What unknown users are verified against: nobody's password, made with the parameters of everybody's."""
    return _HASHER.hash(os.urandom(32))


async def prepare() -> None:
    """Make what unknown users are verified against, or the first of them would wait longer than the others."""
    await _in_thread(_dummy_hash)


def check_strength(password: str, *, email: str) -> None:
    """Raises Invalid ``weak_password`` unless the password may be used by the person of this e-mail."""
    if len(password) < SHORTEST:
        raise Invalid(f"Choose a password of at least {SHORTEST} characters.", code="weak_password")
    if len(password) > LONGEST:
        raise Invalid(f"Choose a password of at most {LONGEST} characters.", code="weak_password")
    if password.strip().casefold() == email.strip().casefold():
        raise Invalid("Choose a password that is not your e-mail address.", code="weak_password")
    if len(set(password)) < 3:
        raise Invalid("Choose a password of more than two different characters.", code="weak_password")


async def hash_password(password: str) -> str:
    """The argon2id hash, encoded with its parameters. Raises TooMany as ``verify`` does."""
    return await _in_thread(_HASHER.hash, password)


async def verify(hash_: str | None, password: str) -> bool:
    """True when the hash is the password's; without a hash the work is the same and the answer False.

    Raises TooMany when more wait for their turn than would be answered in a reasonable time.
    """
    return (await verify_all([hash_], password))[0]


async def verify_all(hashes: Sequence[str | None], password: str) -> list[bool]:
    """``verify`` for each, one after another in one thread; all of them, whichever are right."""
    return await _in_thread(_verify_all, hashes, password)


async def _in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    threads = _threads()
    if threads.asked >= AT_ONCE + WAITING_AT_MOST:
        raise TooMany(
            "Too many people sign in at this moment. Try again soon.", code="too_many_sign_ins", retry_after_s=5
        )
    threads.asked += 1
    try:
        return await asyncio.wrap_future(threads.submit(work, *args, **kwargs))
    finally:
        threads.asked -= 1


def _verify_all(hashes: Sequence[str | None], password: str) -> list[bool]:
    return [_verify(hash_, password) for hash_ in hashes]


def _verify(hash_: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(hash_ or _dummy_hash(), password) and hash_ is not None
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def needs_rehash(hash_: str) -> bool:
    """True when the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(hash_)


async def set_password(connection: Connection, identity: Identity, user_id: UUID, hash_: str, at: datetime) -> None:
    """Keep the hash as the user's password, in place of the one before."""
    await connection.execute(
        "INSERT INTO passwords (user_id, tenant_id, hash, set_at) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at",
        (user_id, identity.tenant_id, hash_, at),
    )


async def hash_of_user(connection: Connection, user_id: UUID, *, hold: bool = False) -> str | None:
    """The user's hash; None when they have no password yet. ``hold``: it stays so until the transaction ends."""
    row = await (
        await connection.execute(
            "SELECT hash FROM passwords WHERE user_id = %s FOR UPDATE"
            if hold
            else "SELECT hash FROM passwords WHERE user_id = %s",
            (user_id,),
        )
    ).fetchone()
    return row["hash"] if row else None
