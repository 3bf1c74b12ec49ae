"""livekit-server on this machine: which binary, its configuration from ``livekit.yaml``, its start.

The binary is the one on PATH, else a pinned one in the user cache, else one built there once (``media_server_build``).
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ingest.laptop import media_server_build, ports
from ingest.laptop.home import Home, write_private
from ingest.laptop.processes import Processes, Program
from store.errors import SettingsError

NAME = "livekit-server"
START_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class MediaServer:
    """Where it listens: ``address`` for clients and for itself, TCP ``port`` for signalling, one UDP port for media."""

    address: str
    bind: str
    port: int
    udp_port: int

    @property
    def url(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"ws://{host}:{self.port}"


def plan(host: str, page_port: int) -> MediaServer:
    """Free ports next to the page's; on loopback nothing listens beyond it."""
    bind = "127.0.0.1" if ports.is_loopback(host) else host
    address = ports.reachable_address(bind)
    port = ports.free_port(bind, page_port + 1)
    return MediaServer(address, bind, port, ports.free_port(bind, port + 1, socket.SOCK_DGRAM))


async def find_or_build(environment: Mapping[str, str], processes: Processes, note: Callable[[str], None]) -> Path:
    """The binary to run. Raises Unavailable when it has to be built and cannot be."""
    on_path = shutil.which(NAME, path=environment.get("PATH"))
    if on_path:
        note("found on PATH")
        return Path(on_path)
    cached = media_server_build.cached_binary(environment)
    if cached.exists():
        note(f"built earlier ({media_server_build.VERSION})")
        return cached
    return await media_server_build.build(environment, processes, note)


async def start(
    home: Home, processes: Processes, binary: Path, server: MediaServer, secrets: Mapping[str, str], webhook_url: str
) -> None:
    """Write the configuration (mode 600: it holds the secret) and start the server; returns when it answers."""
    config = home.run / "livekit.yaml"
    write_private(config, render(template(), server, secrets, webhook_url))
    program = Program(
        name=NAME,
        argv=(str(binary), "--config", str(config)),
        environment={"PATH": os.defpath, "HOME": str(home.run)},
        # the first signal waits for callers to leave, the second does not
        stop=((signal.SIGTERM, 1.0), (signal.SIGTERM, 3.0)),
    )
    await processes.start(program)
    await processes.wait_until(NAME, lambda: _listens(server), START_TIMEOUT_S, "The media server")
    processes.keep(NAME)
    await asyncio.sleep(0)


def template() -> str:
    """The shipped ``livekit.yaml``: beside the package in a checkout, inside it in an installed wheel."""
    inside = resources.files("ingest") / "livekit.yaml"
    if inside.is_file():
        return inside.read_text("utf-8")
    return (Path(__file__).parents[2] / "livekit.yaml").read_text("utf-8")


def render(text: str, server: MediaServer, secrets: Mapping[str, str], webhook_url: str) -> str:
    """Fill ``${NAME}`` in the template; values are quoted as YAML strings (JSON is YAML). Raises SettingsError."""
    values = {
        "BIND_ADDRESS": json.dumps(server.bind),
        "PORT": str(server.port),
        "UDP_PORT": str(server.udp_port),
        "MEDIA_NETWORK": json.dumps(f"{server.address}/{128 if ':' in server.address else 32}"),
        "NODE_IP": json.dumps(server.address),
        "LIVEKIT_API_KEY": json.dumps(secrets["LIVEKIT_API_KEY"]),
        "LIVEKIT_API_SECRET": json.dumps(secrets["LIVEKIT_API_SECRET"]),
        "WEBHOOK_URL": json.dumps(webhook_url),
    }
    try:
        return string.Template(text).substitute(values)
    except (KeyError, ValueError) as error:
        raise SettingsError(f"livekit.yaml names a value that there is none for: {error}.") from error


def _listens(server: MediaServer) -> bool:
    try:
        with socket.create_connection((server.address, server.port), timeout=1):
            return True
    except OSError:
        return False
