"""The tools of other people's servers that a persona may use: connected beside the greeting, added as they come.

Nothing waits for it. A server that is slow, down or gone is left out of the call and logged; it is not tried again.
Begun by ``behaviors/outside_tools.py``.
"""

from __future__ import annotations

import asyncio
from typing import Final

from livekit.agents import Agent

from agent.opening import OpenCall
from store import mcp_servers
from store.errors import VoiceLoopError
from store.log import get_logger
from store.mcp_servers import McpServer
from store.seal import Keyring
from tools.outside.addresses import Guard
from tools.outside.client import Connection
from tools.outside.model import OutsideTool
from tools.outside.toolset import CONFIRMED, OutsideToolset, tool_name
from tools.outside.transport import Resolve, resolve

MOST_TOOLS: Final = 16  # of one persona: more confuse a model, and each costs time at every turn
CONNECT_S: Final = 10.0
log = get_logger(__name__)


class OutsideTools:
    """``run`` once; ``aclose`` ends the connections."""

    def __init__(
        self, agent: Agent, opened: OpenCall, keyring: Keyring, guard: Guard, resolver: Resolve = resolve
    ) -> None:
        self._agent = agent
        self._opened = opened
        self._keyring = keyring
        self._guard = guard
        self._resolver = resolver
        self._connections: list[Connection] = []
        self._left = MOST_TOOLS
        self._adding = asyncio.Lock()

    async def run(self) -> None:
        """Connect to all servers of the persona at once."""
        names = self._opened.persona.mcp_servers
        try:
            servers = await mcp_servers.list_servers(self._opened.database, self._opened.call.identity, names=names)
        except VoiceLoopError as error:
            log.warning("outside tools are left out of the call", code=error.code)
            return
        if gone := set(names) - {server.name for server in servers}:
            log.warning("the persona names servers that are gone", servers=sorted(gone))
        await asyncio.gather(*(self._add(server) for server in servers if server.allowed_tools))

    async def aclose(self) -> None:
        await asyncio.gather(*(connection.aclose() for connection in self._connections))

    async def _add(self, server: McpServer) -> None:
        try:
            headers = mcp_servers.headers_of(self._keyring, self._opened.call.identity, server)
            connection = Connection(server.url, headers, self._guard, self._resolver)
            self._connections.append(connection)
            offered = await connection.open(CONNECT_S)
        except VoiceLoopError as error:
            log.warning("a server is left out of the call", server=server.name, code=error.code, reason=error.message)
            return
        async with self._adding:
            chosen = self._chosen(server, offered)
            if chosen:
                toolset = OutsideToolset(self._opened.call, server, connection, chosen)
                await self._agent.update_tools([*self._agent.tools, toolset])
        log.info("outside tools joined the call", server=server.name, tools=len(chosen))

    def _chosen(self, server: McpServer, offered: list[OutsideTool]) -> list[OutsideTool]:
        """What is allowed, can be used and has room, in the order in which it was allowed."""
        there = {tool.name: tool for tool in offered}
        usable: dict[str, OutsideTool] = {}
        for name in server.allowed_tools:
            tool = there.get(name)
            if tool is None or tool.schema is None or CONFIRMED in tool.schema["properties"]:
                log.warning("an allowed tool is left out", server=server.name, tool=name)
            else:
                usable.setdefault(tool_name(server.name, name), tool)
        chosen = list(usable.values())[: self._left]
        if len(usable) > len(chosen):
            log.warning("a persona has too many outside tools", server=server.name, left_out=len(usable) - len(chosen))
        self._left -= len(chosen)
        return chosen
