"""Mails that tell somebody what was done to their account, so that a change they did not make does not stay unseen.

One transaction with the change itself. They carry no link: nobody is to learn to follow one from such a mail.
"""

from __future__ import annotations

from typing import Final

from ingest.mails.outbox import Mail, Outbox
from store.database import Connection
from store.identity import Identity
from store.tenants import name_of_tenant
from store.users import Member

_TEXT: Final = """\
Hello {name},

the e-mail address of your account at {tenant} on VoiceLoop was changed by {by}. This address no longer signs in.

If that is not what you wanted, tell an owner of {tenant} at once: they can change it back.
"""


async def tell_of_other_email(
    outbox: Outbox, connection: Connection, identity: Identity, before: Member, after: Member
) -> None:
    """To the address they had, whoever changed it; nothing when it is the same but for upper and lower case."""
    if after.email.lower() == before.email.lower():
        return
    tenant = on_one_line(await name_of_tenant(connection, identity))
    by = (
        "somebody signed in as you"
        if identity.user_id == before.id
        else on_one_line(identity.name) or "an administrator"
    )
    text = _TEXT.format(name=on_one_line(before.name), tenant=tenant, by=by)
    subject = f"Your e-mail address at {tenant}"[:150]
    await outbox.post(connection, identity, Mail(to=before.email, subject=subject, text=text))


def on_one_line(text: str) -> str:
    """What people wrote, on one line: a name must not add a header or a second link-like paragraph."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
