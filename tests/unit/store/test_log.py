"""What the log must never hold, wherever it was written down before: in a field, a message or a traceback."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from store.log import configure, get_logger, scrub

KEY = "vl_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
PASSWORD = "hunter2-hunter2"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def handlers_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_an_exception_that_holds_secrets_is_logged_without_them(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    try:
        headers = {"Authorization": f"Bearer {JWT}", "Cookie": f"voiceloop_session={JWT}"}
        raise ConnectionError(f"postgresql://ada:{PASSWORD}@db/voiceloop refused {headers} of {KEY}")
    except ConnectionError:
        get_logger("test").exception("failed", detail=f"host=db password={PASSWORD} dbname=x")
        logging.getLogger("aiohttp.server").exception("Error handling %s", f"Authorization: Bearer {KEY}")
    out = capsys.readouterr().err
    for secret in (KEY, PASSWORD, JWT):
        assert secret not in out
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["event"] for line in lines] == ["failed", "Error handling Authorization: Bearer vl_***"]
    assert "ConnectionError" in lines[0]["exception"]
    assert "ada:***@db" in lines[0]["exception"]


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        (f"?token={JWT}&x=1", "?token=***&x=1"),
        ("password='secret word'", "password='*** word'"),
        ("{'password': 'hunter2'}", "{'password': '***'}"),
        ("sk-proj-0123456789abcdefgh", "sk-***"),
        ("bearer abcdefghijkl.mno", "bearer ***"),
        ("a token that is over, tokens: 5", "a token that is over, tokens: 5"),
        ('{"session_id": "1", "secret": true}', '{"session_id": "1", "secret": true}'),
        ("https://example.com/a:b@c", "https://example.com/a:b@c"),
        ("redis://:pw@host/0", "redis://:***@host/0"),
    ],
)
def test_what_looks_like_a_secret_is_masked_and_nothing_else(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed
