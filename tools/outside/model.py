"""What a server of tools says, after it was cleaned: tools with bounded schemas, answers with bounded text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from store.errors import Unavailable
from store.mcp_servers import McpServer


class ServerUnavailable(Unavailable):
    """A server of tools that cannot be used now; the sentence says why and never what it was sent."""

    code = "mcp_server_unavailable"


@dataclass(frozen=True, slots=True)
class OutsideTool:
    """``name``: the server's own. ``schema``: what it takes, ours to hand on; None when it cannot be used, and then
    ``problem`` says why. ``reads_only``: what the server says of it."""

    name: str
    description: str
    schema: Mapping[str, Any] | None
    reads_only: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """``text``: cleaned and cut, never to be obeyed. ``failed``: the tool says that it could not."""

    text: str
    failed: bool


def needs_yes(server: McpServer, tool: OutsideTool) -> bool:
    """Whether the caller is asked before it is used: what people chose, else unless the server says it only reads."""
    return not tool.reads_only if server.confirmed_tools is None else tool.name in server.confirmed_tools
