"""API keys: make, list, change, revoke, bring back, remove for good. The rules are in ``store.keys``.

The key itself is in the answer that makes it and nowhere else: it is ``secret``, so no `Idempotency-Key` keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import Field

from ingest.api.users import RemovalQuery, changing_access
from ingest.instants import InstantWithOffset
from ingest.keys import DATABASE
from ingest.paging import PageQuery, page_of
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of
from store import keys
from store.keys import Key, KeyChange, NewKey
from store.policy import SCOPE_DESCRIPTIONS
from store.users import LONGEST_NAME

routes = Routes("API keys")
Name = Annotated[str, Field(max_length=LONGEST_NAME + 50, description="What it is for, on one line.")]
Scopes = Annotated[list[str], Field(min_length=1, max_length=50, description="Of those in `GET /api/keys/scopes`.")]


class NewKeyBody(Body):
    name: Name
    scopes: Scopes
    expires_at: Annotated[InstantWithOffset | None, Field(description="Without one it lives until it is revoked.")] = (
        None
    )


class KeyChangeBody(Body):
    """What is not sent stays as it is; `"expires_at": null` takes the end away."""

    name: Name | None = None
    scopes: Scopes | None = None
    expires_at: InstantWithOffset | None = None


class KeysQuery(PageQuery):
    deleted: Annotated[bool, Field(description="The revoked ones instead.")] = False


class KeyUser(Shape):
    id: str
    name: str


class KeyShape(Shape):
    id: str
    name: str
    hint: Annotated[str, Field(description="The key's first characters.")]
    scopes: Sequence[str]
    user: KeyUser
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyList(Shape):
    items: list[KeyShape]
    next_cursor: str | None


class MadeKey(KeyShape):
    key: Annotated[str, Field(description="The key itself: shown now and never again.")]


class ScopeShape(Shape):
    scope: str
    description: str


class ScopeList(Shape):
    items: list[ScopeShape]
    next_cursor: str | None = None


@routes.add("GET", "/api/keys", scope="keys:read", query=KeysQuery, answer=KeyList)
async def list_keys(request: web.Request) -> KeyList:
    """The tenant's keys, newest first, without the keys themselves."""
    page = query_of(request, KeysQuery)
    found = await keys.list_keys(
        request.app[DATABASE],
        identity_of(request),
        revoked=page.deleted,
        limit=page.limit + 1,
        after=page.after,
    )
    shown, cursor = page_of(found, page.limit, lambda one: (one.created_at, one.id))
    return KeyList(items=[_shape(one) for one in shown], next_cursor=cursor)


@routes.add("GET", "/api/keys/scopes", scope="keys:read", answer=ScopeList)
async def list_scopes(request: web.Request) -> ScopeList:
    """The scopes that you may give a key: those you hold."""
    held = identity_of(request).scopes
    return ScopeList(
        items=[ScopeShape(scope=scope, description=text) for scope, text in SCOPE_DESCRIPTIONS.items() if scope in held]
    )


@routes.add("POST", "/api/keys", scope="keys:write", body=NewKeyBody, answer=MadeKey, status=201, secret=True)
async def create_key(request: web.Request) -> MadeKey:
    """Make a key of your own; it never does more than you may. The answer shows it once.

    Made with a key, it ends no later than that one; without `expires_at` at the same instant.
    """
    wanted = await body_of(request, NewKeyBody)
    new = NewKey(wanted.name, wanted.scopes, wanted.expires_at)
    async with changing_access(request) as (connection, identity, at):
        key, plain = await keys.create_key(connection, identity, new, at=at)
    return MadeKey(**_shape(key).model_dump(), key=plain)


@routes.add("GET", "/api/keys/{id}", scope="keys:read", answer=KeyShape)
async def read_key(request: web.Request) -> KeyShape:
    """One key, revoked or not, without the key itself."""
    wanted = id_of(request, "key")
    async with request.app[DATABASE].transaction(identity_of(request)) as connection:
        return _shape(await keys.read_key(connection, wanted))


@routes.add("PATCH", "/api/keys/{id}", scope="keys:write", body=KeyChangeBody, answer=KeyShape, errors=(409,))
async def change_key(request: web.Request) -> KeyShape:
    """Change name, scopes or end of a key. Scopes that you do not hold can only be taken away.

    A sooner end is one for the keys made with it too. A key gives no key an end later than its own.
    """
    wanted, body = id_of(request, "key"), await body_of(request, KeyChangeBody)
    endless = "expires_at" in body.model_fields_set and body.expires_at is None
    change = KeyChange(body.name, body.scopes, body.expires_at, never_expires=endless)
    async with changing_access(request) as (connection, identity, at):
        return _shape(await keys.change_key(connection, identity, wanted, change, at=at))


@routes.add("DELETE", "/api/keys/{id}", scope="keys:write", query=RemovalQuery, status=204)
async def revoke_key(request: web.Request) -> None:
    """Revoke a key: it stops at once, with the keys made with it, and can be brought back. `purge`: for good."""
    wanted, how = id_of(request, "key"), query_of(request, RemovalQuery)
    async with changing_access(request) as (connection, identity, at):
        if how.purge:
            await keys.purge_key(connection, identity, wanted, at=at)
        else:
            await keys.revoke_key(connection, identity, wanted, at=at)


@routes.add("POST", "/api/keys/{id}/restore", scope="keys:write", answer=KeyShape)
async def restore_key(request: web.Request) -> KeyShape:
    """Make a revoked key work again, alone, without those made with it; you need all the scopes it has."""
    wanted = id_of(request, "key")
    async with changing_access(request) as (connection, identity, _):
        return _shape(await keys.restore_key(connection, identity, wanted))


def _shape(key: Key) -> KeyShape:
    return KeyShape(
        id=str(key.id),
        name=key.name,
        hint=key.hint,
        scopes=list(key.scopes),
        user=KeyUser(id=str(key.user_id), name=key.user_name),
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
    )
