"""Put this folder on PYTHONPATH and no Python process reaches beyond loopback: every attempt raises and is noted.

Used by the offline proof where no network namespace can be made (not root). Says so on standard error, so that a
swallowed exception is still seen in a log.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any


def _refuse_far_addresses(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        return
    if event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        sock, address = arguments
        if sock.family not in (socket.AF_INET, socket.AF_INET6):
            return
        host = address[0]
    if host is None or _is_near(host.decode() if isinstance(host, bytes) else str(host)):
        return
    sys.stderr.write(f"refused a connection beyond loopback: {host}\n")
    raise PermissionError(f"no connection beyond loopback: {host}")


def _is_near(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


sys.addaudithook(_refuse_far_addresses)
