"""Handing one message to the SMTP server that SMTP_URL names. Encrypts where it can, and tells "never" from "not now".

Knows no database. A password is sent over TLS only, except to this very machine.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formataddr
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from store.errors import Invalid, Unavailable

TIMEOUT_S: Final = 20.0  # for each step of the conversation
_FAREWELL_S = 2.0
_LONGEST_REASON = 300
_PORTS = {"smtp": 587, "smtps": 465}


class MailRefused(Invalid):
    """The server will never take this message; trying again is of no use."""

    code = "mail_refused"


class MailDelayed(Unavailable):
    """It could not be handed over now; later it may."""

    code = "mail_delayed"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over. ``tls``: from the first byte; ``require_tls``: never without STARTTLS.

    ``tls_context`` decides which certificates are trusted; None is the system's (or SSL_CERT_FILE's).
    """

    host: str
    port: int
    tls: bool = False
    require_tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = TIMEOUT_S
    tls_context: ssl.SSLContext | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, url: str) -> SmtpServer:
        """Parse ``smtp://user:password@host:587?starttls=required`` or ``smtps://…``.

        Raises ValueError with the end of a sentence that does not repeat the URL, which holds a password.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
            options = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        except ValueError:
            raise ValueError("must look like smtp://user:password@host:587 (special characters as %XX)") from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("must begin with smtp:// or smtps:// and name a host")
        if parts.path.strip("/") or parts.fragment or not set(options) <= {"starttls"}:
            raise ValueError("has a part that is not understood; special characters of a password are written as %XX")
        starttls = options.get("starttls", ["auto"])[0]
        if starttls not in {"auto", "required"}:
            raise ValueError("takes ?starttls=required or nothing after the port")
        return cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            require_tls=starttls == "required",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    @property
    def default_sender(self) -> str:
        """The From of mails when VOICELOOP_MAIL_FROM is not set: who signs in, else a name at the server's host."""
        address = self.user if "@" in self.user else f"voiceloop@{self.host if self._has_name else 'localhost'}"
        return formataddr(("VoiceLoop", address))

    @property
    def _has_name(self) -> bool:
        return not re.fullmatch(r"[0-9.]+|.*:.*", self.host)

    @property
    def is_local(self) -> bool:
        """Whether nobody can listen in between."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    async def deliver(self, message: EmailMessage) -> None:
        """Hand ``message`` over. Raises MailRefused, MailDelayed; their text has no password and no link's secret."""
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            timeout=self.timeout_s,
            use_tls=self.tls,
            start_tls=False,
            tls_context=self._context() if self.tls else None,
        )
        try:
            await client.connect()
            encrypted = self.tls or await self._start_tls(client)
            await self._sign_in(client, encrypted=encrypted)
            await client.send_message(message)
        except aiosmtplib.SMTPAuthenticationError as error:  # its text may repeat what was presented
            raise MailDelayed(f"The mail server refused the user and password of SMTP_URL ({error.code}).") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise self._problem(error.recipients[0].code, error.recipients[0].message) from error
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
            raise self._problem(error.code, error.message) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            text = self._reason(str(error) or type(error).__name__)
            raise MailDelayed(f"The mail server cannot be reached or broke off: {text}") from error
        finally:  # a farewell that fails changes nothing: the message was taken or not before
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit(timeout=_FAREWELL_S)
            client.close()

    def _context(self) -> ssl.SSLContext:
        if self.tls_context is not None:
            return self.tls_context
        context = ssl.create_default_context()
        if self.is_local and not self.require_tls:  # a mail server on this machine has a certificate it made itself
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    async def _start_tls(self, client: aiosmtplib.SMTP) -> bool:
        await client.ehlo()
        if client.supports_extension("starttls"):
            await client.starttls(tls_context=self._context())
            return True
        if self.require_tls:
            raise MailDelayed("The mail server offers no STARTTLS, which SMTP_URL requires.")
        return False

    async def _sign_in(self, client: aiosmtplib.SMTP, *, encrypted: bool) -> None:
        if not self.user:
            return
        if not encrypted and not self.is_local:
            raise MailDelayed("The mail server offers no STARTTLS; the password of SMTP_URL is not sent unencrypted.")
        await client.login(self.user, self.password)

    def _problem(self, code: int, message: str) -> MailRefused | MailDelayed:
        """5xx is for ever, 4xx for now."""
        kind = MailRefused if code >= 500 else MailDelayed
        return kind(f"The mail server answered {code}: {self._reason(message)}")

    def _reason(self, text: str) -> str:
        """A server's words without what must not be kept: some quote the link they dislike."""
        shown = text.replace(self.password, "***") if self.password else text
        return re.sub(r"#\S+", "#***", " ".join(shown.split()))[:_LONGEST_REASON]
