"""Putting a mail on its way, in the caller's own transaction: what is rolled back sends nothing.

Sends nothing itself: the job process does (``sender.py``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import UUID

from ingest.jobs.queue import MAILS, defer
from store import mails
from store.clock import Clock
from store.database import Connection
from store.errors import Invalid
from store.identity import Identity
from store.ids import new_id
from store.seal import Keyring
from store.sealed import MAIL_BODY

SEND = "send_mail"
_ADDRESS = re.compile(r"""[^\s@,;:<>()\[\]\\"]+@[^\s@,;:<>()\[\]\\"]+""")
_LONGEST_ADDRESS = 254
_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Mail:
    """``to``: one address; ``text``: plain text, kept sealed and never shown. Raises Invalid for unusable values."""

    to: str
    subject: str
    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.to) > _LONGEST_ADDRESS or not self.to.isprintable() or not _ADDRESS.fullmatch(self.to):
            raise Invalid("This is not one e-mail address.", code="bad_email")
        if not self.subject.strip() or len(self.subject) > _LONGEST_SUBJECT or not self.subject.isprintable():
            raise Invalid("A mail's subject is one line of 1 to 200 characters.", code="bad_subject")


class Outbox:
    """Seals mails and queues them."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock

    async def post(self, connection: Connection, identity: Identity, mail: Mail) -> UUID:
        """Keep ``mail`` and queue its sending, both when ``connection``'s transaction commits; returns its id."""
        mail_id = new_id()
        await mails.insert(
            connection,
            identity,
            mail_id=mail_id,
            to_address=mail.to,
            subject=mail.subject,
            sealed_body=MAIL_BODY.seal(self._keyring, identity.tenant_id, mail_id, mail.text.encode()),
            at=self._clock.now(),
        )
        await defer(connection, identity, MAILS, SEND, lock=f"mail:{mail_id}", mail_id=mail_id)
        return mail_id
