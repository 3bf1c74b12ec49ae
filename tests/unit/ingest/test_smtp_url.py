"""SMTP_URL: what is understood, and that nothing of it is repeated when it is not."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from ingest.mails.smtp import MailDelayed, SmtpServer


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", SmtpServer("mail.example.org", 587)),
        ("smtp://mail.example.org:25/", SmtpServer("mail.example.org", 25)),
        ("smtps://mail.example.org", SmtpServer("mail.example.org", 465, tls=True)),
        ("smtp://[::1]:2525", SmtpServer("::1", 2525)),
        (
            "smtp://ada%40example.org:p%40ss%3A%2F@mail.example.org:587?starttls=required",
            SmtpServer("mail.example.org", 587, require_tls=True, user="ada@example.org", password="p@ss:/"),
        ),
    ],
)
def test_it_is_understood(url: str, server: SmtpServer) -> None:
    assert SmtpServer.from_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org:587",
        "https://hunter2@mail.example.org",
        "smtp://",
        "smtp://ada:hunter2@mail.example.org:port",
        "smtp://ada:hunter2/x@mail.example.org",
        "smtp://ada:hunter2@mail.example.org?starttls=never",
        "smtp://ada:hunter2@mail.example.org?tls",
        "smtp://ada:hunter2@mail.example.org#x",
        "smtp://ada:hunter2@[mail.example.org",
    ],
)
def test_what_is_not_understood_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"must|has a part|takes") as caught:
        SmtpServer.from_url(url)
    assert "hunter2" not in str(caught.value)


def test_the_password_is_not_shown() -> None:
    assert "hunter2" not in repr(SmtpServer.from_url("smtp://ada:hunter2@mail.example.org"))


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("smtp://ada%40example.org:x@mail.example.net", "VoiceLoop <ada@example.org>"),
        ("smtp://apikey:x@mail.example.net", "VoiceLoop <voiceloop@mail.example.net>"),
        ("smtp://127.0.0.1:25", "VoiceLoop <voiceloop@localhost>"),
        ("smtp://[::1]:25", "VoiceLoop <voiceloop@localhost>"),
    ],
)
def test_mails_come_from_whoever_signs_in(url: str, sender: str) -> None:
    assert SmtpServer.from_url(url).default_sender == sender


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("mail", False),
    ],
)
def test_only_this_machine_is_local(host: str, is_local: bool) -> None:
    assert SmtpServer(host, 25).is_local is is_local


class _PlainServer:
    """What the sender sees of a server without STARTTLS."""

    def __init__(self) -> None:
        self.signed_in = False

    async def connect(self) -> None: ...
    async def ehlo(self) -> None: ...
    def supports_extension(self, _name: str) -> bool:
        return False

    async def login(self, _user: str, _password: str) -> None:
        self.signed_in = True

    async def send_message(self, _message: EmailMessage) -> None: ...
    async def quit(self, *, timeout: float) -> None: ...
    def close(self) -> None: ...


@pytest.mark.parametrize("host", ["mail.example.org", "10.0.0.1"])
async def test_a_password_is_never_sent_in_the_clear_over_a_network(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    server = _PlainServer()
    monkeypatch.setattr("ingest.mails.smtp.aiosmtplib.SMTP", lambda **_options: server)
    with pytest.raises(MailDelayed, match="not sent unencrypted"):
        await SmtpServer(host, 25, user="ada", password="hunter2").deliver(EmailMessage())
    assert not server.signed_in


async def test_to_this_machine_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    server = _PlainServer()
    monkeypatch.setattr("ingest.mails.smtp.aiosmtplib.SMTP", lambda **_options: server)
    await SmtpServer("127.0.0.1", 25, user="ada", password="hunter2").deliver(EmailMessage())
    assert server.signed_in
