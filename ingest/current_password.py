"""The current password, asked again before what whoever finds a page open must not do: another password or e-mail."""

from __future__ import annotations

from aiohttp import web

from ingest.keys import DATABASE
from ingest.limits import take_for_email
from store import passwords
from store.errors import NotAllowed
from store.identity import Identity


async def require_current_password(request: web.Request, identity: Identity, email: str, current: str) -> str | None:
    """The hash of the identity's password, which ``current`` is; None when they have none, and then it is empty.

    Each try counts as an attempt to sign in with their ``email``. Raises NotAllowed ``wrong_password``, TooMany.
    """
    assert identity.user_id is not None
    async with request.app[DATABASE].transaction(identity) as connection:
        known = await passwords.hash_of_user(connection, identity.user_id)
    await take_for_email(request, "sign_in", email)  # whoever found a page open may not guess on
    is_right = await passwords.verify(known, current)
    if not is_right and (known is not None or current):
        raise NotAllowed("The current password is wrong.", code="wrong_password")
    return known
