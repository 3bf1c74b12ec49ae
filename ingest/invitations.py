"""Invitations: the link with which somebody new chooses a password, and the mail that brings it.

One transaction with the row of the user, so that nobody is invited who is not there, and the other way round. Used by
``api/users.py``, by the tenants' first owners and by the command line; none of them writes a link or a mail itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from ingest.mails.outbox import Mail
from ingest.notices import on_one_line
from store.database import Connection
from store.identity import Identity
from store.links import INVITATION_LIFETIME, make_link
from store.tenants import name_of_tenant
from store.users import Member

if TYPE_CHECKING:
    from ingest.mails.outbox import Outbox

_TEXT: Final = """\
Hello {name},

{inviter} to {tenant} on VoiceLoop, as {role}.
Open this link to choose your password:

{link}

It is good for {days} days and for one use. If you did not expect this, do nothing: without the link nobody gets in.
"""


async def invite(
    outbox: Outbox | None,
    public_url: str,
    connection: Connection,
    identity: Identity,
    user: Member,
    *,
    at: datetime,
) -> str:
    """Make the link, post the mail, return the link's URL. Earlier invitations of this user end.

    ``identity`` is of the user's tenant. Without an outbox no mail is sent: whoever asked passes the link on.
    """
    token = await make_link(
        connection, identity, user.id, "invitation", email=user.email, at=at, lifetime=INVITATION_LIFETIME
    )
    link = f"{public_url.rstrip('/')}/welcome#{token}"
    if outbox is not None:
        tenant = on_one_line(await name_of_tenant(connection, identity))
        await outbox.post(connection, identity, _mail(user, tenant, identity, link))
    return link


def _mail(user: Member, tenant: str, identity: Identity, link: str) -> Mail:
    by_person = identity.user_id is not None and identity.name
    return Mail(
        to=user.email,
        subject=f"Invitation to {tenant}"[:150],
        text=_TEXT.format(
            name=on_one_line(user.name),
            inviter=f"{on_one_line(identity.name)} invites you" if by_person else "You are invited",
            tenant=tenant,
            role=user.role,
            link=link,
            days=INVITATION_LIFETIME.days,
        ),
    )
