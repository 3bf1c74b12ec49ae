"""A person's new password: chosen with a link, or changed by somebody signed in; and what ends with the old one.

Locks are taken in one order, links before the password, so that two changes at once wait for each other.
"""

from __future__ import annotations

from datetime import datetime

from store import passwords, users
from store.database import Database
from store.errors import NotAllowed
from store.identity import Identity
from store.links import LinkedUser, Purpose, end_links, is_good, no_such_link, use_link, user_of_link
from store.sessions import end_sessions


async def good_link(database: Database, token: str, purpose: Purpose, *, at: datetime) -> LinkedUser:
    """Whose link this is. Raises NotFound unless it can be used for this purpose now."""
    link = await user_of_link(database, token)
    if link is None:
        raise no_such_link()
    async with database.transaction(link.identity) as connection:
        if not await is_good(connection, link.link_id, purpose, at=at):
            raise no_such_link()
    return link


async def choose_by_link(
    database: Database,
    identity: Identity,
    link: LinkedUser,
    purpose: Purpose,
    password: str,
    name: str,
    *,
    at: datetime,
) -> None:
    """Use the link up and keep the password; the person's other links and all their sessions end.

    ``identity`` is the link's, with where the request came from. Raises Invalid ``weak_password``, NotFound.
    """
    passwords.check_strength(password, email=link.email)
    hash_ = await passwords.hash_password(password)
    async with database.transaction(identity) as connection:
        await use_link(connection, link, purpose, at=at)
        await passwords.set_password(connection, identity, link.user_id, hash_, at)
        if name.strip():
            await users.rename_self(connection, identity, name, at=at)
        await end_links(connection, link.user_id, at=at)
        await end_sessions(connection, link.user_id, at=at, reason="password_changed")


async def change_own(database: Database, identity: Identity, old: str | None, new: str, *, at: datetime) -> None:
    """Change the password of whoever is signed in; links for a new one and their other sessions end.

    ``old`` is the hash that they just proved to know, None without one. Raises NotAllowed ``wrong_password`` when
    it is theirs no more.
    """
    assert identity.user_id is not None
    hash_ = await passwords.hash_password(new)
    async with database.transaction(identity) as connection:
        await end_links(connection, identity.user_id, "password_reset", at=at)  # first: who uses one holds it first too
        if await passwords.hash_of_user(connection, identity.user_id, hold=True) != old:
            raise NotAllowed("The password was changed at this moment. Try again.", code="wrong_password")
        await passwords.set_password(connection, identity, identity.user_id, hash_, at)
        await end_sessions(connection, identity.user_id, at=at, reason="password_changed", keep=identity.session_id)
