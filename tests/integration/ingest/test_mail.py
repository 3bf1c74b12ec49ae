"""Mail: queued with what causes it, handed to a real SMTP server, tried again, given up, or logged without one."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import email
import email.policy
import ipaddress
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from ingest.jobs.queue import MAILS
from ingest.mails.forgetting import forget_mails
from ingest.mails.outbox import SEND, Mail, Outbox
from ingest.mails.sender import MOST_ATTEMPTS, Sender, TryAgain, wait_after
from ingest.mails.smtp import SmtpServer
from store.clock import FixedClock
from store.database import Database
from store.errors import Invalid
from store.identity import Identity
from store.log import scrub
from store.seal import Keyring

KEYRING = Keyring(("k" * 40,))
TOKEN = "OaW8EX4_RhjVYQsAFxS78ojrtISKD2yw5-RvezsoF5A"
LINK = f"http://127.0.0.1:8080/welcome#{TOKEN}"
MAIL = Mail("ada@example.org", "Welcome to Harbour House", f"Dear Ada,\n\nopen this to begin: {LINK}\n\nGrüße")
FROM = "VoiceLoop <voiceloop@example.org>"


@dataclass
class Postman:
    """The handler of the test's SMTP server: keeps what arrives, answers what it is told to."""

    answers: list[str] = field(default_factory=list)
    recipient_answer: str = ""
    messages: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    passwords: list[bytes] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.encrypted.append(session.ssl is not None)
        return answer

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.passwords.append(data.password)
        return AuthResult(success=data.password == b"p@ss w/rd", handled=False)


def _certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What the server shows and what trusts it: a certificate for 127.0.0.1, made now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(secret + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


@pytest.fixture
def postman() -> Postman:
    return Postman()


@contextlib.asynccontextmanager
async def serving(postman: Postman, **options: Any) -> AsyncGenerator[SmtpServer]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(postman, **options), "127.0.0.1", 0)
    try:
        yield SmtpServer("127.0.0.1", server.sockets[0].getsockname()[1], timeout_s=5)
    finally:
        server.close()
        await server.wait_closed()


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture
async def plain_server(postman: Postman) -> AsyncIterator[SmtpServer]:
    async with serving(postman) as server:
        yield server


@pytest.fixture
async def tls_server(postman: Postman, tmp_path: Path) -> AsyncIterator[SmtpServer]:
    """Offers STARTTLS and wants a password after it."""
    shown, trusted = _certificate(tmp_path)
    async with serving(
        postman, tls_context=shown, authenticator=postman.authenticate, auth_required=True, require_starttls=True
    ) as server:
        yield replace(server, tls_context=trusted, user="voiceloop", password="p@ss w/rd", require_tls=True)


@pytest.fixture
def outbox(clock: FixedClock) -> Outbox:
    return Outbox(KEYRING, clock)


@pytest.fixture
async def mail_id(database: Database, identity: Identity, outbox: Outbox) -> UUID:
    async with database.transaction(identity) as connection:
        return await outbox.post(connection, identity, MAIL)


def sender(database: Database, clock: FixedClock, server: SmtpServer | None, keyring: Keyring = KEYRING) -> Sender:
    return Sender(database, keyring, clock, server, FROM)


async def row(database: Database, identity: Identity, mail_id: UUID) -> dict[str, Any]:
    async with database.transaction(identity) as connection:
        found = await (await connection.execute("SELECT * FROM mails WHERE id = %s", (mail_id,))).fetchone()
    assert found is not None
    return found


async def queued(database: Database) -> list[dict[str, Any]]:
    async with database.system() as connection:
        cursor = await connection.execute("SELECT queue_name, task_name, args FROM procrastinate_jobs")
        return await cursor.fetchall()


async def test_a_mail_is_queued_sealed_and_without_its_text_in_the_queue(
    database: Database, identity: Identity, mail_id: UUID
) -> None:
    kept = await row(database, identity, mail_id)
    assert kept["status"] == "queued"
    assert b"welcome" not in kept["sealed_body"]
    (job,) = await queued(database)
    assert (job["queue_name"], job["task_name"], job["args"]["mail_id"]) == (MAILS, SEND, str(mail_id))
    assert "welcome" not in str(job)


async def test_what_is_rolled_back_sends_nothing(database: Database, identity: Identity, outbox: Outbox) -> None:
    async def invite() -> None:
        async with database.transaction(identity) as connection:
            await outbox.post(connection, identity, MAIL)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await invite()
    assert await queued(database) == []
    async with database.transaction(identity) as connection:
        assert await (await connection.execute("SELECT id FROM mails")).fetchall() == []


@pytest.mark.parametrize(
    "to",
    ["", "ada", "ada@", "@example.org", "a@x.org,b@x.org", "a@x.org b@x.org", "a@x.org\nBcc: b@x.org", "a@x.org\r\n",
     "Ada <a@x.org>", "a\x00@x.org", "a" * 250 + "@x.org", "a@x.org\u2028"],
)  # fmt: skip
def test_an_address_that_is_more_or_less_than_one_is_refused(to: str) -> None:
    with pytest.raises(Invalid):
        Mail(to, "Hello", "text")


@pytest.mark.parametrize("subject", ["", " ", "Hello\nBcc: b@x.org", "Hello\r", "Hello\x85you", "x" * 201])
def test_a_subject_of_more_or_less_than_a_line_is_refused(subject: str) -> None:
    with pytest.raises(Invalid):
        Mail("ada@example.org", subject, "text")


async def test_it_arrives_with_its_link_and_is_erased_here(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, plain_server: SmtpServer, postman: Postman
) -> None:
    await sender(database, clock, plain_server).send(identity, mail_id)
    (message,) = postman.messages
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == MAIL.text
    assert (message["To"], message["From"], message["Subject"]) == (MAIL.to, FROM, MAIL.subject)
    assert message["Message-ID"] == f"<{mail_id}@example.org>"
    assert message["Date"].datetime == clock.now()
    assert message["Auto-Submitted"] == "auto-generated"
    kept = await row(database, identity, mail_id)
    assert (kept["status"], kept["sent_at"], kept["sealed_body"], kept["attempts"]) == ("sent", clock.now(), None, 1)
    await sender(database, clock, plain_server).send(identity, mail_id)
    assert len(postman.messages) == 1


async def test_starttls_and_password(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, tls_server: SmtpServer, postman: Postman
) -> None:
    await sender(database, clock, tls_server).send(identity, mail_id)
    assert postman.encrypted == [True]
    assert postman.passwords == [b"p@ss w/rd"]


async def test_a_certificate_nobody_vouches_for_is_not_trusted(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, tls_server: SmtpServer, postman: Postman
) -> None:
    with pytest.raises(TryAgain, match="certificate"):
        await sender(database, clock, replace(tls_server, tls_context=None)).send(identity, mail_id)
    assert postman.passwords == []


async def test_required_encryption_that_is_not_offered_sends_nothing(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, plain_server: SmtpServer, postman: Postman
) -> None:
    with pytest.raises(TryAgain, match="STARTTLS"):
        await sender(database, clock, replace(plain_server, require_tls=True)).send(identity, mail_id)
    assert postman.messages == []


async def test_a_wrong_password_is_tried_again_and_not_repeated(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, tls_server: SmtpServer
) -> None:
    with capture_logs() as lines, pytest.raises(TryAgain, match="refused the user and password"):
        await sender(database, clock, replace(tls_server, password="hunter2")).send(identity, mail_id)
    kept = await row(database, identity, mail_id)
    assert kept["status"] == "queued"
    assert "535" in kept["last_error"]
    assert "hunter2" not in str(lines) + kept["last_error"]


async def test_a_recipient_who_is_refused_is_given_up_with_the_reason(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, plain_server: SmtpServer, postman: Postman
) -> None:
    postman.recipient_answer = "550 5.1.1 no such user here"
    await sender(database, clock, plain_server).send(identity, mail_id)
    kept = await row(database, identity, mail_id)
    assert (kept["status"], kept["sealed_body"]) == ("failed", None)
    assert "550" in kept["last_error"]
    assert "no such user here" in kept["last_error"]


async def test_a_server_that_quotes_the_link_does_not_bring_its_secret_into_the_row_or_log(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, plain_server: SmtpServer, postman: Postman
) -> None:
    postman.answers = [f"554 this link looks bad: {LINK} sorry"]
    with capture_logs() as lines:
        await sender(database, clock, plain_server).send(identity, mail_id)
    kept = await row(database, identity, mail_id)
    assert "looks bad" in kept["last_error"]
    assert TOKEN not in kept["last_error"] + str(lines)


async def test_a_server_that_is_busy_gets_it_later_with_the_same_message_id(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, plain_server: SmtpServer, postman: Postman
) -> None:
    postman.answers = ["451 later please"]
    with pytest.raises(TryAgain) as caught:
        await sender(database, clock, plain_server).send(identity, mail_id)
    assert caught.value.wait_s == 30
    assert (await row(database, identity, mail_id))["last_error"].endswith("451: later please")
    await sender(database, clock, plain_server).send(identity, mail_id)
    kept = await row(database, identity, mail_id)
    assert (kept["status"], kept["attempts"], kept["last_error"]) == ("sent", 2, "")
    assert postman.messages[0]["Message-ID"] == f"<{mail_id}@example.org>"


async def test_a_server_that_is_down_gets_it_when_it_is_up(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, plain_server: SmtpServer, postman: Postman
) -> None:
    down = replace(plain_server, port=_closed_port())
    for attempt in (1, 2):
        with pytest.raises(TryAgain, match="cannot be reached") as caught:
            await sender(database, clock, down).send(identity, mail_id)
        assert caught.value.wait_s == wait_after(attempt)
    await sender(database, clock, plain_server).send(identity, mail_id)
    assert len(postman.messages) == 1


@pytest.fixture
async def silent_server() -> AsyncIterator[SmtpServer]:
    """Takes connections and never says a word."""
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _reader, writer: held.append(writer), "127.0.0.1", 0)
    yield SmtpServer("127.0.0.1", server.sockets[0].getsockname()[1], timeout_s=0.05)
    for writer in held:
        writer.close()
    server.close()
    await server.wait_closed()


async def test_a_silent_server_is_not_waited_for(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, silent_server: SmtpServer
) -> None:
    with pytest.raises(TryAgain, match="cannot be reached"):
        await sender(database, clock, silent_server).send(identity, mail_id)


async def test_after_eight_attempts_it_is_given_up_and_its_text_erased(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID
) -> None:
    down = sender(database, clock, SmtpServer("127.0.0.1", _closed_port(), timeout_s=5))
    for _ in range(MOST_ATTEMPTS - 1):
        with pytest.raises(TryAgain):
            await down.send(identity, mail_id)
    await down.send(identity, mail_id)
    kept = await row(database, identity, mail_id)
    assert (kept["status"], kept["attempts"], kept["sealed_body"]) == ("failed", MOST_ATTEMPTS, None)
    assert 3000 < sum(wait_after(attempt) for attempt in range(1, MOST_ATTEMPTS)) < 4200


async def test_a_mail_that_kills_its_worker_again_and_again_is_given_up(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, plain_server: SmtpServer, postman: Postman
) -> None:
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE mails SET attempts = %s", (MOST_ATTEMPTS,))
    await sender(database, clock, plain_server).send(identity, mail_id)
    assert (await row(database, identity, mail_id))["status"] == "failed"
    assert postman.messages == []


async def test_without_a_server_the_link_is_in_the_log_and_the_text_erased(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID
) -> None:
    with capture_logs() as lines:
        await sender(database, clock, None).send(identity, mail_id)
    assert lines == [
        {"event": "mail not sent: SMTP_URL is not set", "log_level": "info", "pii.to": MAIL.to, "link": LINK},
    ]
    assert scrub(LINK) == LINK  # the one secret that is meant to be read in the log
    kept = await row(database, identity, mail_id)
    assert (kept["status"], kept["sealed_body"], kept["sent_at"]) == ("logged", None, None)


async def test_a_key_this_process_was_not_told_of_delays_the_mail(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, plain_server: SmtpServer, postman: Postman
) -> None:
    with pytest.raises(TryAgain):
        await sender(database, clock, plain_server, Keyring(("n" * 40,))).send(identity, mail_id)
    await sender(database, clock, plain_server).send(identity, mail_id)
    assert len(postman.messages) == 1


async def test_a_text_moved_from_another_mail_is_not_sent(
    database: Database,
    identity: Identity,
    clock: FixedClock,
    outbox: Outbox,
    plain_server: SmtpServer,
    postman: Postman,
) -> None:
    async with database.transaction(identity) as connection:
        secret = await outbox.post(connection, identity, MAIL)
        mine = await outbox.post(connection, identity, Mail("eve@example.org", "Hello", "Hello."))
        await connection.execute(
            "UPDATE mails SET sealed_body = (SELECT sealed_body FROM mails WHERE id = %s) WHERE id = %s", (secret, mine)
        )
    await sender(database, clock, plain_server).send(identity, mine)
    assert (await row(database, identity, mine))["status"] == "failed"
    assert postman.messages == []


async def test_a_month_later_nothing_says_to_whom_it_was(
    database: Database, identity: Identity, clock: FixedClock, outbox: Outbox, mail_id: UUID
) -> None:
    await sender(database, clock, None).send(identity, mail_id)
    clock.advance(dt.timedelta(days=29))
    assert await forget_mails(database, clock) == 0
    async with database.transaction(identity) as connection:
        waiting = await outbox.post(connection, identity, MAIL)
    clock.advance(dt.timedelta(days=32))
    assert await forget_mails(database, clock) == 1
    assert (await row(database, identity, waiting))["status"] == "queued"


async def test_another_tenants_mail_is_left_alone(
    database: Database, other_identity: Identity, identity: Identity, clock: FixedClock, mail_id: UUID
) -> None:
    await sender(database, clock, None).send(other_identity, mail_id)
    assert (await row(database, identity, mail_id))["attempts"] == 0


async def test_a_server_on_this_machine_may_show_a_certificate_it_made_itself(
    database: Database, identity: Identity, clock: FixedClock, mail_id: UUID, tls_server: SmtpServer, postman: Postman
) -> None:
    await sender(database, clock, replace(tls_server, tls_context=None, require_tls=False)).send(identity, mail_id)
    assert postman.encrypted == [True]
