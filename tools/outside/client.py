"""One server of tools, connected: what it offers, and calls of it. The protocol is the official library's.

Everything that comes back has been cleaned (``cleaning.py``). A connection lives in a task of its own, so that whoever
opened it may be cancelled at any time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from mcp import ClientSession, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, PaginatedRequestParams, Tool

from store.log import get_logger
from tools.outside.addresses import Guard
from tools.outside.cleaning import SchemaRefused, clean_schema, described, is_tool_name, told
from tools.outside.model import Answer, OutsideTool, ServerUnavailable
from tools.outside.transport import CheckedTransport, Resolve, client, resolve

MOST_LISTED: Final = 200
_PAGES: Final = 5
_NO_ANSWER: Final = "The server does not answer as an MCP server does."
log = get_logger(__name__)


class Connection:
    """``open`` it, use it, ``aclose`` it; ``resolver`` is the system's unless another is given."""

    def __init__(self, url: str, headers: Mapping[str, str], guard: Guard, resolver: Resolve = resolve) -> None:
        self._url = str(guard.checked(url))
        self._headers = dict(headers)
        self._transport = CheckedTransport(guard, resolver)
        self._session: ClientSession | None = None
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self, limit_s: float) -> list[OutsideTool]:
        """Connect, and say which tools there are. Raises ServerUnavailable, AddressRefused."""
        ready: asyncio.Future[list[OutsideTool]] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._hold(ready))
        self._task.add_done_callback(lambda task: self._settle(task, ready))
        try:
            async with asyncio.timeout(limit_s):
                return await asyncio.shield(ready)
        except TimeoutError as error:
            await self.aclose()
            raise ServerUnavailable(self._transport.problem or "The server does not answer in time.") from error
        except BaseException:
            await self.aclose()
            raise

    async def call(self, tool: str, arguments: Mapping[str, Any], limit_s: float) -> Answer:
        """What the tool answered. Raises ServerUnavailable (then nobody knows whether it did it), TimeoutError."""
        if self._session is None:
            raise ServerUnavailable("The connection to the server is gone.")
        try:
            async with asyncio.timeout(limit_s):
                result = await self._session.call_tool(tool, dict(arguments))
        except MCPError as error:
            if self._transport.problem:
                raise ServerUnavailable(self._transport.problem) from error
            return Answer(described(error.error.message), failed=True)
        except TimeoutError:
            raise
        except Exception as error:
            raise ServerUnavailable(self._transport.problem or _NO_ANSWER) from error
        finally:
            self._transport.problem = ""
        return Answer(told(result.content, result.structured_content), failed=bool(result.is_error))

    async def aclose(self) -> None:
        """Ends the connection; the server is told for at most a second."""
        self._ended.set()
        if self._task is not None and not self._task.done():
            await asyncio.wait({self._task}, timeout=1.0 if self._session else 0.0)
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=1.0)

    async def _hold(self, ready: asyncio.Future[list[OutsideTool]]) -> None:
        try:
            async with (
                client(self._transport, self._headers) as http,
                streamable_http_client(self._url, http_client=http) as streams,
                _Session(streams[0], streams[1]) as session,
            ):
                await session.initialize()
                tools = await _listed(session)
                self._session = session
                if not ready.done():
                    ready.set_result(tools)
                await self._ended.wait()
        finally:
            self._session = None

    def _settle(self, task: asyncio.Task[None], ready: asyncio.Future[list[OutsideTool]]) -> None:
        """The task is over: whoever waits for it learns why, and nobody hears of it again."""
        error = None if task.cancelled() else task.exception()
        if not ready.done():
            ready.set_exception(ServerUnavailable(self._transport.problem or _NO_ANSWER))
        elif error is not None:
            log.warning("the connection to a server of tools ended", error=type(error).__name__)
        if not ready.cancelled():
            ready.exception()


class _Session(ClientSession):
    async def validate_tool_result(self, name: str, result: CallToolResult) -> None:
        """A result is text to us. The server's schema of it may hold patterns that take for ever."""


async def _listed(session: ClientSession) -> list[OutsideTool]:
    tools: list[OutsideTool] = []
    cursor: str | None = None
    for _ in range(_PAGES):
        page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor) if cursor else None)
        tools += [_tool(one) for one in page.tools[: MOST_LISTED - len(tools)] if is_tool_name(one.name)]
        cursor = page.next_cursor
        if not cursor or len(tools) >= MOST_LISTED:
            break
    return list({tool.name: tool for tool in tools}.values())


def _tool(one: Tool) -> OutsideTool:
    reads_only = one.annotations is not None and one.annotations.read_only_hint is True
    text = described(one.description or one.title)
    try:
        return OutsideTool(one.name, text, clean_schema(one.input_schema), reads_only)
    except SchemaRefused as error:
        return OutsideTool(one.name, text, None, reads_only, error.message)
