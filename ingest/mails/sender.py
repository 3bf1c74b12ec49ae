"""Sends what is in the outbox: one attempt a call, written down in the mail's row. Without a server it logs the links.

A job process killed between the server's yes and the row's ``sent`` sends again: the Message-ID is the same, so that
mail programs show one. Never logs a text, except its links when there is nobody to send it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final
from uuid import UUID

from ingest.mails.smtp import MailDelayed, MailRefused, SmtpServer
from store import mails
from store.clock import Clock
from store.database import Database
from store.identity import Identity
from store.log import get_logger
from store.mails import QueuedMail
from store.seal import Keyring, SealBroken
from store.sealed import MAIL_BODY

log = get_logger(__name__)
MOST_ATTEMPTS: Final = 8
_FIRST_WAIT_S = 30
_LINK = re.compile(r"https?://\S+")


class TryAgain(MailDelayed):
    """The next attempt is due in ``wait_s`` seconds."""

    def __init__(self, message: str, *, wait_s: int) -> None:
        super().__init__(message)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Sender:
    """``server`` None: mails are logged instead; ``from_`` is what the header From says."""

    database: Database
    keyring: Keyring
    clock: Clock
    server: SmtpServer | None
    from_: str

    async def send(self, identity: Identity, mail_id: UUID) -> None:
        """One attempt. Raises TryAgain when it failed for now; a mail that is done already is left alone."""
        async with self.database.transaction(identity) as connection:
            mail = await mails.begin_attempt(connection, mail_id)
        if mail is None:
            return
        try:
            text = MAIL_BODY.open(self.keyring, identity.tenant_id, mail.id, mail.sealed_body).decode()
            if mail.attempts > MOST_ATTEMPTS:
                raise MailRefused("Sending it was broken off again and again; it was given up.")
            if self.server is None:
                await self._log_instead(identity, mail, text)
            else:
                await self.server.deliver(message_of(mail, text, self.from_))
                await self._finish(identity, mail, "sent")
                log.info("mail sent", mail_id=str(mail.id), attempts=mail.attempts)
        except SealBroken as error:
            # a key that this process was not told of yet may be known to the next one
            end = self._delay if error.code == "unknown_key" else self._give_up
            await end(identity, mail, error.message)
        except MailRefused as error:
            await self._give_up(identity, mail, error.message)
        except MailDelayed as error:
            await self._delay(identity, mail, error.message)

    async def _log_instead(self, identity: Identity, mail: QueuedMail, text: str) -> None:
        await self._finish(identity, mail, "logged")
        fields = {"pii.to": mail.to_address, "link": " ".join(_LINK.findall(text))}
        log.info("mail not sent: SMTP_URL is not set", **fields)

    async def _delay(self, identity: Identity, mail: QueuedMail, reason: str) -> None:
        if mail.attempts >= MOST_ATTEMPTS:
            await self._give_up(identity, mail, reason)
            return
        wait_s = wait_after(mail.attempts)
        async with self.database.transaction(identity) as connection:
            await mails.note_error(connection, mail.id, reason)
        log.warning("mail delayed", mail_id=str(mail.id), attempts=mail.attempts, wait_s=wait_s, reason=reason)
        raise TryAgain(reason, wait_s=wait_s)

    async def _give_up(self, identity: Identity, mail: QueuedMail, reason: str) -> None:
        await self._finish(identity, mail, "failed", reason)
        log.error("mail given up", mail_id=str(mail.id), attempts=mail.attempts, reason=reason)

    async def _finish(self, identity: Identity, mail: QueuedMail, status: str, error: str = "") -> None:
        at = self.clock.now() if status == "sent" else None
        async with self.database.transaction(identity) as connection:
            await mails.finish(connection, mail.id, status, at=at, error=error)


def wait_after(attempts: int) -> int:
    """Seconds until the next attempt: twice as long each time, about an hour for all eight."""
    return _FIRST_WAIT_S * 2 ** (attempts - 1)


def message_of(mail: QueuedMail, text: str, from_: str) -> EmailMessage:
    """The message as it is sent; the same mail gives the same headers every time."""
    message = EmailMessage(policy=SMTP)
    message["From"] = from_
    message["To"] = Address(addr_spec=mail.to_address)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id}@{parseaddr(from_)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office answers
    message.set_content(text)
    return message
