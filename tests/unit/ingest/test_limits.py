"""What limits are made of: settings, addresses, and leases that are believed for two seconds."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from pydantic import ValidationError

from ingest.addresses import address_of, came_by_tls, group_of, parse
from ingest.keys import SETTINGS
from ingest.limits import RateLimit, whole_seconds
from ingest.settings import Settings
from store.allowances import Allowance

REQUIRED = {
    "database_url": "postgresql://localhost/x",
    "livekit_url": "ws://localhost:7880",
    "livekit_api_key": "key",
    "livekit_api_secret": "s" * 36,
    "secret_key": "k" * 64,
}


class Transport:
    """A connection from an address."""

    def __init__(self, peer: Any) -> None:
        self._peer = peer

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._peer if name == "peername" else default

    def is_closing(self) -> bool:
        return False


def request_from(peer: Any, *forwarded: str, proxies: str = "", **headers: str) -> web.Request:
    app = web.Application()
    app[SETTINGS] = Settings.model_validate({**REQUIRED, "trusted_proxies": proxies})
    sent = [("X-Forwarded-For", text) for text in forwarded]
    sent += [(name.replace("_", "-"), text) for name, text in headers.items()]
    return make_mocked_request("GET", "/", headers=dict(sent), app=app, transport=Transport(peer))


@pytest.mark.parametrize("text", ["1200/60", "1/1", "5/3600"])
def test_an_allowance_is_requests_in_seconds(text: str) -> None:
    allowance = Allowance.parse(text)
    assert allowance is not None
    assert f"{allowance.requests}/{allowance.seconds}" == text


def test_off_is_no_limit() -> None:
    assert Allowance.parse("off") is None


@pytest.mark.parametrize("text", ["", "0/60", "10/0", "10", "-1/60", "1e3/60", "10/60s", "OFF", "99999999/1"])
def test_anything_else_stops_the_start(text: str) -> None:
    with pytest.raises(ValidationError, match="REQUESTS/SECONDS"):
        Settings.model_validate({**REQUIRED, "limit_user": text})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cors_origins", "*"),
        ("cors_origins", "https://a.example/"),
        ("cors_origins", "https://a.example/path"),
        ("cors_origins", "https://*.example.com"),
        ("cors_origins", "a.example"),
        ("cors_origins", "null"),
        ("cors_origins", "https://user@a.example"),
        ("cors_origins", "https://a.example https://b.example"),
        ("embed_origins", "https://a.example; script-src *"),
        ("embed_origins", "'self'"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("trusted_proxies", "proxy.internal"),
        ("trusted_proxies", "0.0.0.0/99"),
        ("body_timeout_s", 0),
        ("answer_timeout_s", 1e9),
        ("idle_timeout_s", "nan"),
    ],
)
def test_a_list_that_would_let_in_too_many_stops_the_start(name: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({**REQUIRED, name: value})


def test_lists_are_read_with_spaces_and_empty_places() -> None:
    read = Settings.model_validate(
        {**REQUIRED, "cors_origins": "https://A.example:8443, http://[::1]:3000,", "trusted_proxies": "::1, 10.0.0.0/8"}
    )
    assert read.cors == {"https://a.example:8443", "http://[::1]:3000"}
    assert [str(network) for network in read.proxies] == ["::1/128", "10.0.0.0/8"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1:1234", "192.0.2.1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unknown", None),
        ("", None),
        ("_hidden", None),
        ("1.2.3", None),
        ("[", None),
        ("\udcff", None),
        ("1" * 5000, None),
    ],
)
def test_addresses_are_read_in_every_form_and_garbage_is_none(text: str, address: str | None) -> None:
    parsed = parse(text)
    assert (str(parsed) if parsed else None) == address


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        (("192.0.2.1", 1), ["198.51.100.1"], "", "192.0.2.1"),
        (("192.0.2.1", 1), ["198.51.100.1"], "10.0.0.0/8", "192.0.2.1"),
        (("10.0.0.1", 1), ["198.51.100.1"], "10.0.0.0/8", "198.51.100.1"),
        (("10.0.0.1", 1), ["203.0.113.7, 198.51.100.1, 10.0.0.2"], "10.0.0.0/8", "198.51.100.1"),
        (("10.0.0.1", 1), ["203.0.113.7, garbage, 10.0.0.2"], "10.0.0.0/8", "10.0.0.2"),
        (("10.0.0.1", 1), ["garbage"], "10.0.0.0/8", "10.0.0.1"),
        (("10.0.0.1", 1), [","], "10.0.0.0/8", "10.0.0.1"),
        (("10.0.0.1", 1), [], "10.0.0.0/8", "10.0.0.1"),
        (("10.0.0.1", 1), ["10.0.0.3, 10.0.0.2"], "10.0.0.0/8", "10.0.0.3"),
        (("::ffff:10.0.0.1", 1, 0, 0), ["198.51.100.1"], "10.0.0.0/8", "198.51.100.1"),
        (("::1", 1, 0, 0), ["2001:db8::1"], "::1", "2001:db8::1"),
        ("", ["198.51.100.1"], "10.0.0.0/8", ""),
        (None, [], "", ""),
    ],
)
def test_the_client_is_who_our_own_proxies_say(peer: Any, forwarded: list[str], proxies: str, expected: str) -> None:
    assert address_of(request_from(peer, *forwarded, proxies=proxies)) == expected


def test_an_ipv6_network_counts_as_one_client_and_an_ipv4_address_as_itself() -> None:
    assert group_of("2001:db8::1") == group_of("2001:db8::ffff:1") == "2001:db8::/64"
    assert group_of("2001:db8:0:1::1") != group_of("2001:db8::1")
    assert group_of("192.0.2.1") == "192.0.2.1"
    assert group_of("") == ""


@pytest.mark.parametrize(
    ("proto", "proxies", "is_tls"),
    [
        ("https", "192.0.2.1", True),
        ("http, HTTPS", "192.0.2.1", True),
        ("https, http", "192.0.2.1", False),
        ("https", "", False),
    ],
)
def test_tls_is_believed_from_our_own_proxies_only(proto: str, proxies: str, is_tls: bool) -> None:
    assert came_by_tls(request_from(("192.0.2.1", 1), proxies=proxies, X_Forwarded_Proto=proto)) is is_tls


@pytest.mark.parametrize(("seconds", "told"), [(0.0, 1), (0.001, 1), (1.0, 1), (1.2, 2), (59.01, 60), (None, 1)])
def test_retry_after_is_never_too_early(seconds: float | None, told: int) -> None:
    assert whole_seconds(seconds) == told


def test_rate_limit_headers_name_policy_quota_and_what_is_left() -> None:
    assert RateLimit("user", Allowance(1200, 60), 7).headers() == {
        "RateLimit-Policy": '"user";q=1200;w=60',
        "RateLimit": '"user";r=7',
    }
