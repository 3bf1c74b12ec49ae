"""Where a request comes from: the peer, or what the proxies we trust say of it. Garbage in headers never raises.

Only proxies in VOICELOOP_TRUSTED_PROXIES are believed; everybody else could write any address into X-Forwarded-For.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from aiohttp import web

from ingest.keys import SETTINGS
from store.log import get_logger

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
log = get_logger(__name__)
_untold = iter([True])  # so that a stranger who writes the header fills no log
_IPV6_GROUP = 64  # one customer's network; whoever has one has all of its addresses


def address_of(request: web.Request) -> str:
    """The client's IP address in its shortest form; empty when the connection has none (a Unix socket)."""
    peer = peer_of(request)
    if peer is None:
        return ""
    trusted = request.app[SETTINGS].proxies
    if not trusted or not _is_within(peer, trusted):
        if "X-Forwarded-For" in request.headers:
            _warn_of_unknown_proxy(str(peer))
        return str(peer)
    return str(_forwarded(request.headers.getall("X-Forwarded-For", []), peer, trusted))


def came_by_tls(request: web.Request) -> bool:
    """Whether the client spoke TLS: to us, to a trusted proxy that says so, or as VOICELOOP_PUBLIC_URL promises."""
    settings = request.app[SETTINGS]
    if request.secure or settings.public_url.startswith("https://"):
        return True
    peer = peer_of(request)
    if peer is None or not _is_within(peer, settings.proxies):
        return False
    return request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower() == "https"


def peer_of(request: web.Request) -> Address | None:
    """The other end of the connection itself."""
    name = request.transport.get_extra_info("peername") if request.transport else None
    return parse(str(name[0])) if isinstance(name, tuple) and name else None


@lru_cache(maxsize=4096)
def group_of(address: str) -> str:
    """Whom a limit counts as one: an IPv4 address, or an IPv6 network of /64."""
    parsed = parse(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(parsed), _IPV6_GROUP), strict=False))
    return address


@lru_cache(maxsize=4096)
def parse(text: str) -> Address | None:
    """An address, with or without port, brackets and zone; IPv4 inside IPv6 as IPv4. None for anything else."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _warn_of_unknown_proxy(peer: str) -> None:
    """Once a program: behind a proxy that nobody named, everybody is one address, with one limit for all of them."""
    if not next(_untold, False):
        return
    log.warning(
        "X-Forwarded-For comes from an address that is no trusted proxy and is not believed. If a proxy of yours is in "
        "front, name its address in VOICELOOP_TRUSTED_PROXIES and the page's https:// address in VOICELOOP_PUBLIC_URL.",
        peer=peer,
    )


def _forwarded(headers: list[str], peer: Address, trusted: tuple[Network, ...]) -> Address:
    """The last address that a trusted proxy wrote: the rightmost that is no proxy of ours."""
    nearest = peer
    for text in reversed(",".join(headers).split(",")):
        address = parse(text)
        if address is None:
            break  # what stands before it was written by somebody unknown
        nearest = address
        if not _is_within(address, trusted):
            break
    return nearest


def _is_within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)
