"""A proxy that nobody named is not believed, and the log says so once."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from ingest import addresses
from ingest.keys import SETTINGS
from tests.integration.ingest.conftest import make_settings


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_untold", iter([True]))


def asked(tmp_path: Path, peer: str, forwarded: str | None) -> web.Request:
    app = web.Application()
    app[SETTINGS] = make_settings("postgresql:///none", tmp_path).model_copy(update={"trusted_proxies": "10.0.0.1"})
    transport = Mock()
    transport.get_extra_info = Mock(side_effect=lambda name, default=None: (peer, 1) if name == "peername" else default)
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return make_mocked_request("GET", "/", headers=headers, app=app, transport=transport)


def test_an_unknown_proxy_is_told_of_once(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        for number, (peer, forwarded, expected) in enumerate(
            [
                ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
                ("10.0.0.2", None, "10.0.0.2"),
                ("10.0.0.2", "198.51.100.7", "10.0.0.2"),
                ("10.0.0.3", "198.51.100.7", "10.0.0.3"),
            ]
        ):
            assert addresses.address_of(asked(tmp_path / str(number), peer, forwarded)) == expected
    [told] = [entry for entry in logs if entry["log_level"] == "warning"]
    assert told["peer"] == "10.0.0.2"
    assert "VOICELOOP_TRUSTED_PROXIES" in told["event"]
    assert "VOICELOOP_PUBLIC_URL" in told["event"]
