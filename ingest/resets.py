"""The mail with which somebody who forgot their password chooses a new one. Done after the answer, as an errand."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Final

from ingest.mails.outbox import Mail, Outbox
from store import sign_in
from store.database import Database
from store.errors import NotFound
from store.identity import Identity, Origin
from store.links import RESET_LIFETIME, make_link, may_have_another

_PAUSE: Final = timedelta(minutes=1)  # between two mails to the same person
_TEXT: Final = """\
Somebody asked for a new password for this address at {tenant} on VoiceLoop.
Open this link to choose one:

{link}

It is good for one hour and for one use. If it was not you, do nothing: your password stays as it is.
"""


async def send_reset_links(
    database: Database, outbox: Outbox, public_url: str, email: str, tenant: str, *, at: datetime, origin: Origin
) -> None:
    """A link to each person of this e-mail, in the tenant of this slug or in all; to nobody for unknown ones.

    The mail goes to the address as it is kept, not as it was typed. A person gets one a minute at most, and no more
    while they have a handful of links that are good.
    """
    for person in await sign_in.people_of_email(database, email, tenant):
        identity = Identity(person.tenant_id, None, "system", name="password reset", origin=origin)
        with contextlib.suppress(NotFound):  # deleted, or another address, since they were looked up: no link
            async with database.transaction(identity) as connection:
                if not await may_have_another(connection, person.user_id, "password_reset", at=at, pause=_PAUSE):
                    continue
                token = await make_link(
                    *(connection, identity, person.user_id, "password_reset"),
                    email=person.email,
                    at=at,
                    lifetime=RESET_LIFETIME,
                )
                text = _TEXT.format(tenant=person.tenant_name, link=f"{public_url}/reset-password#{token}")
                await outbox.post(connection, identity, Mail(to=person.email, subject="A new password", text=text))
