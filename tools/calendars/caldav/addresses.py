"""The addresses that a person's calendar server may have, and connections that go nowhere else.

The rules are in ``tools/outside/addresses.py``.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tools.outside import addresses
from tools.outside.addresses import AddressRefused

__all__ = ["AddressRefused", "Guard", "may_have_credentials"]

_FAMILIES = ("icloud.com",)  # one account there lives on several hosts, and each gets its password


@dataclass(frozen=True)
class Guard(addresses.Guard):
    """Of calendar servers."""

    what: str = "calendar server"
    setting: str = "VOICELOOP_CALDAV_ALLOW"

    def connector(self, resolver: AbstractResolver | None = None) -> aiohttp.TCPConnector:
        """Connections that go to checked addresses only; ``resolver`` is the system's unless another is given."""
        return aiohttp.TCPConnector(resolver=_CheckedResolver(self, resolver or aiohttp.ThreadedResolver()))


class _CheckedResolver(AbstractResolver):
    """Resolves, and refuses a name that has any address inside."""

    def __init__(self, guard: Guard, resolver: AbstractResolver) -> None:
        self._guard = guard
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        self._guard.check_found(host, port, [one["host"] for one in found])
        return found

    async def close(self) -> None:
        await self._resolver.close()


def may_have_credentials(origin: URL, target: URL) -> bool:
    """Whether what was typed in for ``origin`` may be sent to ``target``: the same host, or one family of hosts."""
    if (origin.scheme, origin.host, origin.port) == (target.scheme, target.host, target.port):
        return True
    hosts = ((origin.host or "").casefold(), (target.host or "").casefold())
    return target.scheme == "https" and any(
        all(host == family or host.endswith(f".{family}") for host in hosts) for family in _FAMILIES
    )
