"""Every route with a scope, for every role: without it nothing is looked at, with it the scope is no obstacle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from ingest.keys import ROUTES
from ingest.routes import Route
from store import users
from store.clock import SystemClock
from store.database import Database
from store.identity import ALL_SCOPES, Identity
from store.ids import new_id
from store.policy import ROLES, scopes_of_role
from tests.integration.ingest.conftest import Sidecar, make_key


@dataclass(frozen=True)
class Asked:
    status: int
    code: str


async def ask(client: aiohttp.ClientSession, route: Route) -> Asked:
    """Ask with ids that nobody has and an empty body; only the beginning of an endless answer is read."""
    path = re.sub(r"{\w+}", lambda _: str(new_id()), route.path)
    body = {} if route.method in {"POST", "PUT", "PATCH"} and not route.upload else None
    async with client.request(route.method, path, json=body) as response:
        if response.content_type != "application/problem+json":
            return Asked(response.status, "")
        problem: dict[str, Any] = await response.json()
        return Asked(response.status, problem["code"])


def scoped(sidecar: Sidecar) -> list[tuple[Route, frozenset[str]]]:
    """Each route and the scopes of which one is enough."""
    return [(route, frozenset(route.scopes)) for route in sidecar.app[ROUTES] if route.scope]


async def member(database: Database, owner: Identity, role: str) -> Identity:
    async with database.transaction(owner) as connection:
        user = await users.create_user(
            connection, owner, email=f"the-{role}@demo.test", name=role, role=role, at=SystemClock().now()
        )
    return Identity(owner.tenant_id, user.id, role, ALL_SCOPES)


@pytest.fixture
async def operator(sidecar: Sidecar, database: Database) -> Sidecar:
    """The tenant operates the installation, so that its owner holds every scope there is."""
    async with database.system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (sidecar.identity.tenant_id,))
    return sidecar


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_passes_exactly_the_routes_of_its_scopes(operator: Sidecar, database: Database, role: str) -> None:
    key = await make_key(database, await member(database, operator.identity, role))  # with all scopes: the role limits
    allowed = scopes_of_role(role, operates=True)
    async with operator.client(key) as client:
        for route, scopes in scoped(operator):
            answer = await ask(client, route)
            refused = answer == Asked(403, "missing_scope")
            assert refused == scopes.isdisjoint(allowed), f"{role}: {route.method} {route.path} -> {answer}"
            assert answer.status < 500 or answer.status == 503, f"{route.method} {route.path} -> {answer}"


async def test_a_key_without_the_scopes_of_a_route_does_not_pass_it_and_with_one_of_them_it_does(
    operator: Sidecar, database: Database
) -> None:
    guards = scoped(operator)
    assert {scope for _, scopes in guards for scope in scopes} <= ALL_SCOPES
    for guard in {scopes for _, scopes in guards}:
        for held, passes in [(ALL_SCOPES - guard, False), *((frozenset({scope}), True) for scope in guard)]:
            key = await make_key(database, operator.identity, held)
            async with operator.client(key) as client:
                for route in [route for route, scopes in guards if scopes == guard]:
                    answer = await ask(client, route)
                    is_refused = answer == Asked(403, "missing_scope")
                    assert is_refused != passes, f"{sorted(held)}: {route.method} {route.path}"


async def test_who_shows_nothing_passes_no_route_that_is_not_public(sidecar: Sidecar) -> None:
    async with aiohttp.ClientSession(sidecar.url) as client:
        for route in sidecar.app[ROUTES]:
            if route.scope is not None:
                assert (await ask(client, route)).status == 401, f"{route.method} {route.path}"
