"""MCP servers whose tools personas may use: an allow-list a server, and a look at what it offers.

No answer holds a token or the value of a header. The tools' own words are data of others, cut and cleaned.
"""

from __future__ import annotations

import asyncio
import importlib
import re
from datetime import datetime
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import AfterValidator, Field, SecretStr
from yarl import URL

from ingest.api.persona_fields import is_server_name
from ingest.keys import CLOCK, DATABASE, KEYRING, SETTINGS
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of
from store import mcp_servers
from store.errors import Invalid, VoiceLoopError
from store.mcp_servers import McpServer
from tools.outside.cleaning import is_tool_name
from tools.outside.model import OutsideTool, needs_yes

routes = Routes("MCP servers")
CHECK_S: Final = 10.0
_HEADER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_OURS: Final = frozenset(  # the protocol's, and what `token` sets
    "host content-length content-type transfer-encoding connection upgrade te trailer expect accept accept-encoding "
    "authorization cookie last-event-id".split()
)


def _is_name(name: str) -> str:
    if not is_server_name(name):
        raise ValueError("must be 1 to 24 small letters, digits and single hyphens, and begin with a letter")
    return name


def _are_tools(names: list[str]) -> list[str]:
    if not all(is_tool_name(name) for name in names):
        raise ValueError("must hold names of tools")
    return list(dict.fromkeys(names))


def _are_headers(headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in headers.items():
        taken = name.casefold() in _OURS or name.casefold().startswith("mcp-")
        if not _HEADER.fullmatch(name) or taken or not _is_value(value):
            raise ValueError("must hold names and values of headers that the protocol does not set; see `token`")
    return headers


def _is_token(token: SecretStr) -> SecretStr:
    if not _is_value(token) or " " in token.get_secret_value():
        raise ValueError("must be a token without blanks")
    return token


def _is_value(value: SecretStr) -> bool:
    text = value.get_secret_value()
    return text.isascii() and text.isprintable() and len(text) <= 4000 and text == text.strip()


Name = Annotated[str, AfterValidator(_is_name)]
Address = Annotated[str, Field(min_length=1, max_length=500)]
Token = Annotated[SecretStr, AfterValidator(_is_token), Field(description="Sent as `Authorization: Bearer`.")]
Headers = Annotated[dict[str, SecretStr], Field(max_length=10), AfterValidator(_are_headers)]
Tools = Annotated[list[str], Field(max_length=50), AfterValidator(_are_tools)]
Seconds = Annotated[float, Field(ge=1, le=30)]


class NewMcpServer(Body):
    """`name` begins the names of its tools and stays. `confirmed_tools` null: every tool that does not say it only
    reads waits for the caller's yes."""

    name: Name
    url: Address
    token: Token = SecretStr("")
    headers: Headers = Field(default_factory=dict[str, SecretStr])
    allowed_tools: Tools = Field(default_factory=list[str])
    confirmed_tools: Tools | None = None
    time_limit_s: Seconds = 8.0


class McpServerChange(Body):
    """What is not sent stays. `token` and `headers` together replace what there was; another host needs them anew."""

    url: Address | None = None
    token: Token | None = None
    headers: Headers | None = None
    allowed_tools: Tools | None = None
    confirmed_tools: Tools | None = None
    time_limit_s: Seconds | None = None


class McpServerShape(Shape):
    """`header_names`: what is sent with every request; the values are never shown."""

    id: str
    name: str
    url: str
    header_names: list[str]
    allowed_tools: list[str]
    confirmed_tools: list[str] | None
    time_limit_s: float
    created_at: datetime
    updated_at: datetime


class McpServerList(Shape):
    items: list[McpServerShape]
    next_cursor: str | None = None


class OfferedTool(Shape):
    """`description` is what the server says. `needs_yes`: the caller is asked before it is used. `problem`: why it
    cannot be used at all."""

    name: str
    description: str
    allowed: bool
    reads_only: bool
    needs_yes: bool
    problem: str


class McpServerState(Shape):
    """`problem`: what is wrong, in a sentence; empty when it answers. `missing`: allowed, but not offered."""

    ok: bool
    problem: str
    tools: list[OfferedTool]
    missing: list[str]


@routes.add("GET", "/api/mcp-servers", scope="personas:write", answer=McpServerList)
async def list_mcp_servers(request: web.Request) -> McpServerList:
    """All of them, by name."""
    found = await mcp_servers.list_servers(request.app[DATABASE], identity_of(request))
    return McpServerList(items=[_shape(server) for server in found])


@routes.add(
    "POST",
    "/api/mcp-servers",
    scope="personas:write",
    body=NewMcpServer,
    answer=McpServerShape,
    status=201,
    errors=(409,),
    secret=True,
)
async def create_mcp_server(request: web.Request) -> McpServerShape:
    """A server to choose tools of; nothing is connected to. 409 `name_taken`, `too_many_servers`."""
    wanted, identity, at = await body_of(request, NewMcpServer), identity_of(request), request.app[CLOCK].now()
    values = {
        "name": wanted.name,
        "url": _address(request, wanted.url),
        "headers": _headers(wanted.token, wanted.headers),
        "allowed_tools": wanted.allowed_tools,
        "confirmed_tools": wanted.confirmed_tools,
        "time_limit_s": wanted.time_limit_s,
    }
    async with request.app[DATABASE].transaction(identity) as connection:
        return _shape(await mcp_servers.create(connection, identity, request.app[KEYRING], values, at=at))


@routes.add("GET", "/api/mcp-servers/{id}", scope="personas:write", answer=McpServerShape)
async def read_mcp_server(request: web.Request) -> McpServerShape:
    """One of them."""
    server_id = id_of(request, "mcp_server")
    return _shape(await mcp_servers.read(request.app[DATABASE], identity_of(request), server_id))


@routes.add(
    "PATCH",
    "/api/mcp-servers/{id}",
    scope="personas:write",
    body=McpServerChange,
    answer=McpServerShape,
    secret=True,
)
async def change_mcp_server(request: web.Request) -> McpServerShape:
    """Change what is sent; calls that begin from now on use it."""
    server_id, sent, identity = (
        id_of(request, "mcp_server"),
        await body_of(request, McpServerChange),
        identity_of(request),
    )
    changes: dict[str, Any] = {
        name: getattr(sent, name) for name in ("allowed_tools", "time_limit_s") if getattr(sent, name) is not None
    }
    if "confirmed_tools" in sent.model_fields_set:  # null is a choice, too
        changes["confirmed_tools"] = sent.confirmed_tools
    if sent.token is not None or sent.headers is not None:
        changes["headers"] = _headers(sent.token or SecretStr(""), sent.headers or {})
    async with request.app[DATABASE].transaction(identity) as connection:
        server = await mcp_servers.hold(connection, server_id)
        if sent.url is not None:
            changes["url"] = _address(request, sent.url)
            _require_secrets_anew(server, changes)
        changed = await mcp_servers.change(
            connection, identity, request.app[KEYRING], server_id, changes, at=request.app[CLOCK].now()
        )
    return _shape(changed)


@routes.add("DELETE", "/api/mcp-servers/{id}", scope="personas:write", status=204, errors=(409,))
async def delete_mcp_server(request: web.Request) -> None:
    """Gone for good, with its token. 409 `mcp_server_in_use` while a persona names it."""
    server_id = id_of(request, "mcp_server")
    async with request.app[DATABASE].transaction(identity_of(request)) as connection:
        await mcp_servers.delete(connection, server_id)


@routes.add("POST", "/api/mcp-servers/{id}/check", scope="personas:write", answer=McpServerState, limit="connect")
async def check_mcp_server(request: web.Request) -> McpServerState:
    """Connect to it now, and list what it offers, or say what is wrong."""
    identity = identity_of(request)
    server = await mcp_servers.read(request.app[DATABASE], identity, id_of(request, "mcp_server"))
    client = await asyncio.to_thread(importlib.import_module, "tools.outside.client")  # a library that few need
    try:
        headers = mcp_servers.headers_of(request.app[KEYRING], identity, server)
        connection = client.Connection(server.url, headers, request.app[SETTINGS].mcp_guard)
        offered: list[OutsideTool] = await connection.open(CHECK_S)
    except VoiceLoopError as error:
        return McpServerState(ok=False, problem=error.message, tools=[], missing=list(server.allowed_tools))
    await connection.aclose()
    names = {tool.name for tool in offered}
    missing = [name for name in server.allowed_tools if name not in names]
    return McpServerState(ok=True, problem="", tools=[_offered(server, tool) for tool in offered], missing=missing)


def _address(request: web.Request, url: str) -> str:
    return str(request.app[SETTINGS].mcp_guard.checked(url))


def _headers(token: SecretStr, headers: dict[str, SecretStr]) -> dict[str, str]:
    bearer = token.get_secret_value()
    given = {name: value.get_secret_value() for name, value in headers.items()}
    return {**given, **({"Authorization": f"Bearer {bearer}"} if bearer else {})}


def _require_secrets_anew(server: McpServer, changes: dict[str, Any]) -> None:
    """What was sealed for one host is never sent to another: whoever may change the address must know it."""
    if server.header_names and "headers" not in changes and URL(server.url).origin() != URL(changes["url"]).origin():
        raise Invalid("This is another server: send its token or headers with the address.", code="secrets_needed")


def _offered(server: McpServer, tool: OutsideTool) -> OfferedTool:
    return OfferedTool(
        name=tool.name,
        description=tool.description,
        allowed=tool.name in server.allowed_tools,
        reads_only=tool.reads_only,
        needs_yes=needs_yes(server, tool),
        problem=tool.problem,
    )


def _shape(server: McpServer) -> McpServerShape:
    return McpServerShape(
        id=str(server.id),
        name=server.name,
        url=server.url,
        header_names=list(server.header_names),
        allowed_tools=list(server.allowed_tools),
        confirmed_tools=None if server.confirmed_tools is None else list(server.confirmed_tools),
        time_limit_s=server.time_limit_s,
        created_at=server.created_at,
        updated_at=server.updated_at,
    )
