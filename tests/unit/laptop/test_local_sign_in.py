"""`voiceloop up` lets the owner in without a password only where nobody else can come."""

import pytest

from ingest.up import signs_in_locally


@pytest.mark.parametrize(
    ("host", "environment", "is_local"),
    [
        ("127.0.0.1", {}, True),
        ("localhost", {"VOICELOOP_PUBLIC_URL": "http://127.0.0.1:8080"}, True),
        ("::1", {"VOICELOOP_PUBLIC_URL": "http://[::1]:8080", "VOICELOOP_TRUSTED_PROXIES": " "}, True),
        ("0.0.0.0", {}, False),
        ("192.0.2.7", {"VOICELOOP_PUBLIC_URL": "http://127.0.0.1:8080"}, False),
        ("127.0.0.1", {"VOICELOOP_PUBLIC_URL": "https://voice.example.com"}, False),
        ("127.0.0.1", {"VOICELOOP_PUBLIC_URL": "http://["}, False),
        ("127.0.0.1", {"VOICELOOP_TRUSTED_PROXIES": "127.0.0.1"}, False),
    ],
)
def test_the_owner_needs_no_password_where_only_this_machine_comes(
    host: str, environment: dict[str, str], is_local: bool
) -> None:
    assert signs_in_locally(host, environment) is is_local
