"""Which addresses of others' servers we connect to: public ones over https, and what the operator allows by name.

Whoever types a server's address makes us connect to it, so nothing inside our own network may be reachable. Names are
resolved once, checked, and exactly the checked addresses are connected to; there is no second answer to be fooled by.
Pure: connecting is done where the protocol is spoken.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field

from yarl import URL

from store.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_6TO4 = ipaddress.IPv6Network("2002::/16")
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' own, and a cloud's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's metadata with a public address
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/96",  # unspecified, loopback, and IPv4 in the old way
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and other tunnels
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/9",  # link-local and site-local
        "ff00::/8",
    )
)


class AddressRefused(Invalid):
    """A server address that may not be used; the sentence says why, and not what it resolved to."""

    code = "address_not_allowed"


@dataclass(frozen=True)
class Guard:
    """``what`` an address is of; ``allowed``: hosts (``radicale.lan``, ``radicale.lan:5232``), for which http will do
    too, and networks (``192.168.1.0/24``)."""

    allowed: tuple[str, ...] = ()
    what: str = "server"
    setting: str = ""  # where whoever runs this allows places of their own network
    _hosts: frozenset[str] = field(init=False, repr=False)
    _networks: tuple[Network, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        networks = {text: _network(text) for text in self.allowed}
        object.__setattr__(self, "_networks", tuple(network for network in networks.values() if network))
        object.__setattr__(
            self, "_hosts", frozenset(text.casefold() for text, network in networks.items() if not network)
        )

    def checked(self, address: str | URL) -> URL:
        """The URL of a server, if it may be asked at all; https is what is meant where nothing is said.

        Raises AddressRefused.
        """
        if isinstance(address, str):
            address = address.strip() if "://" in address else f"https://{address.strip()}"
            if not address.isprintable() or " " in address:
                raise AddressRefused(f"That is not an address of a {self.what}.")
        try:
            url = URL(address)
            host, port = url.host, url.port
        except ValueError as error:
            raise AddressRefused(f"That is not an address of a {self.what}.") from error
        if not host or url.scheme not in ("http", "https") or port is None:
            raise AddressRefused(f"That is not an address of a {self.what}. It starts with https.")
        if url.user is not None or url.password is not None:
            raise AddressRefused("Leave the user name and password out of the server's address.")
        literal = _literal(host)
        if literal is None and any(not 0 < len(label) <= 63 for label in host.rstrip(".").split(".")):
            raise AddressRefused(f"That is not an address of a {self.what}.")
        if literal is not None and not self.may_be_reached(host, port, literal):
            raise self._inward()
        if url.scheme == "http" and not self._is_named(host, port, literal):
            raise AddressRefused(f"A {self.what} is only asked over an encrypted connection. Use https.")
        return url.with_fragment(None)

    def may_be_reached(self, host: str, port: int, address: Address) -> bool:
        """Whether ``address``, which ``host`` has, may be connected to."""
        if self._is_named(host, port, address):
            return True
        return not any(_within(one, _NEVER) for one in _meant(address))

    def _is_named(self, host: str, port: int, address: Address | None) -> bool:
        named = host.casefold().rstrip(".")
        if named in self._hosts or f"{named}:{port}" in self._hosts:
            return True
        return address is not None and any(_within(one, self._networks) for one in _meant(address))

    def _inward(self) -> AddressRefused:
        setting = f" ({self.setting})" if self.setting else ""
        return AddressRefused(
            f"That address is none of a {self.what} on the internet, and nothing else may be asked. "
            f"Whoever runs this VoiceLoop can allow one in their own network{setting}."
        )

    def check_found(self, host: str, port: int, found: Iterable[str]) -> None:
        """Raises AddressRefused when a name has any address that may not be reached."""
        for text in found:
            literal = _literal(text)
            if literal is None or not self.may_be_reached(host, port, literal):
                raise self._inward()


def _meant(address: Address) -> Iterable[Address]:
    """The address, and the IPv4 address that it stands for."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            yield address.ipv4_mapped
        elif address in _NAT64:
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        elif address in _6TO4:
            yield ipaddress.IPv4Address(int(address) >> 80 & 0xFFFFFFFF)


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]").split("%")[0])
    except ValueError:
        return None


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
