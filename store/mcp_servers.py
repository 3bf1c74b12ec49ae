"""Servers of the Model Context Protocol that a tenant's personas may use, each with its sealed headers.

Personas name them; a name stays what it is. Nothing here connects to anything (``tools/outside``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import sql
from psycopg.errors import UniqueViolation

from store.database import Connection, Database
from store.errors import Conflict, Invalid, NotFound
from store.identity import Identity
from store.ids import new_id
from store.seal import Keyring
from store.sealed import MCP_HEADERS

MOST: Final = 20  # of one tenant
_COLUMNS = sql.SQL(
    "id, name, url, header_names, sealed_headers, allowed_tools, confirmed_tools, time_limit_s, created_at, updated_at"
)
_LIST = sql.SQL("SELECT {} FROM mcp_servers ORDER BY name, id").format(_COLUMNS)
_BY_ID = sql.SQL("SELECT {} FROM mcp_servers WHERE id = %s").format(_COLUMNS)
_INSERT = sql.SQL(
    "INSERT INTO mcp_servers (id, tenant_id, name, url, header_names, sealed_headers, headers_set_at, allowed_tools, "
    "confirmed_tools, time_limit_s, created_at, updated_at) VALUES (%(id)s, %(tenant)s, %(name)s, %(url)s, "
    "%(header_names)s, %(sealed_headers)s, %(headers_set_at)s, %(allowed_tools)s, %(confirmed_tools)s, "
    "%(time_limit_s)s, %(at)s, %(at)s) RETURNING {}"
).format(_COLUMNS)
_UPDATE = sql.SQL(
    "UPDATE mcp_servers SET url = %(url)s, allowed_tools = %(allowed_tools)s, confirmed_tools = %(confirmed_tools)s, "
    "time_limit_s = %(time_limit_s)s, updated_at = %(at)s WHERE id = %(id)s RETURNING {}"
).format(_COLUMNS)
_SET_HEADERS = (
    "UPDATE mcp_servers SET header_names = %(header_names)s, sealed_headers = %(sealed_headers)s, "
    "headers_set_at = %(headers_set_at)s WHERE id = %(id)s"
)
_CHANGEABLE: Final = ("url", "allowed_tools", "confirmed_tools", "time_limit_s")


@dataclass(frozen=True, slots=True)
class McpServer:
    """``allowed_tools``: the server's own names. ``confirmed_tools``: which of them wait for the caller's yes; None:
    all whose description does not say that they only read. ``time_limit_s``: seconds a tool may take."""

    id: UUID
    name: str
    url: str
    header_names: tuple[str, ...]
    sealed_headers: bytes | None = field(repr=False)
    allowed_tools: tuple[str, ...]
    confirmed_tools: tuple[str, ...] | None
    time_limit_s: float
    created_at: datetime
    updated_at: datetime


async def list_servers(
    database: Database, identity: Identity, *, names: Sequence[str] | None = None
) -> list[McpServer]:
    """All, by name; or those of ``names`` that are there, in that order."""
    async with database.transaction(identity) as connection:
        rows = await (await connection.execute(_LIST)).fetchall()
    servers = [_server(row) for row in rows]
    if names is None:
        return servers
    by_name = {server.name: server for server in servers}
    return [by_name[name] for name in dict.fromkeys(names) if name in by_name]


async def read(database: Database, identity: Identity, server_id: UUID) -> McpServer:
    """Raises NotFound, for another tenant's too."""
    async with database.transaction(identity) as connection:
        return await _read(connection, server_id)


async def create(
    connection: Connection, identity: Identity, keyring: Keyring, values: Mapping[str, Any], *, at: datetime
) -> McpServer:
    """``values``: the columns' and ``headers``. Raises Conflict ``name_taken``, ``too_many_servers``."""
    await connection.execute("SELECT FROM tenants WHERE id = current_tenant() FOR NO KEY UPDATE")
    row = await (await connection.execute("SELECT count(*) AS count FROM mcp_servers")).fetchone()
    if row is not None and row["count"] >= MOST:
        raise Conflict(f"There are {MOST} servers already; remove one first.", code="too_many_servers")
    server_id = new_id()
    given = {
        **values,
        **_sealed(keyring, identity, server_id, values["headers"], at),
        "id": server_id,
        "tenant": identity.tenant_id,
        "at": at,
    }
    try:
        made = await (await connection.execute(_INSERT, given)).fetchone()
    except UniqueViolation as error:
        raise Conflict("There is a server with this name already. Choose another.", code="name_taken") from error
    return _there(made)


async def hold(connection: Connection, server_id: UUID) -> McpServer:
    """The server, held until the transaction ends. Raises NotFound."""
    return await _read(connection, server_id, held=True)


async def change(
    connection: Connection,
    identity: Identity,
    keyring: Keyring,
    server_id: UUID,
    changes: Mapping[str, Any],
    *,
    at: datetime,
) -> McpServer:
    """Change what is in ``changes``; ``headers`` replace all that there were. Raises NotFound."""
    server = await _read(connection, server_id, held=True)
    if "headers" in changes:
        sealed = _sealed(keyring, identity, server_id, changes["headers"], at)
        await connection.execute(_SET_HEADERS, {**sealed, "id": server_id})
    values = {name: changes.get(name, getattr(server, name)) for name in _CHANGEABLE}
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    row = await (await connection.execute(_UPDATE, {**values, "id": server_id, "at": at})).fetchone()
    return _there(row)


async def delete(connection: Connection, server_id: UUID) -> None:
    """Raises NotFound, Conflict ``mcp_server_in_use`` while a persona names it."""
    server = await _read(connection, server_id, held=True)
    rows = await (
        await connection.execute(
            "SELECT name FROM personas WHERE deleted_at IS NULL AND %s = ANY (mcp_servers) ORDER BY name",
            (server.name,),
        )
    ).fetchall()
    if rows:
        named = ", ".join(row["name"] for row in rows[:5])
        raise Conflict(f"Personas still use this server: {named}. Take it from them first.", code="mcp_server_in_use")
    await connection.execute("DELETE FROM mcp_servers WHERE id = %s", (server_id,))


async def require_known(connection: Connection, names: Sequence[str]) -> None:
    """Raises Invalid ``unknown_mcp_server`` unless the tenant has a server of each name."""
    rows = await (await connection.execute("SELECT name FROM mcp_servers FOR KEY SHARE")).fetchall() if names else []
    unknown = sorted(set(names) - {row["name"] for row in rows})
    if unknown:
        raise Invalid(f"There is no MCP server called {', '.join(unknown)}.", code="unknown_mcp_server")


def headers_of(keyring: Keyring, identity: Identity, server: McpServer) -> dict[str, str]:
    """What is sent with every request to it. Raises SealBroken."""
    if server.sealed_headers is None:
        return {}
    plain = MCP_HEADERS.open(keyring, identity.tenant_id, server.id, bytes(server.sealed_headers))
    return json.loads(plain)


def _sealed(
    keyring: Keyring, identity: Identity, server_id: UUID, headers: Mapping[str, str], at: datetime
) -> dict[str, Any]:
    sealed = None
    if headers:
        sealed = MCP_HEADERS.seal(keyring, identity.tenant_id, server_id, json.dumps(dict(headers)).encode())
    return {"header_names": sorted(headers), "sealed_headers": sealed, "headers_set_at": at}


async def _read(connection: Connection, server_id: UUID, *, held: bool = False) -> McpServer:
    statement = _BY_ID + sql.SQL(" FOR UPDATE") if held else _BY_ID
    return _there(await (await connection.execute(statement, (server_id,))).fetchone())


def _there(row: dict[str, Any] | None) -> McpServer:
    if row is None:
        raise NotFound("There is no such MCP server.", code="mcp_server_not_found")
    return _server(row)


def _server(row: dict[str, Any]) -> McpServer:
    for name in ("header_names", "allowed_tools", "confirmed_tools"):
        row[name] = tuple(row[name]) if row[name] is not None else None
    return McpServer(**row)
