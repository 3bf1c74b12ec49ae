"""Which ports are free on this machine, asked before anything is started so that the answer is a clear sentence."""

from __future__ import annotations

import errno
import ipaddress
import socket

from store.errors import Conflict, SettingsError


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine as only it can reach it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_any(host: str) -> bool:
    """Whether ``host`` means every interface."""
    return host in {"0.0.0.0", "::"}


def reachable_address(host: str) -> str:
    """The address that others use for a server listening on ``host``: for 0.0.0.0 that of the outgoing interface."""
    if not is_any(host):
        return socket.gethostbyname(host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # chooses a route; a datagram socket sends nothing by connecting
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def require_free(host: str, port: int) -> None:
    """Raise Conflict when ``port`` is taken, SettingsError when it cannot be listened on at all."""
    error = _bind_error(host, port, socket.SOCK_STREAM)
    if error is None:
        return
    if error.errno == errno.EADDRINUSE:
        raise Conflict(
            f"Port {port} on {host} is already taken by another program. Stop it, or choose another port: "
            f"voiceloop up --port {port + 1 if port < 65_000 else 8080}",
            code="port_taken",
        )
    raise SettingsError(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --host or --port.")


def free_port(host: str, near: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """The first free port from ``near`` on, among the next fifty; any free one when all of them are taken."""
    for port in range(near, min(near + 50, 65_536)):
        if _bind_error(host, port, kind) is None:
            return port
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _bind_error(host: str, port: int, kind: socket.SocketKind) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None
