"""A real MCP server on this machine, of the official library: what its tools say and do is up to the test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import mcp_types as types
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

READS = types.ToolAnnotations(read_only_hint=True)
TEXT = {"type": "string"}


def tool(name: str, description: str = "", *, reads: bool = False, **properties: Any) -> types.Tool:
    """A tool all of whose arguments are needed."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return types.Tool(
        name=name, description=description or name, input_schema=schema, annotations=READS if reads else None
    )


WEATHER = tool("get_weather", "The weather of a town.", reads=True, town=TEXT)
TICKET = tool("create_ticket", "Opens a ticket.", subject=TEXT, priority={"type": "string", "enum": ["low", "high"]})
WIPE = tool("wipe_everything", "Deletes all tickets.")


@dataclass
class Desk:
    """``answers``: text by tool. ``calls``: what was called. ``held``: tools that never answer until it is set."""

    url: str = ""
    tools: list[types.Tool] = field(default_factory=lambda: [WEATHER, TICKET, WIPE])
    answers: dict[str, str] = field(default_factory=dict[str, str])
    failing: set[str] = field(default_factory=set[str])
    slow: set[str] = field(default_factory=set[str])
    slow_to_list: bool = False
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    token: str = ""  # that is asked for
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    ends: list[Callable[[], Awaitable[None]]] = field(default_factory=list[Callable[[], Awaitable[None]]])

    async def stop(self) -> None:
        """The server goes away before its block ends."""
        self.go_on.set()
        while self.ends:
            await self.ends.pop()()

    async def list_tools(self, _: Any, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        if self.slow_to_list:
            await self.go_on.wait()
        return types.ListToolsResult(tools=self.tools)

    async def call_tool(self, _: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        self.calls.append((params.name, dict(params.arguments or {})))
        if params.name in self.slow:
            await self.go_on.wait()
        text = self.answers.get(params.name, "Done.")
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=text)], is_error=params.name in self.failing
        )


@asynccontextmanager
async def mcp_server(desk: Desk | None = None) -> AsyncGenerator[Desk]:
    """Serving at ``desk.url`` until the block ends."""
    desk = desk or Desk()
    server: Server[Any] = Server("desk", on_list_tools=desk.list_tools, on_call_tool=desk.call_tool)
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope.get("headers", ())}
        desk.headers.append(headers)
        if desk.token and headers.get("authorization") != f"Bearer {desk.token}":
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await manager.handle_request(scope, receive, send)

    listening = socket.create_server(("127.0.0.1", 0))
    desk.url = f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    serving = uvicorn.Server(config)

    async def serve() -> None:  # in a task of its own: a fixture ends in another than it began in
        async with manager.run():
            await serving._serve([listening])

    task = asyncio.create_task(serve())

    async def end() -> None:
        serving.should_exit = True
        await task
        listening.close()

    desk.ends.append(end)
    try:
        yield desk
    finally:
        await desk.stop()
