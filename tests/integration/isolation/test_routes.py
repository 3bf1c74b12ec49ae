"""Every route of the table, asked by another tenant's owner: what is not theirs is as unknown as what never was."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from ingest.routes import Route
from store.ids import new_id
from tests.integration.isolation.estate import CANARY, Estate
from tests.integration.isolation.walk import (
    ASKERS,
    BODIES,
    ROUTES,
    WITH_ID,
    WITHOUT_ID,
    Stranger,
    asks,
    ids_in_bodies,
    name_of,
    send,
    without_chance,
)

_WITHOUT_WORDS = {
    "/api/calendar/providers",
    "/api/providers",
    "/api/keys/scopes",
    "/api/auth/sessions",
    "/api/latency",
}  # lists that are the same for all, of the asker alone, or (tested with its route) of nothing but figures


def _is_refused_unseen(route: Route, text: str) -> bool:
    """Whether nobody of B may do this at all, with any id: nobody operates the installation, a key is no person."""
    code = json.loads(text)["code"]
    return code == "needs_session" or (code == "missing_scope" and route.scope == "tenants")


@pytest.mark.parametrize("kind", ASKERS)
async def test_another_tenants_id_is_as_unknown_as_any(kind: str, estate: Estate, b: Stranger) -> None:
    before, wrong = estate.fingerprint(), list[str]()
    nobodys = {table: new_id() for table in estate.ids}
    for route in WITH_ID:
        for theirs, unknown in zip(asks(route, estate.ids), asks(route, nobodys), strict=True):
            status, text = await b.ask(theirs, kind)
            same = await b.ask(unknown, kind)
            if (status != 404 and not _is_refused_unseen(route, text)) or CANARY in text:
                wrong.append(f"{theirs.name}: {status} {text}")
            said = without_chance(text, *estate.ids.values())
            if (status, said) != (same[0], without_chance(same[1], *nobodys.values())):
                wrong.append(f"{theirs.name} is told apart from an unknown id: {text} / {same[1]}")
    assert wrong == []
    assert estate.fingerprint() == before


async def test_for_its_owner_the_same_id_is_there(estate: Estate) -> None:
    """Otherwise the test above would prove nothing."""
    wrong: list[str] = []
    for route in WITH_ID:
        if route.scope in ("tenants", None):
            continue  # nobody here operates the installation; and what a secret in the path opens has no id
        await estate.renew()
        if route.path.endswith("{id}/restore"):
            async with estate.client.delete(next(asks(route, estate.ids)).path.removesuffix("/restore")):
                pass
        status, text = await send(estate.client, next(asks(route, estate.ids)))
        if status == 404 or status >= 500:
            wrong.append(f"{name_of(route)}: {status} {text}")
    assert wrong == []


async def test_for_its_owner_the_lists_are_full(estate: Estate) -> None:
    """Otherwise the test below would prove nothing."""
    empty: list[str] = []
    for route in WITHOUT_ID:
        if route.method == "GET" and "items" in _fields(route) and route.path not in _WITHOUT_WORDS:
            _, text = await send(estate.client, next(asks(route, estate.ids)))
            if not estate.secrets(text):
                empty.append(f"{name_of(route)}: {text}")
    assert empty == []
    search = next(route for route in WITHOUT_ID if name_of(route) == "POST /api/knowledge/search")
    _, text = await send(estate.client, next(asks(search, estate.ids)))
    assert f"at the {CANARY} gate" in text


def _fields(route: Route) -> set[str]:
    return set(route.answer.model_fields) if isinstance(route.answer, type) else set()


@pytest.mark.parametrize("kind", ASKERS)
async def test_routes_without_ids_tell_nothing_of_another_tenant(kind: str, estate: Estate, b: Stranger) -> None:
    before, wrong = estate.fingerprint(), list[str]()
    for route in WITHOUT_ID:
        for one in asks(route, estate.ids):
            status, text = await b.ask(one, kind)
            sent = str(one.body)
            told = [word for word in estate.secrets(text) if word not in sent]
            if told or (status >= 500 and route.scope is not None):
                wrong.append(f"{one.name}: {status} tells {told}: {text[:300]}")
    assert wrong == []
    assert estate.fingerprint() == before


async def test_ids_in_bodies_are_as_unknown_as_any(estate: Estate, b: Stranger) -> None:
    before, wrong = estate.fingerprint(), list[str]()
    nobodys = {table: new_id() for table in estate.ids}
    for route in ROUTES:
        fields = ids_in_bodies(route)
        if not fields or "{" in route.path:
            continue
        for theirs, unknown in zip(asks(route, estate.ids), asks(route, nobodys), strict=True):
            first, second = await b.ask(theirs), await b.ask(unknown)
            said = without_chance(first[1], *estate.ids.values())
            if (first[0], said) != (second[0], without_chance(second[1], *nobodys.values())):
                wrong.append(f"{theirs.name} is told apart: {first} / {second}")
    assert wrong == []
    assert estate.fingerprint() == before


@pytest.mark.parametrize("route", [one for one in ROUTES if ids_in_bodies(one)], ids=name_of)
def test_every_id_that_a_body_may_carry_is_tried(route: Route) -> None:
    tried = str(BODIES[name_of(route)](defaultdict(new_id)))
    missing = {field for field in ids_in_bodies(route) if f"'{field}'" not in tried}
    assert missing == set(), f"give {name_of(route)} another tenant's ids in BODIES"
