"""What the doctor says of calendar providers: a sentence for each, and never a secret."""

from __future__ import annotations

import pytest

from ingest.api.calendar_accounts import CALLBACK
from ingest.doctor_calendars import CALLBACK as NAMED
from ingest.doctor_calendars import findings

GOOGLE = {"GOOGLE_CLIENT_ID": "client-1", "GOOGLE_CLIENT_SECRET": "hunter2"}


def said(environment: dict[str, str]) -> dict[str, tuple[str, str]]:
    found = {what: (state, detail) for what, state, detail in findings(environment)}
    assert "hunter2" not in str(found)
    return found


def test_without_clients_it_says_what_to_set() -> None:
    assert said({}) == {
        "Google calendars": ("ok", "cannot be connected; set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET for that"),
        "Microsoft calendars": (
            "ok",
            "cannot be connected; set MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET for that",
        ),
        "CalDAV calendars": ("ok", "public servers"),
        "MCP servers": ("ok", "public servers"),
    }


def test_with_a_client_it_names_the_redirect_address() -> None:
    state, detail = said({**GOOGLE, "VOICELOOP_PUBLIC_URL": "https://voice.example.com/"})["Google calendars"]
    assert state == "ok"
    assert detail.endswith("needs the redirect address https://voice.example.com/api/calendar/accounts/callback")
    assert said({**GOOGLE, "VOICELOOP_PORT": "9000"})["Google calendars"][1].endswith(f"http://127.0.0.1:9000{NAMED}")
    assert NAMED == CALLBACK


@pytest.mark.parametrize(
    ("environment", "what", "state", "part"),
    [
        ({"GOOGLE_CLIENT_SECRET": "hunter2"}, "Google calendars", "missing", "GOOGLE_CLIENT_ID is not"),
        ({**GOOGLE, "VOICELOOP_PUBLIC_URL": "http://voice.lan"}, "Google calendars", "note", "https://"),
        ({"VOICELOOP_CALDAV_ALLOW": "nas.lan, 10.0.0.0/8"}, "CalDAV calendars", "ok", "nas.lan"),
        ({"VOICELOOP_CALDAV_ALLOW": "http://nas"}, "CalDAV calendars", "missing", "host names"),
        ({"VOICELOOP_MCP_ALLOW": "tools.lan:8443"}, "MCP servers", "ok", "tools.lan:8443"),
        ({"VOICELOOP_MCP_ALLOW": "http://tools"}, "MCP servers", "missing", "VOICELOOP_MCP_ALLOW must be"),
    ],
)
def test_what_is_wrong_is_said(environment: dict[str, str], what: str, state: str, part: str) -> None:
    found = said(environment)[what]
    assert found[0] == state
    assert part in found[1]
