"""Nobody reaches our own network by typing in a calendar server's address, however it is written or resolved."""

from __future__ import annotations

import socket

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tools.calendars.caldav.addresses import AddressRefused, Guard, may_have_credentials

INSIDE = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[2001::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::a00:1]",
    "[2002:7f00:1::1]",
    "[2002:a9fe:a9fe::1]",
]
OUTSIDE = ["8.8.8.8", "172.32.0.1", "[2606:4700::1111]", "[64:ff9b::8.8.8.8]", "[2002:808:808::1]"]


@pytest.mark.parametrize("host", INSIDE)
def test_an_address_inside_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused) as told:
        Guard().checked(f"https://{host}/dav/")
    assert host.strip("[]") not in str(told.value)


@pytest.mark.parametrize("host", OUTSIDE)
def test_an_address_outside_is_fine(host: str) -> None:
    assert Guard().checked(f"https://{host}/dav/").path == "/dav/"


@pytest.mark.parametrize(
    "address",
    [
        "http://calendar.example.com/",
        "ftp://calendar.example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///dav",
        "https://user:secret@calendar.example.com/",
        "https://calendar.example.com:99999/",
        "https://[::1",
        "gopher://calendar.example.com:70/",
        "",
        " ",
    ],
)
def test_what_is_no_encrypted_server_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused) as told:
        Guard().checked(address)
    assert "secret" not in str(told.value)


def test_https_is_meant_when_nothing_is_said() -> None:
    assert str(Guard().checked("calendar.example.com/dav/")) == "https://calendar.example.com/dav/"


@pytest.mark.parametrize(
    ("allowed", "address"),
    [
        ("192.168.1.0/24", "http://192.168.1.7:5232/"),
        ("radicale.lan", "http://radicale.lan:5232/"),
        ("Radicale.lan", "http://radicale.LAN./"),
        ("radicale.lan:5232", "http://radicale.lan:5232/"),
        ("127.0.0.1", "http://127.0.0.1:5232/"),
        ("fd00::/8", "https://[fd00::1]/"),
        ("10.0.0.0/8", "https://[::ffff:10.0.0.1]/"),
    ],
)
def test_what_the_operator_allows_may_be_asked(allowed: str, address: str) -> None:
    assert Guard((allowed,)).checked(address)


@pytest.mark.parametrize(
    ("allowed", "address"),
    [
        ("192.168.1.0/24", "http://192.168.2.7/"),
        ("radicale.lan", "http://evil-radicale.lan/"),
        ("radicale.lan", "http://radicale.lan.example.com/"),
        ("radicale.lan:5232", "http://radicale.lan:22/"),
        ("127.0.0.1", "http://127.0.0.2/"),
    ],
)
def test_and_nothing_beside_it(allowed: str, address: str) -> None:
    with pytest.raises(AddressRefused):
        Guard((allowed,)).checked(address)


class Names(AbstractResolver):
    """Answers each question with the next list of addresses."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.answers.pop(0)
        ]

    async def close(self) -> None:
        return None


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1"], ["::ffff:192.168.0.1"]])
async def test_a_name_that_leads_inside_is_not_connected_to(addresses: list[str]) -> None:
    names = Names(addresses)
    async with aiohttp.ClientSession(connector=Guard().connector(names)) as session:
        with pytest.raises(AddressRefused):
            await session.get("https://calendar.example.com/")
    assert names.asked == 1


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1"])
async def test_other_ways_to_write_this_machine_are_no_way_in(host: str) -> None:
    async with aiohttp.ClientSession(connector=Guard().connector()) as session:
        with pytest.raises((AddressRefused, aiohttp.ClientConnectorDNSError, aiohttp.InvalidURL)):
            await session.get(Guard().checked(f"https://{host}:9/"))


async def test_the_checked_answer_is_the_one_that_is_used() -> None:
    """The second answer leads elsewhere; nobody asks for it while the first is connected to."""

    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    application = web.Application()
    application.router.add_get("/", hello)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    names = Names(["127.0.0.1"], ["192.0.2.1"])
    try:
        async with aiohttp.ClientSession(connector=Guard(("127.0.0.1",)).connector(names)) as session:
            for _ in range(2):
                async with session.get(f"http://calendar.example.com:{port}/") as answer:
                    assert await answer.text() == "hello"
    finally:
        await runner.cleanup()
    assert names.asked == 1


@pytest.mark.parametrize(
    ("origin", "target", "may"),
    [
        ("https://dav.example.com/", "https://dav.example.com/home/", True),
        ("https://dav.example.com/", "https://dav.example.com:8443/", False),
        ("https://dav.example.com/", "http://dav.example.com/", False),
        ("https://dav.example.com/", "https://example.com/", False),
        ("https://dav.example.com/", "https://evil.com/", False),
        ("https://caldav.icloud.com/", "https://p42-caldav.icloud.com/", True),
        ("https://caldav.icloud.com/", "http://p42-caldav.icloud.com/", False),
        ("https://caldav.icloud.com/", "https://evilicloud.com/", False),
        ("https://evil.com/", "https://caldav.icloud.com/", False),
    ],
)
def test_a_password_stays_with_its_server(origin: str, target: str, may: bool) -> None:
    assert may_have_credentials(URL(origin), URL(target)) is may


@pytest.mark.parametrize("host", ["a" * 64 + ".com", "a..com", "b." + "a" * 300 + ".com"])
def test_a_name_that_no_machine_can_have_is_no_address(host: str) -> None:
    with pytest.raises(AddressRefused, match="not an address"):
        Guard().checked(f"https://{host}/dav/")


def test_a_refusal_says_where_a_place_of_ones_own_is_allowed() -> None:
    with pytest.raises(AddressRefused, match="VOICELOOP_CALDAV_ALLOW"):
        Guard().checked("http://127.0.0.1:5232/")
